import { rpc } from '@tercet/protocol';
import { grouped, showMsat } from '../format/amount.js';
import { digitsFor } from '../format/ids.js';
import { paymentStatusName, roleName } from '../format/names.js';
import { plain } from '../format/plain.js';
import { fields, table, wrap } from '../format/table.js';
import { showTime } from '../format/time.js';
import { bold, section, yellow, type Look } from './page.js';

export const MAY_PAY_TWICE =
  'A payment that was lost from sight may still arrive. Declared failed, what is owed is paid again; if the first one arrives after all, it is paid twice, and the second one is your loss.';

const UNKNOWN = rpc.PaymentStatus.UNKNOWN;

const spendingLine = (spending: rpc.Spending | undefined): string =>
  spending
    ? `${showMsat(spending.sentMsat)} of ${showMsat(spending.capMsat)} sent within the last hour; ${grouped(spending.waiting)} wait.`
    : '';

const untilText = ({ lockedUntilHeight }: rpc.Payment): string =>
  lockedUntilHeight === 0 ? '-' : grouped(lockedUntilHeight);

/** All payments that aren't over: one line each, unknown ones marked. */
export const payoutsPage = (answer: rpc.ListPaymentsResponse, look: Look): string => {
  const { payments, spending, stopped, tipHeight } = answer;
  const digits = digitsFor(payments.map(({ hash }) => hash).filter((hash) => hash !== ''));
  const lines =
    payments.length === 0
      ? ['No payments under way, and nothing owed.']
      : [
          table(
            ['hash', 'for', 'to', 'amount', 'state', 'node says', 'since', 'locked until', 'tries', 'trade'],
            payments.map((payment) => [
              payment.hash === '' ? '-' : payment.hash.slice(0, digits),
              plain(payment.purpose),
              payment.to === rpc.Role.UNSPECIFIED ? '-' : roleName(payment.to),
              showMsat(payment.amountMsat),
              `${paymentStatusName(payment.status)}${payment.status === UNKNOWN ? ' (!)' : ''}`,
              plain(payment.node?.state ?? '-'),
              payment.sinceMs === 0n ? '-' : showTime(payment.sinceMs),
              untilText(payment),
              grouped(payment.tries),
              payment.tradeId.slice(0, 8),
            ]),
            [3, 7, 8],
          ),
          '',
          'What one means, and what can be done: "tercet payouts HASH".',
        ];
  return [
    ...lines,
    `Tip ${grouped(tipHeight)}. ${spendingLine(spending)}`.trimEnd(),
    ...(stopped
      ? wrap(`Trading is stopped: ${plain(stopped.reason)}. Go on with "tercet resume".`, look.width).map(
          (line) => yellow(line, look),
        )
      : []),
  ].join('\n');
};

const CAN: Readonly<Record<string, readonly [string, string]>> = {
  lookUp: ['--look', 'have the trade take in what the node says now; always safe'],
  preimage: ['--preimage HEX --note TEXT', 'record it as paid, by the preimage that the receiver shows'],
  declareFailed: [
    '--declare-failed --may-pay-twice --note TEXT',
    'record it as failed on your word: if you are wrong, it is paid twice',
  ],
};

const canLines = ({ hash, can }: rpc.Payment, look: Look): string[] =>
  can.length === 0
    ? ['  Nothing now: wait, the daemon goes on by itself.']
    : fields(
        can.map((name): [string, string] => {
          const [options, what] = CAN[name] ?? [plain(name), ''];
          return [`tercet payouts ${hash.slice(0, 12)} ${options}`, what];
        }),
        look.width,
      );

const nodeLines = ({ node }: rpc.Payment, look: Look): string[] =>
  node
    ? [
        ...fields(
          [
            ['state', plain(node.state)],
            ['reason', plain(node.reason)],
            ['preimage', plain(node.preimage)],
            ['routing fee', node.feeMsat === 0n ? '' : showMsat(node.feeMsat)],
          ],
          look.width,
        ),
        ...node.htlcs.map(
          ({ amountMsat, feeMsat, expiryHeight, state }) =>
            `  HTLC of ${showMsat(amountMsat)} and ${showMsat(feeMsat)} of fees: ${plain(state)}, until height ${grouped(expiryHeight)}`,
        ),
      ]
    : [];

/** One payment: what it means first, what can be done second. */
export const payoutPage = (payment: rpc.Payment, tip: number, look: Look): string => {
  const left = payment.lockedUntilHeight - tip;
  return [
    bold(
      `${plain(payment.purpose)} of ${showMsat(payment.amountMsat)}: ${paymentStatusName(payment.status)}`,
      look,
    ),
    ...wrap(plain(payment.text), look.width, 2),
    ...fields(
      [
        ['hash', payment.hash],
        ['trade', payment.tradeId],
        ['to', payment.to === rpc.Role.UNSPECIFIED ? '' : roleName(payment.to)],
        ['why', plain(payment.why)],
        [
          'asked for',
          payment.sinceMs === 0n
            ? ''
            : `${showTime(payment.sinceMs)}, height ${grouped(payment.sinceHeight)}`,
        ],
        ['attempt', grouped(payment.attempt)],
        [
          'tries in vain',
          payment.tries === 0 ? '' : `${grouped(payment.tries)}, the last: ${plain(payment.lastError)}`,
        ],
        [
          'locked until',
          payment.lockedUntilHeight === 0
            ? 'none of it is locked'
            : `height ${untilText(payment)} at most${left > 0 ? ` (${grouped(left)} blocks from now)` : ''}`,
        ],
      ],
      look.width,
    ),
    ...section('What the node says now', nodeLines(payment, look), look),
    ...section('What can I do', canLines(payment, look), look),
  ].join('\n');
};

/** What came of a look-up, a proof or a declaration. */
export const resolvedPage = ({ payment, recorded, text }: rpc.ResolvePaymentResponse, look: Look): string =>
  [
    bold(recorded === '' ? 'Nothing was recorded' : `Recorded: ${plain(recorded)}`, look),
    ...wrap(plain(text), look.width, 2),
    ...(payment ? ['', `Its trade: tercet trade ${payment.tradeId.slice(0, 8)}`] : []),
  ].join('\n');
