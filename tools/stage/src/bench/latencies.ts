/** How long a node takes for what: measured on lnd, then played back by a node in memory. */
import { setTimeout as pause } from 'node:timers/promises';
import type { InvoiceState, LightningNode, PaymentState } from '@tercet/lightning';

/** Milliseconds. */
export interface Latencies {
  /** Until a call answers. */
  call: number;
  /** From a payment's start until a hold of its payee's node is accepted. */
  arrival: number;
  /** From a hold's settlement until the payer hears of it. */
  settlement: number;
  /** From a payment's start until the payer hears that a plain invoice was paid. */
  payment: number;
}

type Call = keyof LightningNode;

/** Calls that answer once; the others are streams, or local. */
const CALLS: readonly Call[] = [
  'tip',
  'createHold',
  'createInvoice',
  'lookUpInvoice',
  'settleHold',
  'cancelHold',
  'decode',
  'probe',
  'channelsActive',
];

/** The node, each answer as late as lnd's. What a stream says of a payment comes after the payment's own time. */
export function withLatencies(node: LightningNode, latencies: Latencies): LightningNode {
  const { call, arrival, settlement, payment } = latencies;
  const begunMs = new Map<string, number>();
  const sinceMs = (hash: string): number => performance.now() - (begunMs.get(hash) ?? -Infinity);
  /** A node in memory has paid at once; it isn't known before a payment's own time is over. */
  const asKnown = (hash: string, state: PaymentState): PaymentState =>
    state.state === 'paid' && sinceMs(hash) < payment ? { state: 'inFlight', htlcs: [] } : state;
  const late =
    (name: Call) =>
    async (...given: unknown[]) => {
      if (call > 0) await pause(call);
      return (node[name] as (...given: unknown[]) => Promise<unknown>)(...given);
    };
  return {
    ...node,
    close: () => {
      node.close();
    },
    ...(Object.fromEntries(CALLS.map((name) => [name, late(name)])) as Partial<LightningNode>),
    async pay(request) {
      await pause(call);
      begunMs.set(request.hash, performance.now());
      return asKnown(request.hash, await node.pay(request));
    },
    async lookUpPayment(hash) {
      await pause(call);
      return asKnown(hash, await node.lookUpPayment(hash));
    },
    watchInvoice: (hash, signal) =>
      delayed<InvoiceState>(node.watchInvoice(hash, signal), ({ state }) =>
        state === 'accepted' ? arrival : 0,
      ),
    watchPayment: (hash, signal) =>
      delayed<PaymentState>(node.watchPayment(hash, signal), ({ state }) =>
        state === 'paid' ? Math.max(settlement, payment - sinceMs(hash)) : 0,
      ),
  };
}

async function* delayed<State>(
  states: AsyncIterable<State>,
  msOf: (state: State) => number,
): AsyncGenerator<State> {
  for await (const state of states) {
    const ms = msOf(state);
    if (ms > 0) await pause(ms);
    yield state;
  }
}
