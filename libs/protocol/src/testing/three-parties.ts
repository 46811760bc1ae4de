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
import type { At, Commands, Fact, MessageFact } from '../machine/facts.js';
import type { TradeData, TradeState } from '../machine/state.js';
import type { StepResult } from '../machine/step.js';
import { initialState, step } from '../machine/step.js';
import type { Role } from '../messages/bodies.js';
import { partyOf } from '../parties.js';
import type { AgentPolicy } from '../terms/agent-terms.js';
import { agentTermsHashOf } from '../terms/agent-terms.js';
import type { Order, ShapeName, SignedOrder } from '../terms/order.js';
import { orderIdOf, signOrder } from '../terms/order.js';
import type {
  NodeId,
  PaymentHash,
  PaymentRequest,
  Preimage,
  PublicKey,
  TermsHash,
  TradeId,
} from '../units.js';
import { blocks, height, msat, sat, unixMs } from '../units.js';

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

interface Sent {
  from: Role;
  effect: Effect & { kind: 'send' };
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
  readonly taken: string[] = [];
  readonly refusals: string[] = [];
  private readonly held = new Map<PaymentHash, { host: Role; payer: Role }>();
  private readonly invoices = new Map<
    PaymentRequest,
    { hash: PaymentHash; owner: Role; preimage?: Preimage }
  >();
  tip = 1000;

  constructor(
    readonly side: 'sell' | 'buy',
    readonly shape: ShapeName,
    readonly order: SignedOrder = orderOf(side),
    readonly policy: AgentPolicy = AGENT_POLICY,
  ) {
    this.states = { maker: this.start('maker'), taker: this.start('taker'), agent: this.start('agent') };
  }

  get payer(): 'maker' | 'taker' {
    return this.side === 'sell' ? 'maker' : 'taker';
  }
  get payee(): 'maker' | 'taker' {
    return this.side === 'sell' ? 'taker' : 'maker';
  }
  get at(): At {
    return { height: height(this.tip), timeMs: unixMs(1_700_000_000_000 + this.tip * 600_000) };
  }

  state(role: Role, machine: 'deal' | 'engine' | 'escrow' | 'debt' | 'claim' = 'engine'): string {
    return this.states[role].machines[machine];
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

  /** Gives one fact to one party. */
  fact(role: Role, fact: Fact): StepResult {
    const before = this.states[role];
    const result = step(partyOf(before.data), before, fact, { keys: this.keys[role] });
    if (result.result === 'refused') this.refusals.push(`${role} ${fact.kind}: ${result.refusal.code}`);
    if (result.result !== 'taken') return result;
    this.states[role] = result.state;
    this.taken.push(...result.path.map((row) => `${role} ${row}`));
    for (const effect of result.effects) {
      if (effect.kind === 'send') this.mail.push({ from: role, effect });
      else this.work.push({ role, effect });
    }
    return result;
  }

  /** Carries the next message of a sender to its addressee. */
  deliver(sent: Sent): StepResult {
    const fact = {
      kind: sent.effect.body.type,
      at: this.at,
      from: sent.from,
      sequence: sent.effect.sequence,
      envelopeId: `${sent.from}/${sent.effect.to}/${String(sent.effect.sequence)}`,
      body: sent.effect.body,
    } as MessageFact;
    return this.fact(sent.effect.to, fact);
  }

  /** Runs all messages and effects until nothing moves; `hold` leaves some effects undone. */
  settle(hold: (role: Role, effect: Effect) => boolean = () => false): void {
    for (;;) {
      const sent = this.mail.shift();
      if (sent) {
        this.deliver(sent);
        continue;
      }
      const index = this.work.findIndex(({ role, effect }) => !hold(role, effect));
      if (index < 0) return;
      const [next] = this.work.splice(index, 1);
      if (next) this.carryOut(next.role, next.effect);
    }
  }

  /** Mines, fires what is due, and lets everything move. */
  mineTo(tip: number): void {
    for (; this.tip < tip;) {
      this.tip += 1;
      for (const role of ['agent', 'maker', 'taker'] as const) {
        for (const [name, at] of Object.entries(this.states[role].deadlines)) {
          if ('height' in at && at.height <= this.tip) this.fact(role, { kind: 'due', name, at: this.at });
        }
      }
      this.settle();
    }
  }

  /** What a party's node does for an effect. */
  carryOut(role: Role, effect: Effect): void {
    this.done.push({ role, effect });
    switch (effect.kind) {
      case 'makeInvoice': {
        const request = `lnbcrt${effect.hash}` as PaymentRequest;
        const hash = this.states[role].data.termsHash ?? ('' as TermsHash);
        this.invoices.set(request, {
          hash: effect.hash,
          owner: role,
          preimage: this.keys[role].preimage(hash, effect.purpose, effect.attempt),
        });
        this.fact(role, { kind: 'invoiceMade', at: this.at, hash: effect.hash, request });
        return;
      }
      case 'createHold': {
        const request = `lnbcrt1hold${effect.hash}` as PaymentRequest;
        this.invoices.set(request, { hash: effect.hash, owner: role });
        this.fact(role, { kind: 'holdCreated', at: this.at, hash: effect.hash, request });
        return;
      }
      case 'pay':
        this.pay(role, effect);
        return;
      case 'recordToSelf':
        this.fact(role, { kind: 'recorded', at: this.at, hash: effect.hash });
        return;
      case 'settleHold': {
        const held = this.held.get(effect.hash);
        if (!held) return;
        this.held.delete(effect.hash);
        const preimage = 'ee'.repeat(32) as Preimage;
        this.fact(role, { kind: 'holdSettled', at: this.at, hash: effect.hash });
        this.fact(held.payer, {
          kind: 'paymentPaid',
          at: this.at,
          hash: effect.hash,
          preimage,
          feeMsat: msat(0),
        });
        return;
      }
      case 'cancelHold': {
        const held = this.held.get(effect.hash);
        this.held.delete(effect.hash);
        const invoice = this.states[role].data.ledger.find((entry) => entry.hash === effect.hash)?.kind;
        this.fact(role, {
          kind: invoice === 'invoice' ? 'invoiceCancelled' : 'holdCancelled',
          at: this.at,
          hash: effect.hash,
        });
        if (held)
          this.fact(held.payer, {
            kind: 'paymentFailed',
            at: this.at,
            hash: effect.hash,
            reason: 'REJECTED_BY_DESTINATION',
          });
        return;
      }
      case 'readPaymentExpiry':
        this.fact(role, {
          kind: 'paymentExpiry',
          at: this.at,
          hash: effect.hash,
          E: height(this.acceptHeight + this.cltv + 3),
          firstHopExpiry: height(this.acceptHeight + this.cltv + 83),
        });
        return;
      case 'send':
        throw new Error('messages travel by deliver');
    }
  }

  private acceptHeight = 0;
  private get cltv(): number {
    return this.states[this.payer].data.terms?.windows.cltvExpiry ?? 0;
  }

  private pay(role: Role, effect: Effect & { kind: 'pay' }): void {
    const invoice = this.invoices.get(effect.request);
    if (invoice?.hash !== effect.expect.hash) {
      this.fact(role, {
        kind: 'payRefused',
        at: this.at,
        hash: effect.expect.hash,
        reason: 'WRONG_HASH',
        text: 'wrong hash',
      });
      return;
    }
    if (invoice.preimage === undefined) {
      this.accept(role, effect.expect.hash, invoice.owner);
      return;
    }
    this.fact(invoice.owner, {
      kind: 'invoicePaid',
      at: this.at,
      hash: invoice.hash,
      receivedMsat: effect.expect.amountMsat,
    });
    this.fact(role, {
      kind: 'paymentPaid',
      at: this.at,
      hash: invoice.hash,
      preimage: invoice.preimage,
      feeMsat: msat(0),
    });
  }

  private accept(payer: Role, hash: PaymentHash, host: Role): void {
    this.held.set(hash, { host, payer });
    this.acceptHeight = this.tip;
    const amountMsat = this.states[payer].data.terms?.priceMsat ?? msat(0);
    this.fact(host, {
      kind: 'holdAccepted',
      at: this.at,
      hash,
      receivedMsat: amountMsat,
      htlcs: [
        {
          amountMsat,
          acceptHeight: height(this.tip),
          expiryHeight: height(this.tip + this.cltv + 3),
          channelId: '1x1x1',
        },
      ],
    });
  }

  private start(role: Role): TradeState {
    const seat = role === 'agent' ? 'agent' : role === this.payer ? 'payer' : 'payee';
    const data: TradeData = {
      tradeId: orderIdOf(this.order.order) as string as TradeId,
      role,
      seat,
      shape: this.shape,
      signedOrder: this.order,
      peers: {
        maker: { key: this.order.order.makerKey, contact: contactOf('maker') },
        taker: { key: keyringOf('taker').publicKey, contact: contactOf('taker') },
        agent: { key: this.policy.agentKey as PublicKey, contact: contactOf('agent') },
      },
      agentPolicy: role === 'maker' ? undefined : this.policy,
      nonce: role === 'agent' ? '33'.repeat(16) : '22'.repeat(16),
      ownNode: nodeOf(role),
      ownContact: contactOf(role),
      startedMs: 0,
      externalWallet: false,
      paymentDetails: seat === 'payer' ? 'IBAN DE00 1234' : undefined,
      signatures: {},
      sent: {},
      received: {},
      ledger: [],
      early: [],
    };
    return initialState(partyOf(data), data);
  }
}
