/** Which rows move money: nine in ten lessons of safety.md were paid for there, so there the tests are measured. */
import type { Machine } from '../../machine/table.js';
import type { Mutant } from './mutants.js';
import { rowName } from './mutants.js';
import type { Probe } from './probe.js';

const MOVES_MONEY = new Set([
  'createHold',
  'makeInvoice',
  'recordToSelf',
  'pay',
  'settleHold',
  'cancelHold',
  'send release',
  'send preimage',
  'send obligation',
  'send freshInvoice',
  'send custody',
  'raise releaseEscrow',
  'raise refundEscrow',
  'raise undecided',
  'raise owe',
]);
const isEscrow = (table: Machine): boolean => /^[A-Z_]+\./.test(table.name);

/** By what the row was seen to ask for. A row that asks and that no test takes counts too: nobody knows that it doesn't. */
function moves(table: Machine, state: string, index: number, probe: Pick<Probe, 'effects'>): boolean {
  const row = table.states[state]?.rows[index];
  if (!row) return false;
  const seen = probe.effects.get(rowName(table, state, index));
  if (seen === undefined && row.ask.length + row.raise.length > 0) return true;
  if ([...(seen ?? [])].some((label) => MOVES_MONEY.has(label))) return true;
  return isEscrow(table) && row.to !== undefined && table.states[row.to]?.at === 'end';
}

export const movesMoney = (mutant: Mutant, probe: Pick<Probe, 'effects'>): boolean =>
  mutant.rows.some((index) => moves(mutant.table, mutant.state, index, probe));
