import type { Command } from 'commander';
import { TercetError } from '@tercet/protocol';
import type { Context, Open } from '../context.js';
import { usage } from '../errors.js';
import { MAY_PAY_TWICE, payoutPage, payoutsPage, resolvedPage } from '../pages/payouts.js';

interface PayoutsOptions {
  look?: boolean;
  preimage?: string;
  declareFailed?: boolean;
  mayPayTwice?: boolean;
  note?: string;
  yes?: boolean;
}

const list = async (context: Context, hash: string): Promise<void> => {
  const daemon = await context.daemon();
  const answer = await daemon.operator.listPayments({ hash });
  const [first, ...more] = answer.payments;
  if (hash === '' || (first !== undefined && more.length > 0)) {
    context.show(answer, () => payoutsPage(answer, context.io));
    return;
  }
  if (first === undefined) {
    throw new TercetError('PAYMENT_NOT_FOUND', 'No payment that is not over has a hash that begins so.', {
      wayOut: 'List them with "tercet payouts". What is over stands in its trade: "tercet trade ID".',
    });
  }
  context.show(answer, () => payoutPage(first, answer.tipHeight, context.io));
};

const resolve = async (context: Context, hash: string, options: PayoutsOptions): Promise<void> => {
  const { preimage = '', declareFailed = false, mayPayTwice = false, note = '', yes = false } = options;
  if (declareFailed !== mayPayTwice) {
    throw usage(
      `${declareFailed ? '--declare-failed' : '--may-pay-twice'} stands alone. Nothing was recorded. ${MAY_PAY_TWICE}`,
      'Where you can rule out that it was paid: --declare-failed --may-pay-twice --note "HOW YOU KNOW".',
    );
  }
  if (declareFailed) await context.agree(`${MAY_PAY_TWICE} Declare it failed?`, yes);
  const daemon = await context.daemon();
  const answer = await daemon.operator.resolvePayment({
    hash,
    preimage,
    declareFailedMayPayTwice: declareFailed,
    note,
  });
  context.show(answer, () => resolvedPage(answer, context.io));
};

/** `tercet payouts [HASH]`: what goes out and isn't over, and what an operator can do about it. */
export const payoutsCommand = (program: Command, open: Open): void => {
  program
    .command('payouts')
    .description('payments that are not over, and debts: what the node says, what it means, what can be done')
    .argument('[hash]', 'hash of one payment, or its first digits (default: all)')
    .option('--look', 'have the trade take in what the node says now')
    .option('--preimage <hex>', 'record it as paid: the preimage that the receiver shows (needs --note)')
    .option('--declare-failed', 'record it as failed, on your word (needs --may-pay-twice and --note)')
    .option('--may-pay-twice', 'you know: if it was paid after all, it is paid twice, at your loss')
    .option('--note <text>', 'how you know; recorded with it')
    .option('--yes', 'do not ask')
    .action(async (hash: string | undefined, options: PayoutsOptions, command: Command) => {
      const { look, preimage, declareFailed, mayPayTwice } = options;
      const acts = [look, preimage, declareFailed, mayPayTwice].some((option) => option !== undefined);
      const context = open(command, acts ? { token: 'admin' } : {});
      if (!acts) return list(context, hash ?? '');
      if (hash === undefined) {
        throw usage('It was not said which payment is meant. Nothing was recorded.', 'See "tercet payouts".');
      }
      return resolve(context, hash, options);
    });
};
