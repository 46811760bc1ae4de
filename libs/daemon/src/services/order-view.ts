/** What an order says, as the contract shows it. */
import type { Order } from '@tercet/protocol';
import type { rpc } from '@tercet/protocol';
import { decimalsOf } from './fiat-decimals.js';

export const fiatAmount = ({ currency, amountMinor }: Order['fiat']): rpc.FiatAmount => ({
  currency,
  amountMinor: BigInt(amountMinor),
  decimals: decimalsOf(currency),
});

export const paymentMethod = ({
  name,
  settlementMinutes,
  reversibleHours,
}: Order['method']): rpc.PaymentMethod => ({
  name,
  settlementMinutes,
  reversibleHours,
});
