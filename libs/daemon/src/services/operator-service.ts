/** What an operator sees and does about payments; the rules are the core's (S33). Whoever acts holds the admin token. */
import { rpc, TercetError } from '@tercet/protocol';
import type { Trades } from '../executor/port.js';
import type { HostedService, Scope } from '../grpc/index.js';
import { hostService } from '../grpc/index.js';
import type { Payments } from '../payments/index.js';
import { outcomeText, paymentView, spendingView, stopView } from './payment-view.js';

export interface OperatorServiceDeps {
  payments: Pick<Payments, 'list' | 'resolve' | 'stop' | 'resume' | 'stopped' | 'spending'>;
  trades: Pick<Trades, 'now'>;
}

const ACTS: Scope = 'admin';
const LONGEST_NOTE = 500;

export const operatorServiceImplementation = ({
  payments,
  trades,
}: OperatorServiceDeps): rpc.OperatorServiceImplementation => ({
  async listPayments({ hash }) {
    const [open, spending, stop] = await Promise.all([
      payments.list(hash === '' ? '' : startOfHash(hash)),
      payments.spending(),
      payments.stopped(),
    ]);
    return {
      payments: open.map(paymentView),
      tipHeight: trades.now().height,
      spending: spendingView(spending),
      stopped: stopView(stop),
    };
  },
  async resolvePayment({ hash, preimage, declareFailedMayPayTwice, note }) {
    const { payment, recorded } = await payments.resolve(startOfHash(hash), {
      preimage: preimage === '' ? undefined : preimage,
      declareFailed: declareFailedMayPayTwice,
      note: words(note),
      by: ACTS,
    });
    return { payment: paymentView(payment), recorded, text: outcomeText(payment, recorded) };
  },
  async stopTrading({ reason }) {
    return { stopped: stopView(await payments.stop(given(words(reason)), ACTS)) };
  },
  async resumeTrading({ reason }) {
    const before = await payments.resume(words(reason), ACTS);
    return { stoppedForMs: before ? BigInt(Math.max(0, trades.now().timeMs - before.sinceMs)) : 0n };
  },
});

/** Shows and steers what a daemon pays. */
export const operatorService = (deps: OperatorServiceDeps): HostedService =>
  hostService({
    definition: rpc.OperatorServiceDefinition,
    implementation: operatorServiceImplementation(deps),
    scopes: { listPayments: 'read', resolvePayment: ACTS, stopTrading: ACTS, resumeTrading: ACTS },
  });

function startOfHash(text: string): string {
  const start = text.trim().toLowerCase();
  if (/^[0-9a-f]{1,64}$/.test(start)) return start;
  throw new TercetError(
    'ARGUMENT_INVALID',
    'A payment is named by its hash, or the first hex digits of it. Nothing was recorded.',
    { wayOut: 'List the payments with: tercet payouts' },
  );
}

function words(text: string): string {
  if (text.length <= LONGEST_NOTE) return text.trim();
  throw new TercetError(
    'ARGUMENT_INVALID',
    `A reason has at most ${String(LONGEST_NOTE)} characters. Nothing was changed.`,
    { wayOut: 'Say it in fewer words.' },
  );
}

function given(reason: string): string {
  if (reason !== '') return reason;
  throw new TercetError('ARGUMENT_INVALID', 'A stop is recorded with its reason. Nothing was stopped.', {
    wayOut: 'Say why.',
  });
}
