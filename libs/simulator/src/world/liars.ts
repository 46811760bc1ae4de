/**
 * What somebody does who doesn't keep to the rules: its own daemon goes on, and beside it messages are written by hand with
 * its real key, old ones are sent again, its node is told things by hand, preimages go where they must not, or it is gone.
 */
import type { Role } from '@tercet/protocol';
import { above } from '@tercet/protocol';
import { cancelByHand, settleByHand, takeOnTheWay } from './by-hand.js';
import { forgedBody, sealByHand } from './forge.js';
import { PARTIES } from './scene.js';
import type { World } from './port.js';
import type { Trade } from './trade.js';

const HOUR_MS = 60 * 60 * 1000;
/** After so many steps of a trade, whoever's, a liar does something. */
const ACTS_SHARE = 0.12;

export class Liars {
  constructor(private readonly world: World) {}

  begin(): void {
    const { world } = this;
    world.note(`hostile: ${[...world.hostile].join(', ') || 'nobody'}`);
    for (const role of world.hostile) {
      if (world.random.chance(0.25)) this.leave(role);
    }
  }

  /** Somewhere that trade has moved. */
  look(trade: Trade): void {
    const { world } = this;
    for (const role of world.hostile) {
      if (world.random.chance(ACTS_SHARE)) {
        world.later(world.random.skewed(1, 30 * HOUR_MS), `the ${role} cheats`, () => this.act(trade, role));
      }
    }
  }

  private act(trade: Trade, role: Role): void {
    const { world } = this;
    const acts = {
      write: () => this.write(trade, role),
      repeat: () => this.repeat(trade, role),
      node: () => this.useNode(trade, role),
      press: () => this.press(trade, role),
    };
    acts[world.random.pick(['write', 'write', 'write', 'repeat', 'node', 'press'] as const)]();
  }

  /** Any message, in any state, under a number that the addressee may take. */
  private write(trade: Trade, role: Role): void {
    const { world } = this;
    const { random } = world;
    const to = random.pick(PARTIES.filter((other) => other !== role) as [Role, Role]);
    const body = forgedBody(world, trade, { role, to });
    if (!body) return;
    const sent = trade.view(role)?.state.data.sent[to] ?? 0;
    const sequence = Math.max(1, sent + random.pick([0, 1, 1, 1, 2]));
    this.send(role, to, sealByHand(world, trade, { role, to, sequence, body }));
    world.note(`the ${role} writes ${body.type} to the ${to}`);
  }

  /** An old message of anybody's that it has seen, to anybody. */
  private repeat(trade: Trade, role: Role): void {
    const { world } = this;
    const known = trade.letters.filter(({ from, to }) => from === role || to === role);
    const letter = known[world.random.between(0, Math.max(0, known.length - 1))];
    if (letter) this.send(role, world.random.pick(PARTIES), letter.envelope);
  }

  private send(role: Role, to: Role, envelope: Parameters<World['mail']['handOver']>[2]): void {
    const { world } = this;
    const party = world.parties[role];
    const about = { sentHeight: party.node.height, honest: false };
    // Refused or taken: a liar doesn't mind.
    world.mail.handOver(party, to, envelope, about).catch(() => undefined);
  }

  /** Its own node, by hand; or the route, where a friend sits on it. */
  private useNode(trade: Trade, role: Role): void {
    const { world } = this;
    const acts = { cancel: cancelByHand, settle: settleByHand, take: takeOnTheWay };
    acts[world.random.pick(['cancel', 'settle', 'take'] as const)](world, trade, role);
  }

  private press(trade: Trade, role: Role): void {
    const { world } = this;
    const party = world.parties[role];
    const { core, errors } = party;
    if (!core || !trade.view(role)) return;
    const kind = world.random.pick(['cmdSent', 'cmdRelease', 'cmdCancel'] as const);
    const command = kind === 'cmdCancel' ? { kind, confirmed: true } : { kind };
    core.trades.submit(trade.tradeId, command).then(
      (outcome) => world.refused(party, trade, outcome),
      (error: unknown) => errors.push(String(error)),
    );
  }

  /** For good, in the middle of it; its node goes on, or not. */
  private leave(role: Role): void {
    const { world } = this;
    const party = world.parties[role];
    const go = () => {
      party.isGone = true;
      if (world.random.chance(0.3)) world.nodeGoesDown(party);
      world.note(`the ${role} is gone`);
      world.soon(party.crash(0));
    };
    if (world.random.chance(0.7))
      world.later(world.random.skewed(2000, 5 * HOUR_MS), `the ${role} leaves`, go);
    else world.atHeight(above(world.height, world.random.between(1, 400)), `the ${role} leaves`, go);
  }
}
