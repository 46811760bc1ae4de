/**
 * A Lightning network of three nodes for table tests: balances, holds, failures, lnd's own cancel at E - D. It answers
 * with facts and keeps the sums, so that a test can ask where every millisatoshi is. Test code only.
 */
import { sha256Hex } from '../crypto/canonical.js';
import type { Effect } from '../machine/effects.js';
import type { Fact } from '../machine/facts.js';
import type { Role } from '../messages/bodies.js';
import { HOLD_EXPIRY_DELTA } from '../terms/windows.js';
import type { Msat, PaymentHash, PaymentRequest, Preimage } from '../units.js';
import { height, msat } from '../units.js';

type Bare<F> = F extends Fact ? Omit<F, 'at'> : never;
export interface NodeEvent {
  role: Role;
  fact: Bare<Fact>;
}
interface Invoice {
  hash: PaymentHash;
  owner: Role;
  amountMsat: Msat;
  cltv: number;
  /** Ordinary invoices know it; holds don't. */
  preimage?: Preimage;
  open: boolean;
  /** Height at which the node cancels it, ten minutes a block. */
  expires: number;
}
interface Htlc {
  payer: Role;
  host: Role;
  amountMsat: Msat;
  acceptHeight: number;
  expiry: number;
  /** Paid by a wallet that isn't a node of ours. */
  external: boolean;
}
/** How an HTLC set arrives, where a test wants another one than lnd's. */
export interface Arrival {
  /** Added to the invoice's final CLTV; lnd pads 3. */
  pad?: number;
  receivedMsat?: bigint;
  parts?: bigint[];
}

export class ScriptedLightning {
  readonly events: NodeEvent[] = [];
  readonly balance: Record<Role, bigint> = { maker: 0n, taker: 0n, agent: 0n };
  /** Hashes paid, by payer: none may be there twice (S1). */
  readonly paid: string[] = [];
  /** Reason for which the next payment fails or is refused; undefined = it goes through. */
  verdict: (role: Role, effect: Effect & { kind: 'pay' }) => { refused?: string; failed?: string } =
    () => ({});
  arrival: Arrival = {};
  tip = 1000;
  private readonly invoices = new Map<PaymentRequest, Invoice>();
  private readonly htlcs = new Map<PaymentHash, Htlc>();

  /** The same network, to go another way from here. */
  copy(): ScriptedLightning {
    const other = new ScriptedLightning();
    other.events.push(...this.events);
    Object.assign(other.balance, this.balance);
    other.paid.push(...this.paid);
    other.tip = this.tip;
    for (const [request, invoice] of this.invoices) other.invoices.set(request, { ...invoice });
    for (const [hash, htlc] of this.htlcs) other.htlcs.set(hash, { ...htlc });
    return other;
  }

  /** What is in HTLCs: of the payer no longer, of the host not yet. */
  get inFlight(): bigint {
    return [...this.htlcs.values()].reduce((sum, htlc) => sum + htlc.amountMsat, 0n);
  }
  holds(hash: PaymentHash): boolean {
    return this.htlcs.has(hash);
  }

  makeInvoice(role: Role, effect: Effect & { kind: 'makeInvoice' }, preimage: Preimage): void {
    const request = `lnbcrt${effect.hash}` as PaymentRequest;
    const { hash, amountMsat, finalCltv: cltv } = effect;
    this.invoices.set(request, {
      hash,
      owner: role,
      amountMsat,
      cltv,
      preimage,
      open: true,
      expires: this.expiry(effect),
    });
    this.say(role, { kind: 'invoiceMade', hash, request });
  }

  createHold(role: Role, effect: Effect & { kind: 'createHold' }): void {
    const request = `lnbcrt1hold${effect.hash}` as PaymentRequest;
    const { hash, amountMsat, cltvExpiry: cltv } = effect;
    this.invoices.set(request, {
      hash,
      owner: role,
      amountMsat,
      cltv,
      open: true,
      expires: this.expiry(effect),
    });
    this.say(role, { kind: 'holdCreated', hash, request });
  }

  pay(role: Role, effect: Effect & { kind: 'pay' }): void {
    const { hash, amountMsat } = effect.expect;
    const invoice = this.invoices.get(effect.request);
    const verdict = this.verdict(role, effect);
    const late = effect.startBefore !== undefined && this.tip >= effect.startBefore;
    const wrong = invoice?.hash !== hash || invoice.amountMsat !== amountMsat;
    const refused = verdict.refused ?? (late ? 'TOO_LATE' : wrong ? 'WRONG_INVOICE' : undefined);
    if (refused !== undefined || !invoice) {
      this.say(role, { kind: 'payRefused', hash, reason: refused ?? '', text: `refused: ${refused ?? ''}` });
    } else if (verdict.failed !== undefined || !invoice.open) {
      this.say(role, { kind: 'paymentFailed', hash, reason: verdict.failed ?? 'UNKNOWN_HASH' });
    } else if (invoice.preimage === undefined) {
      this.hold(role, invoice, false);
    } else {
      invoice.open = false;
      this.move(role, invoice.owner, amountMsat, hash);
      this.say(invoice.owner, { kind: 'invoicePaid', hash, receivedMsat: amountMsat });
      this.say(role, { kind: 'paymentPaid', hash, preimage: invoice.preimage, feeMsat: msat(0) });
    }
  }

  /** A wallet of the payer's pays a hold; no node of ours says anything about it. */
  payElsewhere(role: Role, request: PaymentRequest): void {
    const invoice = this.invoices.get(request);
    if (invoice?.open) this.hold(role, invoice, true);
  }

  settle(role: Role, hash: PaymentHash, preimage: Preimage): void {
    if (sha256Hex(preimage) !== hash) throw new Error('settled with a preimage of another hash');
    const htlc = this.htlcs.get(hash);
    if (htlc?.host !== role) return;
    this.htlcs.delete(hash);
    this.balance[role] += htlc.amountMsat;
    this.paid.push(`${htlc.payer} ${hash}`);
    this.say(role, { kind: 'holdSettled', hash });
    if (!htlc.external) this.say(htlc.payer, { kind: 'paymentPaid', hash, preimage, feeMsat: msat(0) });
  }

  /** A hop that knows the preimage takes the money from the payer and gives the host nothing (S48). */
  steal(hash: PaymentHash, thief: Role, preimage: Preimage): void {
    const htlc = this.htlcs.get(hash);
    if (!htlc) throw new Error('nothing to take');
    this.htlcs.delete(hash);
    this.balance[thief] += htlc.amountMsat;
    this.say(htlc.payer, { kind: 'paymentPaid', hash, preimage, feeMsat: msat(0) });
    this.say(htlc.host, { kind: 'holdCancelled', hash });
  }

  cancel(role: Role, hash: PaymentHash): void {
    const invoice = [...this.invoices.values()].find((one) => one.hash === hash && one.owner === role);
    if (invoice?.preimage !== undefined) {
      if (!invoice.open) return;
      invoice.open = false;
      this.say(role, { kind: 'invoiceCancelled', hash });
      return;
    }
    const htlc = this.htlcs.get(hash);
    // A settled hold can't be cancelled; look-up says so.
    if (this.paid.some((line) => line.endsWith(hash))) return;
    if (invoice) invoice.open = false;
    this.say(role, { kind: 'holdCancelled', hash });
    if (htlc) this.giveBack(hash, htlc);
  }

  /** A block: lnd cancels by itself what is still held at E - D. */
  mine(): void {
    this.tip += 1;
    for (const invoice of this.invoices.values()) {
      if (invoice.open && this.tip >= invoice.expires) this.cancel(invoice.owner, invoice.hash);
    }
    for (const [hash, htlc] of this.htlcs) {
      if (this.tip >= htlc.expiry - HOLD_EXPIRY_DELTA) this.cancel(htlc.host, hash);
    }
  }

  /** When the next open invoice runs out. */
  get nextExpiry(): number | undefined {
    const open = [...this.invoices.values()].filter((invoice) => invoice.open);
    return open.length === 0 ? undefined : Math.min(...open.map(({ expires }) => expires));
  }
  private expiry(effect: { expirySeconds: number }): number {
    return this.tip + Math.ceil(effect.expirySeconds / 600);
  }

  expiryOf(hash: PaymentHash): number {
    return this.htlcs.get(hash)?.expiry ?? 0;
  }

  private hold(payer: Role, invoice: Invoice, external: boolean): void {
    invoice.open = false;
    const amountMsat = msat(this.arrival.receivedMsat ?? invoice.amountMsat);
    const expiry = this.tip + invoice.cltv + (this.arrival.pad ?? 3);
    const { hash, owner: host } = invoice;
    this.htlcs.set(hash, { payer, host, amountMsat, acceptHeight: this.tip, expiry, external });
    this.balance[payer] -= amountMsat;
    this.say(host, {
      kind: 'holdAccepted',
      hash,
      receivedMsat: amountMsat,
      htlcs: (this.arrival.parts ?? [amountMsat]).map((part, index) => ({
        amountMsat: msat(part),
        acceptHeight: height(this.tip),
        expiryHeight: height(expiry),
        channelId: `${String(index + 1)}x1x1`,
      })),
    });
  }

  private giveBack(hash: PaymentHash, htlc: Htlc): void {
    this.htlcs.delete(hash);
    this.balance[htlc.payer] += htlc.amountMsat;
    if (!htlc.external)
      this.say(htlc.payer, { kind: 'paymentFailed', hash, reason: 'REJECTED_BY_DESTINATION' });
  }

  private move(from: Role, to: Role, amountMsat: bigint, hash: PaymentHash): void {
    this.paid.push(`${from} ${hash}`);
    this.balance[from] -= amountMsat;
    this.balance[to] += amountMsat;
  }

  private say(role: Role, fact: Bare<Fact>): void {
    this.events.push({ role, fact });
  }
}
