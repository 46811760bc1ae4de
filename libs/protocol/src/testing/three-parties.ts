/**
 * The three parties of a trade over a scripted Lightning, in memory: the tables run as they do in the daemons, so that
 * a table test can put them through any schedule of messages and node events. Test code only.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { sha256Hex, taggedHash } from '../crypto/canonical.js';
import type { Keyring } from '../crypto/keyring.js';
import { publicKeyOf, sign } from '../crypto/schnorr.js';
import { openSeal, seal as sealText } from '../crypto/sealed.js';
import type { Effect } from '../machine/effects.js';
import { ScriptedLightning } from './scripted-lightning.js';
import type { At, Commands, Fact, MessageFact } from '../machine/facts.js';
import { LIMITS } from '../deal/limits.js';
import type { MachineName, TradeData, TradeState } from '../machine/state.js';
import { blankTrade } from '../machine/state.js';
import type { StepResult } from '../machine/step.js';
import { isTerminal } from '../machine/rest.js';
import { initialState, step } from '../machine/step.js';
import type { Role } from '../messages/bodies.js';
import { ROLES } from '../messages/bodies.js';
import { partyOf } from '../parties.js';
import type { AgentPolicy } from '../terms/agent-terms.js';
import { agentTermsHashOf } from '../terms/agent-terms.js';
import type { Order, ShapeName, SignedOrder } from '../terms/order.js';
import { orderIdOf, signOrder } from '../terms/order.js';
import type { Height, NodeId, PaymentHash, Preimage, TermsHash, TradeId } from '../units.js';
import { blocks, height, sat, unixMs } from '../units.js';

const secretOf = (name: string) => sha256(utf8ToBytes(`secret of ${name}`));

export const keyringOf = (name: string): Keyring => {
  const secret = secretOf(name);
  const preimage = (hash: string, purpose: string, attempt: number) =>
    taggedHash('test/preimage', `${name}/${hash}/${purpose}/${String(attempt)}`) as Preimage;
  return {
    publicKey: publicKeyOf(secret),
    sign: (hash) => sign(hash, secret),
    preimage,
    paymentHash: (hash, purpose, attempt) => sha256Hex(preimage(hash, purpose, attempt)) as PaymentHash,
    seal: (text, reader) => sealText(text, secret, reader),
    openSeal: (sealed, writer) => openSeal(sealed, secret, writer),
  };
};

const nodeOf = (name: string): NodeId => `02${publicKeyOf(secretOf(`node of ${name}`))}` as NodeId;
const contactOf = (name: string) => ({ address: `${name}.example:9740`, certFingerprint: 'ab'.repeat(32) });

export const AGENT_POLICY: AgentPolicy = {
  version: 1,
  network: 'regtest',
  agentKey: keyringOf('agent').publicKey,
  node: nodeOf('agent'),
  contact: contactOf('agent'),
  shapes: ['AGENT_HELD', 'PEER_HELD'],
  fees: { retainBaseMsat: sat(1), retainPpmPer1000Blocks: 100, successPpm: 5000 },
  smallestPriceMsat: sat(10_000),
  largestPriceMsat: sat(10_000_000),
  leaseBlocks: blocks(6),
  holdExpiryDelta: blocks(18),
};

export const orderOf = (side: 'sell' | 'buy', change: Partial<Order> = {}): SignedOrder =>
  signOrder(
    {
      version: 1,
      network: 'regtest',
      engine: 'fiat',
      makerKey: keyringOf('maker').publicKey,
      side,
      amountMsat: sat(100_000),
      fiat: { currency: 'EUR', amountMinor: '9500' },
      method: { name: 'SEPA instant', settlementMinutes: 60, reversibleHours: 0 },
      windows: 'standard',
      shapes: ['AGENT_HELD', 'PEER_HELD'],
      agents: [
        {
          key: AGENT_POLICY.agentKey,
          termsHash: agentTermsHashOf(AGENT_POLICY),
          contact: contactOf('agent'),
        },
      ],
      makerContact: contactOf('maker'),
      makerNode: nodeOf('maker'),
      nonce: '11'.repeat(16),
      expiresAtMs: unixMs(2_000_000_000_000),
      ...change,
    },
    keyringOf('maker').sign,
  );

export interface Sent {
  from: Role;
  effect: Effect & { kind: 'send' };
}
export interface Setup {
  order?: SignedOrder;
  policy?: AgentPolicy;
  /** Roles that pay the escrow from a wallet of their own. */
  externalWallet?: Role[];
}

/** The world around the three parties. Nothing moves unless the test says so. */
export class ThreeParties {
  readonly states: Record<Role, TradeState>;
  readonly keys: Record<Role, Keyring> = {
    maker: keyringOf('maker'),
    taker: keyringOf('taker'),
    agent: keyringOf('agent'),
  };
  readonly mail: Sent[] = [];
  readonly work: { role: Role; effect: Effect }[] = [];
  readonly done: { role: Role; effect: Effect }[] = [];
  readonly delivered: Sent[] = [];
  readonly taken: string[] = [];
  readonly refusals: string[] = [];
  /** The maker's order is open again. */
  freed = false;
  readonly order: SignedOrder;
  readonly policy: AgentPolicy;
  /** Time that passed without a block. */
  private waitedMs = 0;
  /** Since when a role's daemon hears again, where it was down. */
  readonly hearingSince = new Map<Role, Height>();
  /** Roles whose daemon is down: no mail, effect, node event or deadline reaches them. */
  readonly down = new Set<Role>();

  constructor(
    readonly side: 'sell' | 'buy',
    readonly shape: ShapeName,
    private readonly setup: Setup = {},
    readonly lightning = new ScriptedLightning(),
  ) {
    this.order = setup.order ?? orderOf(side);
    this.policy = setup.policy ?? AGENT_POLICY;
    this.states = { maker: this.start('maker'), taker: this.start('taker'), agent: this.start('agent') };
  }

  /** The same trade, to go another way from here. */
  copy(): ThreeParties {
    const other = new ThreeParties(this.side, this.shape, this.setup, this.lightning.copy());
    Object.assign(other.states, this.states);
    for (const list of ['mail', 'work', 'done', 'delivered', 'taken', 'refusals'] as const)
      (other[list] as unknown[]).push(...this[list]);
    other.freed = this.freed;
    other.waitedMs = this.waitedMs;
    return other;
  }

  get payer(): 'maker' | 'taker' {
    return this.side === 'sell' ? 'maker' : 'taker';
  }
  get payee(): 'maker' | 'taker' {
    return this.side === 'sell' ? 'taker' : 'maker';
  }
  get tip(): number {
    return this.lightning.tip;
  }
  set tip(height: number) {
    this.lightning.tip = height;
  }
  get at(): At {
    return {
      height: height(this.tip),
      timeMs: unixMs(1_700_000_000_000 + this.tip * 600_000 + this.waitedMs),
    };
  }

  state(role: Role, machine: MachineName = 'engine'): string {
    return this.states[role].machines[machine];
  }
  get engines(): [payer: string, payee: string, agent: string] {
    return [this.state(this.payer), this.state(this.payee), this.state('agent')];
  }
  get escrows(): [payer: string, payee: string, agent: string] {
    return [
      this.state(this.payer, 'escrow'),
      this.state(this.payee, 'escrow'),
      this.state('agent', 'escrow'),
    ];
  }
  data(role: Role): TradeData {
    return this.states[role].data;
  }
  /** A, as the agent locked it. */
  get A(): number {
    return this.data('agent').locked?.A ?? 0;
  }
  get allTerminal(): boolean {
    return ROLES.every((role) => isTerminal(partyOf(this.data(role)), this.states[role]));
  }

  take(change: Partial<Commands['cmdTake']> = {}): StepResult {
    return this.fact('taker', {
      kind: 'cmdTake',
      at: this.at,
      signedOrder: this.order,
      agent: this.policy,
      shape: this.shape,
      node: nodeOf('taker'),
      contact: contactOf('taker'),
      nonce: '22'.repeat(16),
      externalWallet: false,
      ...change,
    });
  }

  command(role: Role, kind: 'cmdSent' | 'cmdRelease' | 'cmdCancel', confirmed = true): StepResult {
    return this.fact(role, kind === 'cmdCancel' ? { kind, confirmed, at: this.at } : { kind, at: this.at });
  }

  /** The payer's own wallet pays the hold invoice that its daemon shows. */
  payElsewhere(): void {
    const request = this.data(this.payer).holdInvoice;
    if (request) this.lightning.payElsewhere(this.payer, request);
  }

  /** Gives one fact to one party. */
  fact(role: Role, fact: Fact): StepResult {
    const before = this.states[role];
    const result = step(partyOf(before.data), before, fact, { keys: this.keys[role] });
    if (result.result === 'refused') this.refusals.push(`${role} ${fact.kind}: ${result.refusal.code}`);
    if (result.result !== 'taken') return result;
    this.states[role] = result.state;
    if (result.claim) this.freed = result.claim === 'release';
    this.taken.push(...result.path.map((row) => `${role} ${row}`));
    for (const effect of result.effects) {
      if (effect.kind === 'send') this.mail.push({ from: role, effect });
      else this.work.push({ role, effect });
    }
    return result;
  }

  /** Carries a message to its addressee; what may no longer be sent travels as what stands in its place. */
  deliver(sent: Sent): StepResult {
    const { to, sequence, notAfter, instead } = sent.effect;
    const late = notAfter !== undefined && this.tip > notAfter;
    const body = late && instead ? instead : sent.effect.body;
    this.delivered.push({ ...sent, effect: { ...sent.effect, body } });
    const fact = {
      kind: body.type,
      at: this.at,
      from: sent.from,
      sequence,
      envelopeId: `${sent.from}/${to}/${String(sequence)}`,
      body,
    } as MessageFact;
    return this.fact(to, fact);
  }

  /** Runs messages, effects and node events until nothing moves; `hold` leaves some effects undone. */
  settle(hold: (role: Role, effect: Effect) => boolean = () => false): void {
    const up = (role: Role) => !this.down.has(role);
    for (;;) {
      const event = takeFirst(this.lightning.events, ({ role }) => up(role));
      if (event) {
        this.fact(event.role, { ...event.fact, at: this.at });
        continue;
      }
      const sent = takeFirst(
        this.mail,
        ({ from, effect }) => up(from) && up(effect.to) && !hold(from, effect),
      );
      if (sent) {
        this.deliver(sent);
        continue;
      }
      const next = takeFirst(this.work, ({ role, effect }) => up(role) && !hold(role, effect));
      if (!next) return;
      this.carryOut(next.role, next.effect);
    }
  }

  /** Deadlines that have come, each once a call. */
  fireDue(): void {
    for (const role of ROLES) {
      if (this.down.has(role)) continue;
      for (const name of Object.keys(this.states[role].deadlines)) {
        // One of the others may have moved it, or cleared it.
        if (this.isReached(this.states[role].deadlines[name]))
          this.fact(role, { kind: 'due', name, hearingSince: this.hearingSince.get(role), at: this.at });
      }
    }
  }

  private isReached(at: TradeState['deadlines'][string] | undefined): boolean {
    if (!at) return false;
    return 'height' in at ? at.height <= this.tip : at.timeMs <= this.at.timeMs;
  }

  /** Lets time pass without a block, fires what is due, and lets everything move. */
  wait(ms: number): void {
    this.waitedMs += ms;
    this.fireDue();
    this.settle();
  }

  /** Mines, fires what is due, and lets everything move. */
  mineTo(tip: number, hold?: (role: Role, effect: Effect) => boolean): void {
    for (; this.tip < tip;) {
      this.lightning.mine();
      this.fireDue();
      this.settle(hold);
    }
  }

  /** What a party's node does for an effect. */
  carryOut(role: Role, effect: Effect): void {
    this.done.push({ role, effect });
    const { lightning } = this;
    const terms = this.data(role).termsHash ?? ('' as TermsHash);
    const own = (purpose: string, attempt: number) => this.keys[role].preimage(terms, purpose, attempt);
    switch (effect.kind) {
      case 'makeInvoice':
        lightning.makeInvoice(role, effect, own(effect.purpose, effect.attempt));
        return;
      case 'createHold':
        lightning.createHold(role, effect);
        return;
      case 'pay':
        lightning.pay(role, effect);
        return;
      case 'recordToSelf':
        this.fact(role, { kind: 'recorded', at: this.at, hash: effect.hash });
        return;
      case 'settleHold':
        lightning.settle(
          role,
          effect.hash,
          effect.preimage === 'own' ? own('escrow', 1) : this.received(role),
        );
        return;
      case 'cancelHold':
        lightning.cancel(role, effect.hash);
        return;
      case 'readPaymentExpiry': {
        const E = lightning.expiryOf(effect.hash);
        const firstHopExpiry = height(E + 80);
        this.fact(role, {
          kind: 'paymentExpiry',
          at: this.at,
          hash: effect.hash,
          E: height(E),
          firstHopExpiry,
        });
        return;
      }
      case 'send':
        throw new Error('messages travel by deliver');
    }
  }

  /** The party's hold invoice is made and runs out, and only then does the party hear of both, the end first. */
  runOutUnheard(role: Role): void {
    const made = takeFirst(this.work, (work) => work.role === role && work.effect.kind === 'createHold');
    if (made?.effect.kind !== 'createHold') throw new Error(`${role} makes no hold`);
    this.carryOut(role, made.effect);
    const created = takeFirst(this.lightning.events, ({ fact }) => fact.kind === 'holdCreated');
    this.lightning.cancel(role, made.effect.hash);
    this.settle();
    if (created) this.fact(role, { ...created.fact, at: this.at });
    this.settle();
  }

  private received(role: Role): Preimage {
    const { preimage } = this.data(role);
    if (!preimage) throw new Error(`${role} settles without a preimage`);
    return preimage;
  }

  private start(role: Role): TradeState {
    const seat = role === 'agent' ? 'agent' : role === this.payer ? 'payer' : 'payee';
    const data: TradeData = {
      ...blankTrade(LIMITS),
      tradeId: orderIdOf(this.order.order) as string as TradeId,
      role,
      seat,
      shape: this.shape,
      signedOrder: this.order,
      peers: {
        maker: { key: this.order.order.makerKey, contact: contactOf('maker') },
        taker: { key: keyringOf('taker').publicKey, contact: contactOf('taker') },
        agent: { key: this.policy.agentKey, contact: contactOf('agent') },
      },
      agentPolicy: role === 'maker' ? undefined : this.policy,
      nonce: role === 'agent' ? '33'.repeat(16) : '22'.repeat(16),
      ownNode: nodeOf(role),
      ownContact: contactOf(role),
      startedMs: this.at.timeMs,
      externalWallet: this.setup.externalWallet?.includes(role) ?? false,
      paymentDetails: seat === 'payer' ? 'IBAN DE00 1234' : undefined,
    };
    return initialState(partyOf(data), data);
  }
}

function takeFirst<T>(list: T[], fits: (item: T) => boolean): T | undefined {
  const index = list.findIndex(fits);
  return index < 0 ? undefined : list.splice(index, 1)[0];
}
