/** The names under which the journal keeps what only one trade may have, and finds that trade by them. */
import type { Commit } from '@tercet/journal';
import type { SignedOrder, TradeData } from '@tercet/protocol';

/** Of an order, held by one trade at a time (A7). */
export const orderClaim = ({ signature }: SignedOrder): string => `order/${signature}`;

/** Of a hash of terms: apart from those of payments, whatever somebody pays by. */
export const termsName = (hash: string): string => `terms/${hash}`;

/** What a trade takes beside its payment hashes. */
export const termsTaken = ({ termsHash }: Pick<TradeData, 'termsHash'>): Commit['hashes'] =>
  termsHash === undefined ? [] : [{ hash: termsName(termsHash), purpose: 'terms' }];
