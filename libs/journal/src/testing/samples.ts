/** Values that tests of the journal are written with. */
import { createHash } from 'node:crypto';
import type { TradeId } from '@tercet/protocol';
import type { Commit } from '../port.js';

export const KEY = new Uint8Array(32).fill(7);

/** A trade id that is always the same for one name. */
export const tradeId = (name: string): TradeId => createHash('sha256').update(name).digest('hex') as TradeId;

/** A step that changes nothing but what the test names. */
export const step = (trade: TradeId, expectedSequence: number, more: Partial<Commit> = {}): Commit => ({
  tradeId: trade,
  expectedSequence,
  role: 'maker',
  fact: { type: 'sample', number: expectedSequence + 1 },
  state: { steps: expectedSequence + 1 },
  terminal: false,
  effects: [],
  deadlines: { set: [], clear: [] },
  hashes: [],
  claims: { take: [], release: [] },
  ...more,
});
