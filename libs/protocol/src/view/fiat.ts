/** What a fiat trade waits for, and what happens by itself when nobody does anything: the second half of the answer. */
import { graceEnd } from '../machine/grace.js';
import { beingRepaid } from '../machine/rows.js';
import type { TradeData } from '../machine/state.js';

/** Words on the state of an engine; empty = the escrow has said it all. */
export type NextOf = (d: TradeData) => string;

const says =
  (text: string): NextOf =>
  () =>
    text;
const atHeight = (pick: (d: TradeData) => number | undefined, text: (height: string) => string): NextOf => {
  return (d) => text(`height ${String(pick(d) ?? 'not known yet')}`);
};
const performBy = (d: TradeData) => d.locked?.performBy;
const answerBy = (d: TradeData) => d.locked?.answerBy;
const decideBy = (d: TradeData) => d.locked?.decideBy;
const ended = says('');

export const FIAT_PAYER: Record<string, NextOf> = {
  idle: says(''),
  locked: atHeight(performBy, (h) => `Without a payment begun by ${h} the sats come back by themselves.`),
  performing: atHeight(
    graceEnd,
    (h) =>
      `The other side is paying; nothing reported as sent by ${h} is a refund by itself, later where the agent was away.`,
  ),
  answering: atHeight(
    answerBy,
    (h) => `The fiat is said to be sent: look for it and release when it is there, by ${h}.`,
  ),
  unanswered: atHeight(
    decideBy,
    (h) =>
      `You have not answered in time. Release if the fiat is there; at ${h} the default of the terms decides.`,
  ),
  cancelling: says('The agent has been asked to cancel; if the payment was acknowledged first, that holds.'),
  releasing: ended,
  endangered: (d) =>
    beingRepaid(d)
      ? 'The other side pays it back, so it can no longer be released.'
      : 'If the fiat has arrived, release.',
  done: ended,
  refunded: ended,
};
export const FIAT_PAYEE: Record<string, NextOf> = {
  idle: says(''),
  awaitingDetails: atHeight(
    performBy,
    (h) => `The payment details are on their way; without them the sats go back at ${h}.`,
  ),
  asking: atHeight(
    performBy,
    (h) => `The agent is asked to acknowledge. Do not pay before that; at ${h} the sats go back.`,
  ),
  performing: atHeight(
    (d) => d.performingUntil,
    (h) =>
      `Pay now, so that it arrives by ${h}, and say so: without "sent" the sats go back 36 blocks later.`,
  ),
  sent: atHeight(
    decideBy,
    (h) =>
      `You said that you sent the fiat. The other side answers; at ${h} the default of the terms decides.`,
  ),
  cancelling: says('The agent has been asked to cancel; the sats go back.'),
  tooLate: says('Do not pay any more; the sats go back.'),
  done: ended,
  refunded: ended,
};
export const FIAT_AGENT: Record<string, NextOf> = {
  idle: says(''),
  locked: atHeight(performBy, (h) => `Nobody asking to perform by ${h} is a refund by itself.`),
  performing: atHeight(graceEnd, (h) => `Nothing reported as sent by ${h} is a refund by itself.`),
  performed: atHeight(
    decideBy,
    (h) => `The fiat is said to be sent; undecided at ${h}, the default of the terms is carried out.`,
  ),
  undecided: says('Decide-by has passed; a release still counts until a refund is recorded.'),
  releasing: ended,
  refunding: ended,
  released: ended,
  refunded: ended,
};
