import { rpc } from '@tercet/protocol';
import { grouped, showHeight, showMsat } from '../format/amount.js';
import { showFiat } from '../format/fiat.js';
import { doing, roleName, seatName, shapeName, whereName } from '../format/names.js';
import { plain, plainLines } from '../format/plain.js';
import { fields, wrap } from '../format/table.js';
import { showTime } from '../format/time.js';
import { methodText } from './order.js';
import { bold, section, yellow, type Look } from './page.js';
import { bookLines, historyLines, proofLines } from './trade-book.js';
import { costPairs, signedPairs, trustLines } from './trust.js';

/** What each command does, said where it can be given. */
const COMMANDS: Readonly<Record<string, string>> = {
  sent: 'say that you sent the fiat',
  release: "say that the fiat has arrived: the sats go to the buyer, and that can't be undone",
  cancel: 'end the trade early',
};

const blocksLeft = (height: number, tip: number): string => {
  if (tip === 0) return '';
  return height > tip ? ` (${grouped(height - tip)} blocks from now)` : ' (passed)';
};

const heightLine = (height: number, tip: number): string =>
  height === 0 ? '' : `${showHeight(height)}${blocksLeft(height, tip)}`;

/** "Where are my sats, until which height": the daemon's answer from state, and its figures. */
const satsLines = ({ sats, tipHeight }: rpc.Trade, look: Look): string[] => {
  if (!sats) return ['  The daemon does not say.'];
  const holder = sats.holder === rpc.Role.UNSPECIFIED ? '' : roleName(sats.holder);
  return [
    ...wrap(plain(sats.text), look.width, 2),
    ...fields(
      [
        ['place', whereName(plain(sats.where))],
        ['in the hands of', holder],
        ['amount', showMsat(sats.amountMsat)],
        ['until', heightLine(sats.untilHeight, tipHeight) || 'no height bounds it'],
      ],
      look.width,
    ),
  ];
};

const canLines = (trade: rpc.Trade, look: Look): string[] => {
  const { sats, tradeId } = trade;
  if (trade.ended) return ['  Nothing: the trade is over.'];
  if (!sats || sats.can.length === 0) return ['  Nothing now: wait, the daemon goes on by itself.'];
  return fields(
    sats.can
      .map((command) => plain(command))
      .map((command): [string, string] => [
        `tercet ${command} ${tradeId.slice(0, 8)}`,
        COMMANDS[command] ?? '',
      ]),
    look.width,
  );
};

const payFiatLines = (trade: rpc.Trade, look: Look): string[] =>
  trade.fiatDetails === ''
    ? []
    : [
        ...fields(
          [
            ['amount', showFiat(trade.terms?.fiat)],
            ['method', methodText(trade.terms?.method)],
            ['say "sent" by', heightLine(trade.performingUntilHeight, trade.tipHeight)],
          ],
          look.width,
        ),
        ...plainLines(trade.fiatDetails).map((line) => `    ${line}`),
      ];

const payInvoiceLines = (trade: rpc.Trade, qr: string, look: Look): string[] =>
  trade.paymentRequest === ''
    ? []
    : [
        ...wrap(
          'With your wallet. It stays "pending" until the trade is over: that is the escrow, do not pay twice.',
          look.width,
          2,
        ),
        ...(qr === '' ? [] : [qr]),
        plain(trade.paymentRequest),
      ];

const heightPairs = ({ heights, tipHeight, performingUntilHeight }: rpc.Trade): [string, string][] => [
  ['tip', showHeight(tipHeight)],
  ['locked at', heights ? showHeight(heights.acceptedHeight) : ''],
  ['fiat until', heightLine(performingUntilHeight, tipHeight)],
  ['perform by', heights ? heightLine(heights.performByHeight, tipHeight) : ''],
  ['answer by', heights ? heightLine(heights.answerByHeight, tipHeight) : ''],
  ['decide by', heights ? heightLine(heights.decideByHeight, tipHeight) : ''],
  ['hold over at (A)', heights ? heightLine(heights.endHeight, tipHeight) : ''],
  ['hold expires (E)', heights ? heightLine(heights.expiryHeight, tipHeight) : ''],
];

const statesText = ({ states }: rpc.Trade): string =>
  Object.entries(states)
    .map(([machine, state]) => plain(`${machine} ${state}`))
    .join(', ');

const headline = (trade: rpc.Trade): string => {
  const does = doing(trade);
  const price = showMsat(trade.terms?.priceMsat ?? 0n);
  return `${does.charAt(0).toUpperCase()}${does.slice(1)} ${price} for ${showFiat(trade.terms?.fiat)}${trade.ended ? ', over' : ''}`;
};

const deadlineText = ({ name, height, timeMs }: rpc.Deadline, tip: number): [string, string] => [
  plain(name),
  height > 0 ? heightLine(height, tip) : showTime(timeMs),
];

/** One trade: where the sats are first, what can be done second, the rest below. `qr` is the invoice as a picture. */
export const tradePage = (trade: rpc.Trade, look: Look, qr = ''): string =>
  [
    bold(headline(trade), look),
    ...fields(
      [
        ['trade', trade.tradeId],
        ['you are', `${roleName(trade.role)}, ${seatName(trade.seat)}`],
        ['shape', shapeName(trade.shape)],
        ['states', statesText(trade)],
        ['why', plain(trade.why)],
        ['started', showTime(trade.startedMs)],
      ],
      look.width,
    ),
    ...section('Where are my sats', satsLines(trade, look), look),
    ...section('What can I do', canLines(trade, look), look),
    ...section('Pay this fiat', payFiatLines(trade, look), look),
    ...section('Pay this invoice', payInvoiceLines(trade, qr, look), look),
    ...section(
      'Not as it should be',
      trade.warnings.flatMap((text) => wrap(plain(text), look.width, 2)).map((line) => yellow(line, look)),
      look,
    ),
    ...section(
      'Who is trusted with what',
      trade.terms
        ? [
            ...trustLines(trade.terms, look, trade.ended ? 'over' : trade.tipHeight),
            ...fields(signedPairs(trade.terms), look.width, 4),
          ]
        : [],
      look,
    ),
    ...section('Amounts', trade.terms ? fields(costPairs(trade.terms), look.width) : [], look),
    ...section('Heights', fields(heightPairs(trade), look.width), look),
    ...section(
      'Deadlines',
      fields(
        trade.deadlines.map((deadline) => deadlineText(deadline, trade.tipHeight)),
        look.width,
      ),
      look,
    ),
    ...bookLines(trade, look),
    ...proofLines(trade, look),
    ...historyLines(trade, look),
  ].join('\n');
