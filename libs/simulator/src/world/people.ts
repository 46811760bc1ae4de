/** What people press, and when: at once, late, twice, or never. */
import { cmdTake, takersTrade, type NewFact, type Taking } from '@tercet/daemon';
import type { Role } from '@tercet/protocol';
import type { LockedHeights } from '@tercet/protocol';
import { above, LIMITS, PERFORM_GRACE, UNREADABLE_WALLET_BLOCKS, unixMs } from '@tercet/protocol';
import { contactOf, payeeOf, payerOf, PAYMENT_DETAILS } from './scene.js';
import type { World } from './port.js';
import type { Trade } from './trade.js';

const MINUTE_MS = 60 * 1000;
const HOUR_MS = 60 * MINUTE_MS;
/** Most act soon; some sleep over it, or so long that it is too late. */
const PATIENCE_MS = [
  1000,
  MINUTE_MS,
  10 * MINUTE_MS,
  2 * HOUR_MS,
  6 * HOUR_MS,
  20 * HOUR_MS,
  30 * HOUR_MS,
  80 * HOUR_MS,
] as const;
/** So often somebody presses again what the daemon, or its crash, has swallowed. */
const MOST_PRESSES = 6;

type Command = Extract<NewFact, { kind: 'cmdSent' | 'cmdRelease' | 'cmdCancel' }>;

/** What one person does in one trade. */
interface Habits {
  /** Pays the hold where its daemon doesn't. */
  pays: boolean;
  sends: boolean;
  releases: boolean;
  /** Releases before anything was said to be sent. */
  releasesEarly: boolean;
  cancels: boolean;
  /** Cancels what it said it paid. */
  givesUp: boolean;
  /** Releases, or gives up, around a height at which something is decided. */
  waits: boolean;
  /** The payer wants out as soon as it is locked, or the payee before it pays. */
  backsOut: boolean;
  /** Presses whatever there is, whenever something changes. */
  fidgets: boolean;
}

export class People {
  private readonly habits: Habits;
  private readonly seen = new Set<string>();

  constructor(
    private readonly world: World,
    private readonly trade: Trade,
  ) {
    const { random } = world;
    this.habits = {
      pays: random.chance(0.9),
      sends: random.chance(0.85),
      releases: random.chance(0.75),
      releasesEarly: random.chance(0.05),
      cancels: random.chance(0.2),
      givesUp: random.chance(0.06),
      waits: random.chance(0.15),
      backsOut: random.chance(0.06),
      fidgets: random.chance(0.15),
    };
  }

  /** The taker takes the order. */
  begin(): void {
    const { world } = this;
    const { parties } = world;
    const { papers, scene } = this.trade;
    const taking: Taking = {
      limits: LIMITS,
      signedOrder: papers.order,
      policy: papers.policy,
      agentContact: papers.policy.contact,
      shape: scene.shape,
      nonce: scene.nonces.taker,
      key: papers.takerKey,
      node: parties.taker.node.nodeId,
      contact: contactOf('taker'),
      externalWallet: scene.wallet,
      paymentDetails: scene.side === 'buy' ? PAYMENT_DETAILS : undefined,
      now: unixMs(world.nowMs),
    };
    this.repeat('taker', 'takes the order', 0, async () => {
      if (!this.trade.view('taker')) {
        const now = { ...taking, now: unixMs(world.nowMs) };
        await parties.taker.core?.trades.create(takersTrade(now), cmdTake(now));
      }
      return this.trade.view('taker') !== undefined;
    });
    if (this.habits.cancels) this.changeOfMind();
  }

  /** A party's state has changed: is there something to press? */
  look(role: Role): void {
    const { world, habits, trade } = this;
    const view = trade.view(role);
    if (!view || view.terminal || role === 'agent') return;
    if (habits.fidgets && world.random.chance(0.1)) this.fidget(role);
    const { engine, escrow } = view.state.machines;
    const payee = payeeOf(trade.scene);
    const payer = payerOf(trade.scene);
    if (escrow === 'payingElsewhere' && habits.pays) this.payElsewhere(role);
    if (role === payee && engine === 'performing' && habits.sends) this.press(role, { kind: 'cmdSent' });
    if (role === payee && engine === 'sent' && habits.givesUp)
      this.press(role, { kind: 'cmdCancel', confirmed: world.random.chance(0.8) });
    if (role === payer && (engine === 'answering' || engine === 'endangered') && habits.releases)
      this.press(role, { kind: 'cmdRelease' });
    if (habits.backsOut && (engine === 'locked' || engine === 'awaitingDetails' || engine === 'asking'))
      this.press(role, { kind: 'cmdCancel', confirmed: false });
    if (habits.waits && view.state.data.locked) this.wait(role, role === payer, view.state.data.locked);
    if (role === payer && (engine === 'locked' || engine === 'performing') && habits.releasesEarly)
      this.press(role, { kind: 'cmdRelease' });
  }

  /** Once: the bounds are where two things happen at one time. */
  private wait(role: Role, isPayer: boolean, { A, performBy, answerBy, decideBy }: LockedHeights): void {
    if (this.seen.has(`${role} waits`)) return;
    this.seen.add(`${role} waits`);
    const { world } = this;
    const { random } = world;
    const bound = random.pick([
      performBy,
      above(performBy, PERFORM_GRACE),
      answerBy,
      decideBy,
      above(A, -24),
      A,
    ]);
    const later = random.pick([-2, -1, 0, 1, 2, random.between(3, 60)]);
    const command: Command = isPayer
      ? random.pick([
          { kind: 'cmdRelease' },
          { kind: 'cmdRelease' },
          { kind: 'cmdCancel', confirmed: true },
        ] as const)
      : random.pick([{ kind: 'cmdSent' }, { kind: 'cmdCancel', confirmed: true }] as const);
    world.atHeight(above(bound, later), `the ${role} has waited`, () =>
      this.repeat(role, command.kind, random.skewed(100, HOUR_MS), () => this.submit(role, command)),
    );
  }

  /** Nobody but its owner loses by it: what doesn't fit the state is refused. */
  private fidget(role: Role): void {
    const { random } = this.world;
    const kind = random.pick(['cmdSent', 'cmdRelease', 'cmdCancel'] as const);
    const command: Command = kind === 'cmdCancel' ? { kind, confirmed: random.chance(0.3) } : { kind };
    this.repeat(role, kind, random.skewed(100, 2 * HOUR_MS), () => this.submit(role, command));
  }

  /** Scans the hold invoice with another wallet; where no route is found, perhaps later again. */
  private payElsewhere(role: Role): void {
    const { world } = this;
    const { random, wallet } = world;
    const { holdInvoice, escrowHash, terms, leaseEnd } = this.trade.view(role)?.state.data ?? {};
    if (!holdInvoice || !escrowHash || !terms || this.seen.has('pays elsewhere')) return;
    this.seen.add('pays elsewhere');
    const request = {
      request: holdInvoice,
      hash: escrowHash,
      amountMsat: terms.priceMsat,
      maxFeeMsat: terms.priceMsat,
      cltvLimit: UNREADABLE_WALLET_BLOCKS,
      attemptSeconds: 60,
    };
    const name = `the wallet of the ${role} pays`;
    const pay = () => {
      // What a wallet shows when it doesn't pay is between it and its owner.
      wallet.pay(request).catch(() => undefined);
    };
    const tries = random.between(1, 3);
    for (let one = 0; one < tries; one += 1) {
      if (leaseEnd !== undefined && random.chance(0.1))
        world.atHeight(above(leaseEnd, random.between(-3, 1)), name, pay);
      else world.later(random.skewed(1000, random.pick(PATIENCE_MS)), name, pay);
    }
  }

  /** Once for each state that asks for it. */
  private press(role: Role, command: Command): void {
    const name = `${role} ${command.kind} ${this.trade.view(role)?.state.machines.engine ?? ''}`;
    if (this.seen.has(name)) return;
    this.seen.add(name);
    const { random } = this.world;
    const presses = random.chance(0.1) ? 2 : 1;
    for (let times = 0; times < presses; times += 1)
      this.repeat(role, command.kind, random.skewed(500, random.pick(PATIENCE_MS)), () =>
        this.submit(role, command),
      );
  }

  /** Somebody tries to cancel, whatever the state. */
  private changeOfMind(): void {
    const { random } = this.world;
    const role = random.pick(['maker', 'taker'] as const);
    const command: Command = { kind: 'cmdCancel', confirmed: random.chance(0.5) };
    this.repeat(role, 'cmdCancel', random.skewed(2000, 40 * HOUR_MS), () => this.submit(role, command));
  }

  /** Answers whether the daemon was there to hear it. */
  private async submit(role: Role, command: Command): Promise<boolean> {
    const { world, trade } = this;
    const { core } = world.parties[role];
    if (!core || !trade.view(role)) return false;
    world.refused(world.parties[role], trade, await core.trades.submit(trade.tradeId, command));
    return true;
  }

  /** Nobody waits for a daemon that died meanwhile: whoever hears nothing presses again. */
  private repeat(
    role: Role,
    name: string,
    delayMs: number,
    press: () => Promise<boolean>,
    presses = 1,
  ): void {
    const { world } = this;
    world.later(delayMs, `${role} presses: ${name}`, () => {
      let heard = false;
      press().then(
        (took) => {
          heard = took;
        },
        (error: unknown) => world.parties[role].errors.push(`${name}: ${String(error)}`),
      );
      world.later(world.random.skewed(5000, MINUTE_MS), `${role} looks: ${name}`, () => {
        if (!heard && presses < MOST_PRESSES) this.repeat(role, name, 0, press, presses + 1);
      });
    });
  }
}
