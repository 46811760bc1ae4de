import { rpc } from '@tercet/protocol';
import { grouped, showMsat } from '../format/amount.js';
import { roleName } from '../format/names.js';
import { plain } from '../format/plain.js';
import { table, wrap } from '../format/table.js';
import { showTime } from '../format/time.js';
import { section, type Look } from './page.js';

const indented = (text: string): string[] => text.split('\n').map((line) => `  ${line}`);

/** Obligations and account book of a trade. */
export const bookLines = ({ ledger, obligations }: rpc.Trade, look: Look): string[] => [
  ...section(
    'Owed',
    obligations.flatMap(({ from, to, amountMsat, why }) =>
      wrap(`${roleName(from)} owes ${roleName(to)} ${showMsat(amountMsat)}: ${plain(why)}`, look.width, 2),
    ),
    look,
  ),
  ...section(
    'Account book',
    ledger.length === 0
      ? []
      : indented(
          table(
            ['for', 'by', 'amount', 'routing fee', 'state', 'hash'],
            ledger.map((entry) => [
              plain(entry.purpose),
              plain(entry.kind),
              showMsat(entry.amountMsat),
              entry.feeMsat === 0n ? '-' : showMsat(entry.feeMsat),
              plain(entry.status),
              entry.hash.slice(0, 16),
            ]),
            [2, 3],
          ),
        ),
    look,
  ),
];

/** What this party really paid, each with its proof. */
export const proofLines = ({ ledger }: rpc.Trade, look: Look): string[] =>
  section(
    'Paid, with the proof of it',
    ledger
      .filter(({ preimage }) => preimage !== '')
      .flatMap(({ purpose, amountMsat, feeMsat, hash, preimage }) => [
        `  ${plain(purpose)} ${showMsat(amountMsat)}${feeMsat === 0n ? '' : ` and ${showMsat(feeMsat)} for the route`}`,
        `    hash      ${plain(hash)}`,
        `    preimage  ${plain(preimage)}`,
      ]),
    look,
  );

/** What was taken in, oldest first. */
export const historyLines = ({ history }: rpc.Trade, look: Look): string[] =>
  section(
    'History',
    history.length === 0
      ? []
      : indented(
          table(
            ['', 'when', 'height', 'what', 'from'],
            history.map(({ sequence, timeMs, height, kind, deadline, from }) => [
              String(sequence),
              showTime(timeMs),
              grouped(height),
              plain(deadline === '' ? kind : `${kind} ${deadline}`),
              from === rpc.Role.UNSPECIFIED ? '' : roleName(from),
            ]),
            [0, 2],
          ),
        ),
    look,
  );
