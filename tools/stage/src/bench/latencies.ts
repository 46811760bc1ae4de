/** How long a node takes for what: measured on lnd, then played back by a node in memory. */
import { setTimeout as pause } from 'node:timers/promises';
import type { InvoiceState, LightningNode, PaymentState } from '@tercet/lightning';

/** Milliseconds. */
export interface Latencies {
  /** Until a call answers. */
  call: number;
  /** From a payment's start until its payee's node has it, or the payer hears that it was settled at once. */
  arrival: number;
  /** From a settlement until the payer hears of it. */
  settlement: number;
}

export const NO_LATENCIES: Latencies = { call: 0, arrival: 0, settlement: 0 };

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
  'pay',
  'lookUpPayment',
  'probe',
  'channelsActive',
];

/** The node, each answer as late as lnd's. What a stream says of a payment comes after the payment's own time. */
export function withLatencies(node: LightningNode, { call, arrival, settlement }: Latencies): LightningNode {
  const late = (name: Call) => {
    const answer = node[name] as (...given: unknown[]) => Promise<unknown>;
    return async (...given: unknown[]) => {
      if (call > 0) await pause(call);
      return answer(...given);
    };
  };
  return {
    ...node,
    close: () => {
      node.close();
    },
    ...(Object.fromEntries(CALLS.map((name) => [name, late(name)])) as Partial<LightningNode>),
    watchInvoice: (hash, signal) =>
      delayed<InvoiceState>(node.watchInvoice(hash, signal), ({ state }) =>
        state === 'accepted' ? arrival : 0,
      ),
    watchPayment: (hash, signal) =>
      delayed<PaymentState>(node.watchPayment(hash, signal), ({ state }) =>
        state === 'paid' ? settlement : 0,
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
