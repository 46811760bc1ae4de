/**
 * Maker, taker and agent in one process: the real cores on real journals, over an in-memory Lightning and a link that
 * calls instead of a network. What people press is pressed by itself. For tests, benchmarks and the simulator.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryLightning } from '@tercet/lightning';
import type {
  AgentPolicy,
  MachineName,
  Order,
  Role,
  ShapeName,
  SignedOrder,
  Terms,
  TradeId,
} from '@tercet/protocol';
import {
  agentTermsHashOf,
  blocks,
  LIMITS,
  orderIdOf,
  publicKeyOf,
  sat,
  sign,
  signOrder,
  TercetError,
  unixMs,
} from '@tercet/protocol';
import { signerOf, tradeSecret } from '../executor/keyring.js';
import { fromWire } from '../grpc/index.js';
import { beginAtAgent, beginAtMaker, beginNowhere } from '../peers/begin.js';
import type { PeerLink } from '../peers/outbox.js';
import { cmdTake, takersTrade, type Taking } from '../services/new-trade.js';
import { keepOrder, ownOrder } from '../services/own-orders.js';
import { FastClock } from './fast-clock.js';
import { StageDaemon, unreachable } from './stage-daemon.js';

export const PARTIES = ['maker', 'taker', 'agent'] as const;
/** What becomes of one message on its way. */
export type Carried = 'once' | 'twice' | 'lost' | 'receiptLost';
const PATIENCE_MS = 30_000;
/** The fast clock must not end a negotiation because the machine is busy. */
const UNHURRIED = { ...LIMITS, negotiationMs: 10 * 60 * 60 * 1000 };
const admit = () => Promise.resolve();

export class ThreeCores {
  readonly clock = new FastClock();
  readonly lightning = new MemoryLightning({ clock: this.clock.now });
  readonly daemons: Record<Role, StageDaemon>;
  /** How the network carries the next message. */
  carry: (from: Role, to: Role) => Carried = () => 'once';
  /** Whether people press what there is to press. */
  pressing = true;
  /** Messages that arrived, as `taker>agent solicit`, the doubled ones too. */
  readonly delivered: string[] = [];
  private readonly pressed = new Set<string>();
  private waiting: (() => void)[] = [];
  private taking: Taking | undefined;

  private constructor(
    private readonly folder: string,
    readonly side: 'sell' | 'buy',
    readonly shape: ShapeName,
  ) {
    const world = {
      folder,
      clock: this.clock,
      lightning: this.lightning,
      link: (from: Role, { address }: { address: string }) => this.link(from, address),
      changed: () => this.changed(),
    };
    this.daemons = {
      agent: new StageDaemon('agent', world, (message) =>
        beginAtAgent({ limits: UNHURRIED, policy: this.policy, admit })(message),
      ),
      maker: new StageDaemon('maker', world, (message, { journal, node, contact }) =>
        beginAtMaker({
          limits: UNHURRIED,
          order: (id) => ownOrder(journal, id),
          node: node.nodeId,
          contact,
          admit,
        })(message),
      ),
      taker: new StageDaemon('taker', world, beginNowhere),
    };
  }

  /** Three daemons that are up, and an order of the maker. */
  static async open(side: 'sell' | 'buy', shape: ShapeName): Promise<ThreeCores> {
    const stage = new ThreeCores(await mkdtemp(join(tmpdir(), 'tercet-stage-')), side, shape);
    for (const role of PARTIES) await stage.daemons[role].start();
    const { journal } = stage.daemons.maker;
    await keepOrder(journal, orderIdOf(stage.order.order), {
      signedOrder: stage.order,
      paymentDetails: side === 'sell' ? 'IBAN DE00 1234' : undefined,
      withdrawn: false,
    });
    return stage;
  }

  async close(): Promise<void> {
    this.pressing = false;
    for (const role of PARTIES) await this.daemons[role].stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  get policy(): AgentPolicy {
    const { seed, node, contact } = this.daemons.agent;
    return {
      version: 1,
      network: 'regtest',
      agentKey: signerOf(seed).key,
      node: node.nodeId,
      contact,
      shapes: ['AGENT_HELD', 'PEER_HELD'],
      fees: { retainBaseMsat: sat(1), retainPpmPer1000Blocks: 100, successPpm: 5000 },
      smallestPriceMsat: sat(10_000),
      largestPriceMsat: sat(10_000_000),
      leaseBlocks: blocks(6),
      holdExpiryDelta: blocks(18),
    };
  }

  get order(): SignedOrder {
    const { seed, node, contact } = this.daemons.maker;
    const nonce = '11'.repeat(16);
    const secret = tradeSecret(seed, nonce);
    const order: Order = {
      version: 1,
      network: 'regtest',
      engine: 'fiat',
      makerKey: publicKeyOf(secret),
      side: this.side,
      amountMsat: sat(100_000),
      fiat: { currency: 'EUR', amountMinor: '9500' },
      method: { name: 'SEPA instant', settlementMinutes: 60, reversibleHours: 0 },
      windows: 'standard',
      shapes: ['AGENT_HELD', 'PEER_HELD'],
      agents: [
        { key: this.policy.agentKey, termsHash: agentTermsHashOf(this.policy), contact: this.policy.contact },
      ],
      makerContact: contact,
      makerNode: node.nodeId,
      nonce,
      expiresAtMs: unixMs(4_000_000_000_000),
    };
    return signOrder(order, (hash) => sign(hash, secret));
  }

  get payer(): 'maker' | 'taker' {
    return this.side === 'sell' ? 'maker' : 'taker';
  }
  get payee(): 'maker' | 'taker' {
    return this.side === 'sell' ? 'taker' : 'maker';
  }
  get tradeId(): TradeId {
    if (!this.taking) throw new Error('nothing was taken');
    return takersTrade(this.taking).tradeId;
  }
  get terms(): Terms | undefined {
    return this.view('agent')?.state.data.terms;
  }
  view(role: Role) {
    return this.daemons[role].seen.get(this.tradeId);
  }
  state(role: Role, machine: MachineName = 'engine'): string | undefined {
    return this.view(role)?.state.machines[machine];
  }
  get isOver(): boolean {
    return PARTIES.every((role) => this.view(role)?.terminal === true);
  }
  /** What each party's node has more than at the start. */
  get gained(): Record<Role, bigint> {
    const of = (role: Role) => this.daemons[role].node.balanceMsat - START_MSAT;
    return { maker: of('maker'), taker: of('taker'), agent: of('agent') };
  }
  /** What each party must have gained when the trade was performed and released. */
  get expected(): Record<Role, bigint> {
    const { priceMsat = 0n, successFeeMsat = 0n, retainFeeMsat = 0n } = this.terms ?? {};
    const gained: Record<Role, bigint> = {
      maker: 0n,
      taker: 0n - retainFeeMsat,
      agent: successFeeMsat + retainFeeMsat,
    };
    gained[this.payer] -= priceMsat;
    gained[this.payee] += priceMsat - successFeeMsat;
    return gained;
  }

  /** The taker takes the order, and what there is to press from then on is pressed. */
  take(): void {
    const { seed, node, contact } = this.daemons.taker;
    const nonce = '22'.repeat(16);
    this.taking = {
      limits: UNHURRIED,
      signedOrder: this.order,
      policy: this.policy,
      agentContact: this.policy.contact,
      shape: this.shape,
      nonce,
      key: publicKeyOf(tradeSecret(seed, nonce)),
      node: node.nodeId,
      contact,
      externalWallet: false,
      paymentDetails: this.side === 'buy' ? 'IBAN DE00 1234' : undefined,
      now: unixMs(this.clock.now()),
    };
    this.changed();
  }

  /** Waits for a condition that steps bring about; throws with the states where they don't. */
  async until(what: string, holds: () => boolean): Promise<void> {
    const end = AbortSignal.timeout(PATIENCE_MS);
    while (!holds()) {
      if (end.aborted) throw new Error(`${what} does not come: ${this.describe()}`);
      await new Promise<void>((resolve) => {
        this.waiting.push(resolve);
        end.addEventListener('abort', () => resolve(), { once: true });
      });
    }
  }

  /** A whole trade, to its end. */
  async run(): Promise<void> {
    this.take();
    await this.until('the end', () => this.isOver);
  }

  describe(): string {
    return JSON.stringify(
      PARTIES.map((role) => ({
        role,
        up: this.daemons[role].isUp,
        machines: this.view(role)?.state.machines,
        live: this.view(role)?.state.data.ledger.filter(
          ({ status }) => status === 'live' || status === 'accepted',
        ).length,
        errors: this.daemons[role].errors,
      })),
    );
  }

  private changed(): void {
    const waiting = this.waiting;
    this.waiting = [];
    for (const wake of waiting) wake();
    if (!this.pressing || !this.taking) return;
    const { taking } = this;
    if (!this.view('taker')) {
      this.press('taker', 'cmdTake', (trades) => trades.create(takersTrade(taking), cmdTake(taking)));
    }
    if (this.state(this.payee) === 'performing') this.command(this.payee, 'cmdSent');
    if (this.state(this.payer) === 'answering') this.command(this.payer, 'cmdRelease');
  }

  private command(role: Role, kind: 'cmdSent' | 'cmdRelease'): void {
    this.press(role, kind, (trades) => trades.submit(this.tradeId, { kind }));
  }

  private press(
    role: Role,
    what: string,
    work: (trades: StageDaemon['core']['trades']) => Promise<unknown>,
  ): void {
    const daemon = this.daemons[role];
    const press = `${role} ${what} ${String(daemon.crashes)}`;
    if (!daemon.isUp || this.pressed.has(press)) return;
    this.pressed.add(press);
    daemon
      .press(({ trades }) => work(trades))
      .catch((error: unknown) => daemon.errors.push(`${what}: ${String(error)}`));
  }

  private link(from: Role, address: string): PeerLink {
    const to = PARTIES.find((role) => this.daemons[role].contact.address === address);
    if (!to) throw new Error(`nobody is at ${address}`);
    return {
      deliver: async ({ envelope }) => {
        const daemon = this.daemons[to];
        const carried = this.carry(from, to);
        if (!daemon.isUp || carried === 'lost') throw unreachable(to);
        const { type } = JSON.parse(envelope.content) as { type: string };
        const take = async () => {
          this.delivered.push(`${from}>${to} ${type}`);
          return daemon.take(fromWire(envelope));
        };
        if (carried === 'twice') await take();
        const receipt = await take().catch(overTheWire(daemon));
        if (carried === 'receiptLost') throw unreachable(to);
        return { receipt };
      },
    };
  }
}

const START_MSAT = 1_000_000_000_000n;

/** What isn't a daemon's own refusal reaches its peer as INTERNAL, as over gRPC. */
const overTheWire =
  (daemon: StageDaemon) =>
  (error: unknown): never => {
    if (error instanceof TercetError) throw error;
    daemon.errors.push(`inbox: ${String(error)}`);
    throw new TercetError('INTERNAL', 'The daemon failed in a way it should not.', { wayOut: 'Try again.' });
  };
