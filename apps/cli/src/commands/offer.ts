import { Option, type Command } from 'commander';
import { rpc } from '@tercet/protocol';
import type { Context, Open } from '../context.js';
import { usage } from '../errors.js';
import { parseSat } from '../format/amount.js';
import { parseFiat } from '../format/fiat.js';
import { oneOf, typedId } from '../format/ids.js';
import { offerMadePage, offersPage } from '../pages/offers.js';
import { intoNew } from '../write-new.js';
import { DETAILS_HELP, paymentDetails, type DetailsOptions } from './details.js';
import { parseShape } from './shapes.js';
import { wholeOffers } from './whole-lists.js';

interface OfferOptions extends DetailsOptions {
  method: string;
  settlementMinutes: string;
  reversibleHours: string;
  shape?: string[];
  windows?: string;
  validHours?: string;
  out?: string;
}

const whole = (text: string, name: string, least: number, most: number): number => {
  const n = Number(text);
  if (/^\d+$/.test(text) && n >= least && n <= most) return n;
  throw usage(`${name} is "${text}". Nothing was sent.`, `Write a whole number from ${least} to ${most}.`);
};

const make = async (
  context: Context,
  side: rpc.Side,
  [sats, fiat, currency]: readonly [string, string, string],
  options: OfferOptions,
): Promise<void> => {
  const request = {
    side,
    amountMsat: parseSat(sats),
    fiat: parseFiat(fiat, currency),
    method: {
      name: options.method,
      settlementMinutes: whole(options.settlementMinutes, '--settlement-minutes', 1, 1440),
      reversibleHours: whole(options.reversibleHours, '--reversible-hours', 0, 8760),
    },
    shapes: (options.shape ?? []).map(parseShape),
    windowsPreset: options.windows ?? '',
    validHours: options.validHours === undefined ? 0 : whole(options.validHours, '--valid-hours', 1, 8760),
    paymentDetails: await paymentDetails(context, side === rpc.Side.SELL, options),
  };
  const { out } = options;
  const daemon = await context.daemon();
  const show = (made: rpc.CreateOfferResponse) =>
    context.show(out === undefined ? made : { ...made, file: out }, () =>
      offerMadePage(made, out, context.io),
    );
  if (out === undefined) {
    show(await daemon.maker.createOffer(request));
    return;
  }
  await intoNew(out, async () => {
    const made = await daemon.maker.createOffer(request);
    show(made);
    return made.orderFileJson;
  });
};

const list = async (context: Context, all: boolean): Promise<void> => {
  const daemon = await context.daemon();
  const offers = await wholeOffers(daemon, all);
  context.show({ offers }, () => offersPage(offers));
};

const withdraw = async (context: Context, typed: string): Promise<void> => {
  const start = typedId(typed);
  const daemon = await context.daemon();
  const offers = await wholeOffers(daemon, true);
  const orderId = oneOf(
    offers.map((offer) => offer.orderId),
    start,
  );
  const answer = await daemon.maker.withdrawOffer({ orderId });
  context.show(answer, () => (answer.offer ? offersPage([answer.offer]) : `Offer ${orderId} is withdrawn.`));
};

/** `tercet offer sell|buy|list|withdraw`: a maker's orders. */
export const offerCommand = (program: Command, open: Open): void => {
  const offer = program
    .command('offer')
    .description('make an order, list yours, take one back (maker)')
    .helpCommand(false);
  for (const [name, side] of [
    ['sell', rpc.Side.SELL],
    ['buy', rpc.Side.BUY],
  ] as const) {
    offer
      .command(name)
      .description(`${name} bitcoin for fiat`)
      .argument('<sat>', 'amount of bitcoin, in sat')
      .argument('<fiat>', 'amount of fiat, as 95.00')
      .argument('<currency>', 'its three letters, as EUR')
      .requiredOption('--method <name>', 'how the fiat is paid, as "SEPA instant"')
      .option('--settlement-minutes <n>', 'longest time the fiat takes to arrive', '60')
      .option('--reversible-hours <n>', 'for how long the payment can be called back', '0')
      .option('--details <text>', DETAILS_HELP)
      .option('--details-file <file>', 'the same from a file; - is stdin')
      .option(
        '--shape <shape...>',
        'escrow shapes in your order of preference: AGENT_HELD, PEER_HELD (default: all)',
      )
      .addOption(
        new Option(
          '--windows <preset>',
          'how long each step may take (default: what fits the method)',
        ).choices(['standard', 'instant']),
      )
      .option('--valid-hours <n>', "how long it can be taken (default: the daemon's)")
      .option('--out <file>', 'write the order to a new file, to hand over')
      .action((sats: string, fiat: string, currency: string, options: OfferOptions, command: Command) =>
        make(open(command, { only: 'maker' }), side, [sats, fiat, currency], options),
      );
  }
  offer
    .command('list')
    .description('your offers')
    .option('--all', 'withdrawn and expired ones too')
    .action(({ all = false }: { all?: boolean }, command: Command) =>
      list(open(command, { only: 'maker' }), all),
    );
  offer
    .command('withdraw')
    .description('take an offer back: no new trade starts from it, trades that run go on')
    .argument('<id>', 'id of the offer, or its first digits')
    .action((id: string, _options: object, command: Command) =>
      withdraw(open(command, { only: 'maker' }), id),
    );
};

/** `tercet offers`: the same as `tercet offer list`. */
export const offersCommand = (program: Command, open: Open): void => {
  program
    .command('offers')
    .description('your offers (maker)')
    .option('--all', 'withdrawn and expired ones too')
    .action(({ all = false }: { all?: boolean }, command: Command) =>
      list(open(command, { only: 'maker' }), all),
    );
};
