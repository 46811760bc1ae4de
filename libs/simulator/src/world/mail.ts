/** The road between daemons: it loses, doubles, delays and repeats, and breaks where a process dies. */
import { fromWire, type PeerLink } from '@tercet/daemon';
import type { BodyType, Contact, Envelope, Role, rpc } from '@tercet/protocol';
import { TercetError } from '@tercet/protocol';
import { distort } from './distort.js';
import type { Life, MailRoad, Party, World } from './port.js';
import { unreachable } from './unreachable.js';
import { PARTIES } from './scene.js';
import type { Receipt } from './trade.js';

/** Of the messages of a liar. */
const LIES_SHARE = 0.06;
/** Of what comes to a liar: it says that it can't take it. */
const REFUSED_SHARE = 0.02;
const refusedForGood = (): TercetError =>
  new TercetError('WRONG_STATE', 'This can not be done now.', { wayOut: 'Nothing.' });
const HOUR_MS = 60 * 60 * 1000;
/** After so long a daemon no longer waits for a receipt. */
const DEADLINE_MS = 15_000;

export class Mail implements MailRoad {
  constructor(private readonly world: World) {}

  /** A connection of one run of a daemon to whoever listens at that contact. */
  link(from: Party, life: Life, { address }: Contact): PeerLink {
    const to = PARTIES.find((role) => from.contact(role).address === address);
    return {
      deliver: ({ envelope }) =>
        new Promise((resolve, reject) => {
          if (to) this.send(from, to, this.written(from, fromWire(envelope)), { life, resolve, reject });
          else reject(unreachable('maker'));
        }),
    };
  }

  /** A liar sends something else than its daemon wrote. */
  private written(from: Party, envelope: Envelope): Envelope {
    const { world } = this;
    if (world.isHonest(from.role) || !world.random.chance(LIES_SHARE)) return envelope;
    return distort(world, from.role, envelope);
  }

  private send(from: Party, to: Role, envelope: Envelope, sender: Sender): void {
    const { world } = this;
    const { faults, random } = world;
    const sentHeight = from.node.height;
    const giveUp = () =>
      sender.life.later(DEADLINE_MS, 'no receipt comes', () => sender.reject(unreachable(to)));
    if (faults.strikes('messageLost')) {
      giveUp();
      return;
    }
    const carry = (delayMs: number, answer: (receipt: Promise<rpc.Receipt>) => void) =>
      world.later(delayMs, `${from.role} > ${to}: mail`, () =>
        answer(this.handOver(from, to, envelope, { sentHeight, honest: world.isHonest(from.role) })),
      );
    const soon = random.skewed(10, 1500);
    if (faults.strikes('messageSlow')) {
      // The sender has given up by then and sends it again: messages overtake one another.
      giveUp();
      carry(random.skewed(DEADLINE_MS, 8 * HOUR_MS), ignore);
      return;
    }
    if (faults.strikes('messageDoubled')) carry(soon + random.skewed(0, 500), ignore);
    if (faults.strikes('messageRepeated')) carry(random.skewed(HOUR_MS, 100 * HOUR_MS), ignore);
    carry(soon, (receipt) => {
      if (faults.strikes('receiptLost')) {
        receipt.catch(() => undefined);
        giveUp();
        return;
      }
      const back = (tell: () => void) => sender.life.later(random.skewed(5, 500), 'a receipt comes', tell);
      receipt.then(
        (got) => back(() => sender.resolve({ receipt: got })),
        (error: unknown) => back(() => sender.reject(error as Error)),
      );
    });
  }

  /** Gives an envelope to whoever it is for, whoever wrote it. */
  handOver(
    from: Party,
    to: Role,
    envelope: Envelope,
    about: { sentHeight: Party['node']['height']; honest: boolean },
  ): Promise<rpc.Receipt> {
    const { world } = this;
    const target = world.parties[to];
    if (!target.isUp) return Promise.reject(unreachable(to));
    if (!world.isHonest(to) && world.random.chance(REFUSED_SHARE)) return Promise.reject(refusedForGood());
    const body = bodyOf(envelope);
    const trade = world.trade(tagOf(envelope, 't') ?? '');
    const engine = trade.view(to)?.state.machines.engine;
    trade.letters.push({ from: from.role, to, body, envelope, engine, atMs: world.nowMs, ...about });
    const note = (answer: Receipt['answer']): void => {
      if (about.honest)
        trade.receipts.push({ from: from.role, to, sequence: Number(tagOf(envelope, 'n')), answer });
    };
    const receipt = target.receive(envelope).then((stored) => {
      note('stored');
      return stored;
    });
    return receipt.catch((error: unknown) => {
      if (error instanceof TercetError) {
        if (error.code !== 'PEER_UNREACHABLE') note('refused');
        throw error;
      }
      target.errors.push(`inbox: ${error instanceof Error ? (error.stack ?? '') : String(error)}`);
      throw new TercetError('INTERNAL', 'The daemon failed in a way it should not.', {
        wayOut: 'Try again.',
      });
    });
  }
}

interface Sender {
  life: Life;
  resolve: (answer: unknown) => void;
  reject: (error: Error) => void;
}

const ignore = (receipt: Promise<rpc.Receipt>): void => {
  receipt.catch(() => undefined);
};

const tagOf = ({ tags }: Envelope, wanted: string): string | undefined =>
  tags.find(([name]) => name === wanted)?.[1];

/** As it was written: what it says is checked by whoever receives it. */
const bodyOf = (envelope: Envelope): { type: BodyType } => JSON.parse(envelope.content) as { type: BodyType };
