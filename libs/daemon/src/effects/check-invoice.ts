/** S4: an invoice is checked where it is paid, by the node that pays it. Every reason is a row. */
import type { DecodedInvoice } from '@tercet/lightning';
import type { Effect, Network, UnixMs } from '@tercet/protocol';

interface Fault {
  reason: string;
  text: string;
}

/** What is wrong with an invoice that is about to be paid; undefined = it may be paid. */
export function invoiceFault(
  invoice: DecodedInvoice,
  effect: Pick<Effect<'pay'>, 'expect'>,
  network: Network,
  nowMs: UnixMs,
): Fault | undefined {
  const { expect } = effect;
  const checks: [string, boolean, string][] = [
    ['WRONG_NETWORK', invoice.network === network, 'is for another network'],
    ['WRONG_PAYEE', invoice.payee === expect.payee, 'is from another node than the terms name'],
    ['WRONG_HASH', invoice.hash === expect.hash, 'has another payment hash than was agreed'],
    ['WRONG_AMOUNT', invoice.amountMsat === expect.amountMsat, 'is for another amount than is owed'],
    [
      'FINAL_CLTV_TOO_SHORT',
      invoice.finalCltv >= expect.leastFinalCltv,
      'locks for fewer blocks than the terms say',
    ],
    [
      'FINAL_CLTV_TOO_LONG',
      invoice.finalCltv <= expect.mostFinalCltv,
      'locks for more blocks than the terms allow',
    ],
    ['UNKNOWN_FEATURE', !invoice.unknownRequiredFeature, 'requires a feature that this node does not know'],
    ['EXPIRED', invoice.expiresAtMs > nowMs, 'has expired'],
  ];
  const broken = checks.find(([, holds]) => !holds);
  return broken && { reason: broken[0], text: `The invoice ${broken[2]}. Nothing was paid.` };
}
