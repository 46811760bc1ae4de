/** What the invariants ask of one trade of a world again and again. */
import type { InvoiceState, MemoryNode, PaymentState } from '@tercet/lightning';
import type { MachineName, Msat, PaymentHash, Role, Terms, TradeData } from '@tercet/protocol';
import type { Party, World } from '../world/port.js';
import { payeeOf, payerOf } from '../world/scene.js';
import type { Trade } from '../world/trade.js';

const HOUR_MS = 60 * 60 * 1000;
/** A daemon that is up and whose node answers has done by then what it must do: tries, retries and lost jobs included. */
const PATIENCE_MS = 3 * HOUR_MS;

export class Sight {
  /** Since when something that must end is so. */
  private readonly since = new Map<string, { ms: number; height: number; looks: number }>();
  readonly seenEnvelopes = new Set<string>();

  constructor(
    readonly world: World,
    readonly trade: Trade,
  ) {}

  get payer(): 'maker' | 'taker' {
    return payerOf(this.trade.scene);
  }
  get payee(): 'maker' | 'taker' {
    return payeeOf(this.trade.scene);
  }
  /** Whose node the escrow is held at. */
  get host(): Role {
    return this.isAgentHeld ? 'agent' : this.payee;
  }
  get isAgentHeld(): boolean {
    return this.trade.scene.shape === 'AGENT_HELD';
  }

  party(role: Role): Party {
    return this.world.parties[role];
  }
  data(role: Role): TradeData | undefined {
    return this.trade.view(role)?.state.data;
  }
  machine(role: Role, name: MachineName): string | undefined {
    return this.trade.view(role)?.state.machines[name];
  }
  in(role: Role, name: MachineName, ...states: string[]): boolean {
    return states.includes(this.machine(role, name) ?? '');
  }
  get terms(): Terms | undefined {
    return this.data('agent')?.terms ?? this.data('taker')?.terms;
  }
  get escrowHash(): PaymentHash | undefined {
    return this.data('agent')?.escrowHash;
  }
  /** The escrow at its host. */
  get hold(): InvoiceState {
    const hash = this.escrowHash;
    return hash === undefined ? { state: 'absent' } : this.party(this.host).node.invoices.state(hash);
  }
  payment(role: Role, hash: PaymentHash): PaymentState {
    const own = this.party(role).node.payments.state(hash);
    return own.state === 'absent' && role === this.payer ? this.world.wallet.payments.state(hash) : own;
  }
  /** What a party has more by this trade; the payer also in the wallet that it may pay with. */
  gained(role: Role): bigint {
    const own = this.moved(role, this.party(role).node);
    return role === this.payer ? own + this.moved(role, this.world.wallet) : own;
  }
  /** The same at one node, as it says of each hash in the party's book. What is in flight it doesn't have. */
  moved(role: Role, { payments, invoices }: MemoryNode): bigint {
    const { escrowHash, ledger = [] } = this.data(role) ?? {};
    const hashes = new Set(ledger.map(({ hash }) => hash));
    // A wallet that the daemon can't read pays what stands in no book.
    if (escrowHash !== undefined) hashes.add(escrowHash);
    let sum = 0n;
    for (const hash of hashes) {
      const invoice = invoices.state(hash);
      if (invoice.state === 'settled') sum += invoice.receivedMsat;
      const payment = payments.state(hash);
      if (payment.state === 'paid') sum -= payment.amountMsat + payment.feeMsat;
      if (payment.state === 'inFlight')
        for (const { amountMsat, feeMsat } of payment.htlcs) sum -= amountMsat + feeMsat;
    }
    return sum;
  }
  get retainFeePaid(): Msat | 0n {
    const paid = this.data('agent')?.ledger.some(
      (line) => line.purpose === 'retainFee' && line.status === 'settled',
    );
    return paid ? (this.terms?.retainFeeMsat ?? 0n) : 0n;
  }

  /** Able to act: the process runs and its node answers, off chain where that matters. */
  isAble(role: Role): boolean {
    const party = this.party(role);
    return party.isUp && !party.node.faults.down;
  }

  /**
   * True once it has been so for hours and some blocks, while whoever must end it was able to; and, where that is what ends
   * it, after so many looks of it at all that is due: hours may pass here between two of them.
   */
  lasts(name: string, role: Role, isSo: boolean, looks = 0): boolean {
    if (!isSo || !this.isAble(role)) {
      this.since.delete(name);
      return false;
    }
    const { nowMs, height } = this.world;
    const looked = this.party(role).looks;
    const from = this.since.get(name);
    if (!from) {
      this.since.set(name, { ms: nowMs, height, looks: looked });
      return false;
    }
    return nowMs - from.ms > PATIENCE_MS && height - from.height > 3 && looked - from.looks >= looks;
  }

  /** Since when it has been so, as far as it was looked at; undefined where it isn't so. */
  sinceMs(name: string, isSo: boolean): number | undefined {
    if (!isSo) this.since.delete(name);
    else if (!this.since.has(name))
      this.since.set(name, { ms: this.world.nowMs, height: this.world.height, looks: 0 });
    return this.since.get(name)?.ms;
  }

  /** Whether a daemon or its node was away at any of these heights, or is now. */
  wasAway(role: Role, from: number, until: number): boolean {
    return !this.isAble(role) || this.outages(role, from, until).length > 0;
  }

  /** Whether a daemon, not its node alone, was away at any of these heights: nobody heard it, and it heard nobody. */
  wasSilent(role: Role, from: number, until: number): boolean {
    return this.outages(role, from, until).some((outage) => outage.of === 'daemon');
  }

  private outages(role: Role, from: number, until: number) {
    return this.world.log.outages.filter(
      (outage) => outage.role === role && outage.from <= until && outage.until >= from,
    );
  }
}
