import { createHash, randomBytes } from 'node:crypto';
import {
  TercetError,
  blocks,
  sat,
  type Msat,
  type NodeId,
  type PaymentHash,
  type PaymentRequest,
  type Preimage,
} from '@tercet/protocol';
import type { HoldRequest, InvoiceState, LightningNode, PaymentState, PayRequest } from '../port.js';

/** Nodes to run the contract on. */
export interface ContractNetwork {
  /** Issues invoices. */
  host: LightningNode;
  /** Has a route to the host. */
  payer: LightningNode;
  /** Has no channel. */
  stranger: LightningNode;
  /** Nothing is there; it answers, or gives up, well within 10 seconds. */
  unreachable: LightningNode;
  /** Mines, and returns when all three have seen it. */
  mine: (count: number) => Promise<void>;
  stop(): Promise<void>;
}

const START_MS = 120_000;

/** Starts it before the tests of this block and stops it after them. */
export const useNetwork = (setup: () => Promise<ContractNetwork>): (() => ContractNetwork) => {
  let network: ContractNetwork | undefined;
  beforeAll(async () => {
    network = await setup();
  }, START_MS);
  afterAll(async () => {
    await network?.stop();
  }, START_MS);
  return () => {
    if (!network) throw new Error('The network did not start.');
    return network;
  };
};

export const freshPreimage = (): Preimage => randomBytes(32).toString('hex') as Preimage;

export const hashOf = (preimage: Preimage): PaymentHash =>
  createHash('sha256').update(Buffer.from(preimage, 'hex')).digest('hex') as PaymentHash;

export const PRICE: Msat = sat(50_000);
/** lnd pads a payment's final CLTV by these. */
export const PADDING = 3;
export const FINAL_CLTV = blocks(80);

export const holdRequest = (hash: PaymentHash, changes: Partial<HoldRequest> = {}): HoldRequest => ({
  hash,
  amountMsat: PRICE,
  cltvExpiry: FINAL_CLTV,
  expirySeconds: 600,
  description: 'tercet contract',
  ...changes,
});

export const payRequest = (
  request: PaymentRequest,
  hash: PaymentHash,
  changes: Partial<PayRequest> = {},
): PayRequest => ({
  request,
  hash,
  amountMsat: PRICE,
  maxFeeMsat: sat(500),
  cltvLimit: blocks(500),
  attemptSeconds: 20,
  ...changes,
});

/** A hold at the host that the payer has paid and the host holds. */
export const heldHold = async (
  { host, payer }: Pick<ContractNetwork, 'host' | 'payer'>,
  changes: Partial<HoldRequest> = {},
): Promise<{ preimage: Preimage; hash: PaymentHash; request: PaymentRequest }> => {
  const preimage = freshPreimage();
  const hash = hashOf(preimage);
  const request = await host.createHold(holdRequest(hash, changes));
  await payer.pay(payRequest(request, hash, { amountMsat: changes.amountMsat ?? PRICE }));
  await invoiceReaches(host, hash, 'accepted');
  return { preimage, hash, request };
};

/** The first state of that name that the node's watch tells of an invoice. */
export const invoiceReaches = <Name extends InvoiceState['state']>(
  node: LightningNode,
  hash: PaymentHash,
  name: Name,
): Promise<Extract<InvoiceState, { state: Name }>> =>
  reaches<InvoiceState, Name>((signal) => node.watchInvoice(hash, signal), name);

/** The first state of that name that the node's watch tells of a payment. */
export const paymentReaches = <Name extends PaymentState['state']>(
  node: LightningNode,
  hash: PaymentHash,
  name: Name,
): Promise<Extract<PaymentState, { state: Name }>> =>
  reaches<PaymentState, Name>((signal) => node.watchPayment(hash, signal), name);

const reaches = async <State extends { state: string }, Name extends State['state']>(
  watch: (signal: AbortSignal) => AsyncIterable<State>,
  name: Name,
): Promise<Extract<State, { state: Name }>> => {
  const seen: string[] = [];
  const abort = new AbortController();
  try {
    for await (const state of watch(abort.signal)) {
      seen.push(state.state);
      if (isNamed(state, name)) return state;
    }
  } finally {
    abort.abort();
  }
  throw new Error(`The watch ended after ${seen.join(', ')} without ${name}.`);
};

const isNamed = <State extends { state: string }, Name extends State['state']>(
  state: State,
  name: Name,
): state is Extract<State, { state: Name }> => state.state === name;

export const nodeIdOf = async (node: LightningNode): Promise<NodeId> => (await node.identity()).nodeId;

/** The code of the error that a promise ends with, `none` where it doesn't. */
export const codeOf = async (promise: Promise<unknown>): Promise<string> => {
  try {
    await promise;
    return 'none';
  } catch (error) {
    if (!(error instanceof TercetError)) throw error;
    expect(error.wayOut).not.toBe('');
    return error.code;
  }
};

/** Reads a watch to its end. */
export const drain = async (watch: AsyncIterable<unknown>): Promise<number> => {
  let count = 0;
  for await (const state of watch) if (state !== undefined) count += 1;
  return count;
};
