/** One node of the in-memory network: a Lightning node as the port wants it, and the levers tests pull. */
import { hash as digest } from 'node:crypto';
import { above, blocks, type Height, type Msat, type NodeId, type PaymentHash } from '@tercet/protocol';
import type { DecodedInvoice, InvoiceState, LightningNode, PaymentState, PayRequest, Tip } from '../port.js';
import { Changes } from './changes.js';
import { Faults, unavailable } from './faults.js';
import { InvoiceBook } from './invoice-book.js';
import { PaymentBook } from './payment-book.js';
import { decodeMemoryRequest, encodeMemoryRequest } from './request.js';
import { assertPayable, routeOf, send } from './route.js';
import type { RoutedNode, World } from './world.js';

const isInvoiceEnd = ({ state }: InvoiceState): boolean => state === 'settled' || state === 'cancelled';
const isPaymentEnd = ({ state }: PaymentState): boolean => state !== 'inFlight';

export class MemoryNode implements LightningNode, RoutedNode {
  readonly nodeId: NodeId;
  /** The channel that everything paid to this node comes in by. */
  readonly channelId: string;
  readonly invoices = new InvoiceBook();
  readonly payments = new PaymentBook();
  readonly tips = new Changes<Tip>();
  readonly faults = new Faults();
  /** What it can send; what is in flight is in nobody's balance. */
  balanceMsat: bigint;
  /** Blocks that it adds to the final CLTV of what it pays: lnd 3, wallets up to 432. */
  paddingBlocks = 3;
  /** Whether its channels are off chain and its peers there (S54). */
  channelActive = true;
  /** lnd's invoices.holdexpirydelta. */
  holdExpiryDeltaBlocks = blocks(18);
  /** By how many blocks it is behind the best chain; `onTip` after a change. */
  lagBlocks = 0;
  /** Whether it says that it has caught up with the chain. */
  isSynced = true;
  readonly #network: World;
  readonly #name: string;

  constructor(network: World, name: string, index: number, balanceMsat: bigint) {
    this.#network = network;
    this.#name = name;
    this.nodeId = `02${digest('sha256', name)}` as NodeId;
    this.channelId = `100x${index}x0`;
    this.balanceMsat = balanceMsat;
  }

  /** Stops answering; open streams break. What others do to its invoices waits, as HTLCs do. */
  goDown(): void {
    this.faults.down = true;
    this.breakStreams();
  }

  /** Answers again, after it cancelled the holds that came too near to their expiry meanwhile (S50). */
  comeUp(): void {
    this.faults.down = false;
    this.onTip();
  }

  get height(): Height {
    return above(this.#network.height, -this.lagBlocks);
  }

  get #tip(): Tip {
    return this.#network.tipAt(this.height);
  }

  breakStreams(): void {
    for (const changes of [this.invoices.changes, this.invoices.ends, this.payments.changes, this.tips])
      changes.breakAll(unavailable('follow'));
  }

  /** Its view of the chain has moved. */
  onTip(): void {
    if (this.faults.down) return;
    this.invoices.cancelDue(this.height, this.holdExpiryDeltaBlocks);
    this.tips.tell('tip', this.#tip);
  }

  identity: LightningNode['identity'] = () =>
    this.faults.run('identity', () => ({
      nodeId: this.nodeId,
      network: this.#network.network,
      alias: this.#name,
      version: 'memory',
    }));

  tip: LightningNode['tip'] = () => this.faults.run('tip', () => ({ ...this.#tip, isSynced: this.isSynced }));

  watchTip: LightningNode['watchTip'] = (signal) => this.#followTip(signal);

  async *#followTip(signal: AbortSignal): AsyncGenerator<Tip> {
    await this.faults.run('watchTip', () => undefined);
    // The state is read in the turn in which the changes are followed: none falls in between.
    yield* this.tips.follow('tip', this.#tip, signal, () => false);
  }

  holdExpiryDelta: LightningNode['holdExpiryDelta'] = () =>
    this.faults.run('holdExpiryDelta', () => this.holdExpiryDeltaBlocks);

  createHold: LightningNode['createHold'] = (request) =>
    this.faults.run('createHold', () => this.#issue({ ...request, finalCltv: request.cltvExpiry }));

  createInvoice: LightningNode['createInvoice'] = (request) =>
    this.faults.run('createInvoice', () => {
      const hash = digest('sha256', Buffer.from(request.preimage, 'hex')) as PaymentHash;
      return this.#issue({ ...request, hash });
    });

  lookUpInvoice: LightningNode['lookUpInvoice'] = (hash) =>
    this.faults.run('lookUpInvoice', () => this.invoices.state(hash));

  watchInvoice: LightningNode['watchInvoice'] = (hash, signal) => this.#followInvoice(hash, signal);

  async *#followInvoice(hash: PaymentHash, signal: AbortSignal): AsyncGenerator<InvoiceState> {
    await this.faults.run('watchInvoice', () => undefined);
    yield* this.invoices.changes.follow(hash, this.invoices.state(hash), signal, isInvoiceEnd);
  }

  watchEnds: LightningNode['watchEnds'] = (signal) => this.#followEnds(signal);

  async *#followEnds(signal: AbortSignal): AsyncGenerator<'ready' | PaymentHash> {
    await this.faults.run('watchEnds', () => undefined);
    yield* this.invoices.ends.follow('ends', 'ready', signal, () => false);
  }

  settleHold: LightningNode['settleHold'] = (hash, preimage) =>
    this.faults.run('settleHold', () => {
      this.invoices.settle(hash, preimage);
      return this.invoices.state(hash);
    });

  cancelHold: LightningNode['cancelHold'] = (hash) =>
    this.faults.run('cancelHold', () => {
      this.invoices.cancel(hash);
      return this.invoices.state(hash);
    });

  decode: LightningNode['decode'] = (request) =>
    this.faults.run('decode', () => decodeMemoryRequest(request, this.#network.network));

  pay: LightningNode['pay'] = (request) => this.faults.run('pay', () => this.#pay(request));

  lookUpPayment: LightningNode['lookUpPayment'] = (hash) =>
    this.faults.run('lookUpPayment', () => this.payments.state(hash));

  watchPayment: LightningNode['watchPayment'] = (hash, signal) => this.#followPayment(hash, signal);

  async *#followPayment(hash: PaymentHash, signal: AbortSignal): AsyncGenerator<PaymentState> {
    await this.faults.run('watchPayment', () => undefined);
    yield* this.payments.changes.follow(hash, this.payments.state(hash), signal, isPaymentEnd);
  }

  probe: LightningNode['probe'] = (request) =>
    this.faults.run('probe', () => {
      const route = routeOf(this.#network.routes, this, request);
      const fits =
        route.feeMsat <= request.maxFeeMsat &&
        route.totalBlocks <= request.cltvLimit &&
        // lnd refuses a limit that leaves nothing beyond the final CLTV and its padding.
        route.finalBlocks < request.cltvLimit;
      const host = this.#network.byId(request.destination);
      if (!fits || !host || this.#network.isCut(this, host) || this.balanceMsat < request.amountMsat)
        return undefined;
      return { feeMsat: route.feeMsat, totalBlocks: route.totalBlocks };
    });

  channelsActive: LightningNode['channelsActive'] = (channelIds) =>
    this.faults.run(
      'channelsActive',
      () => this.channelActive && channelIds.every((id) => id === this.channelId),
    );

  /** Breaks the open streams. The node itself goes on, and answers whoever calls it next. */
  close(): void {
    this.breakStreams();
  }

  #issue(invoice: {
    hash: PaymentHash;
    amountMsat: Msat;
    finalCltv: DecodedInvoice['finalCltv'];
    description: string;
    expirySeconds: number;
    preimage?: Parameters<LightningNode['settleHold']>[1];
  }): ReturnType<typeof encodeMemoryRequest> {
    const { hash, amountMsat, finalCltv, description, preimage } = invoice;
    const expiresAtMs = this.#network.nowMs() + invoice.expirySeconds * 1000;
    const request = encodeMemoryRequest({
      hash,
      payee: this.nodeId,
      network: this.#network.network,
      amountMsat,
      finalCltv,
      description,
      expiresAtMs,
      unknownRequiredFeature: false,
    });
    const added = this.invoices.add({
      hash,
      amountMsat,
      finalCltv,
      description,
      expiresAtMs,
      request,
      preimage,
    });
    this.#network.expireAt(expiresAtMs);
    return added;
  }

  #pay(request: PayRequest): PaymentState {
    const known = this.payments.state(request.hash);
    if (known.state === 'inFlight' || known.state === 'paid') return known;
    const invoice = decodeMemoryRequest(request.request, this.#network.network);
    assertPayable(this, invoice, request, {
      settings: this.#network.routes,
      nowMs: this.#network.nowMs(),
    });
    const host = this.#network.byId(invoice.payee);
    const failure = send(this, host, request, invoice.finalCltv, this.#network);
    if (failure) this.payments.set(request.hash, { state: 'failed', reason: failure });
    return this.payments.state(request.hash);
  }
}
