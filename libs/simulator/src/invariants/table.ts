/** Every statement of the safety list that speaks of the state of a fiat trade. */
import { ENDS } from './ends.js';
import type { Invariant } from './invariant.js';
import { KNOWLEDGE } from './knowledge.js';
import { MAIL } from './mail.js';
import { MONEY } from './money.js';
import { STATE } from './state.js';
import { TIME } from './time.js';

export const INVARIANTS: readonly Invariant[] = [...MONEY, ...TIME, ...STATE, ...MAIL, ...KNOWLEDGE, ...ENDS];
