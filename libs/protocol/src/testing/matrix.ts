/**
 * Role x command x state: what each state that a party can be in does with every command and every message of every
 * sender, said by a table of cells (S30). Test code only.
 */
import { z } from 'zod';
import type { Keyring } from '../crypto/keyring.js';
import { TercetError } from '../error.js';
import type { CommandKind, Fact, MessageFact } from '../machine/facts.js';
import { COMMANDS } from '../machine/facts.js';
import type { MachineName, TradeData } from '../machine/state.js';
import type { Party } from '../machine/rest.js';
import type { StepResult } from '../machine/step.js';
import { seatOf, step } from '../machine/step.js';
import type { Body, BodyType, Role } from '../messages/bodies.js';
import { BODIES, body, ROLES, SENDERS } from '../messages/bodies.js';
import { partyOf } from '../parties.js';
import type { Ground, Reached } from './reached-states.js';
import { saidTo } from './reached-states.js';
import { keyringOf } from './three-parties.js';

export const BODY_TYPES = Object.keys(BODIES) as BodyType[];
const KEYS: Record<Role, Keyring> = {
  maker: keyringOf('maker'),
  taker: keyringOf('taker'),
  agent: keyringOf('agent'),
};

/** One question to one state. `asked`: `cmdRelease`, or who sends what, as `agent locked`. */
export interface Cell {
  asked: string;
  kind: CommandKind | BodyType;
  from?: Role;
  /** Said by a stranger: the right shape, and every hash, amount, height and seal another one. */
  strange: boolean;
  /** What each sample of the state did with it, without repeats: `taken`, `early`, `dropped`, or a code of refusal. */
  outcomes: string[];
}

/** The commands a person can give to a trade that is there. */
const GIVEN = COMMANDS.filter((kind) => kind !== 'cmdTake');

/** All cells of one state of one role. */
export function cellsOf(ground: Ground, role: Role, samples: Reached[]): Cell[] {
  const commands = [
    ...GIVEN.map((kind) => ({ kind, confirmed: true })),
    { kind: 'cmdCancel' as const, confirmed: false },
  ];
  return [
    ...commands.map(({ kind, confirmed }): Cell => {
      const outcomes = distinct(samples, (sample) =>
        outcome(role, sample, commandOf(kind, sample, confirmed)),
      );
      return { asked: confirmed ? kind : `${kind} unconfirmed`, kind, strange: false, outcomes };
    }),
    ...ROLES.filter((from) => from !== role).flatMap((from) =>
      BODY_TYPES.flatMap((kind) => {
        const body = saidTo(ground, role, kind);
        return [false, true].map((isStrange): Cell => {
          const said = isStrange ? strange(body) : body;
          const outcomes = distinct(samples, (sample) =>
            outcome(role, sample, messageOf(from, said, sample)),
          );
          return { asked: `${from} ${kind}`, kind, from, strange: isStrange, outcomes };
        });
      }),
    ),
  ];
}

const distinct = (samples: Reached[], of: (sample: Reached) => string): string[] =>
  [...new Set(samples.map(of))].sort();

function commandOf(kind: (typeof GIVEN)[number], { at }: Reached, confirmed: boolean): Fact {
  return kind === 'cmdCancel' ? { kind, at, confirmed } : { kind, at };
}

export function messageOf(from: Role, body: Body, { state, at }: Reached, ahead = 1): MessageFact {
  const sequence = (state.data.received[from] ?? 0) + ahead;
  return { kind: body.type, at, from, sequence, envelopeId: 'matrix', body } as MessageFact;
}

/** What a step does, in one word. A throw that isn't ours is a fault of the tables, and fails the test. */
export function outcome(role: Role, { state }: Reached, fact: Fact): string {
  try {
    return named(step(partyOf(state.data), state, fact, { keys: KEYS[role] }), state.data);
  } catch (error) {
    if (error instanceof TercetError) return error.code;
    return `FAULT ${String(error).replace(/[0-9a-f]{64}/g, '')}`;
  }
}

function named(result: StepResult, before: TradeData): string {
  if (result.result === 'refused') return result.refusal.code;
  if (result.result === 'ignored') return 'ignored';
  if (result.path.length > 0) return 'taken';
  return result.state.data.early.length > before.early.length ? 'early' : 'dropped';
}

/** The same body with other contents: what somebody says who knows the form and nothing of the trade. */
export function strange(honest: Body): Body {
  const made = strangers.get(honest) ?? body.parse(z.encode(body, other(honest) as Body));
  strangers.set(honest, made);
  return made;
}
const strangers = new Map<Body, Body>();

function other(value: unknown): unknown {
  if (typeof value === 'string') return strangeText(value);
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'bigint') return value + 1n;
  if (Array.isArray(value)) return value.map((item: unknown) => other(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, key === 'version' ? item : other(item)]),
  );
}

const STRANGER = keyringOf('stranger');
const SEALED = STRANGER.seal('for nobody here', STRANGER.publicKey);
function strangeText(text: string): string {
  if (/^0[23][0-9a-f]{64}$/.test(text)) return `02${'ab'.repeat(32)}`;
  if (/^[0-9a-f]{32,}$/.test(text)) return 'ab'.repeat(text.length / 2);
  if (/^ln[0-9a-z]+$/.test(text)) return `lnbcrt${'ab'.repeat(32)}`;
  if (/^[A-Za-z0-9+/=]{132,}$/.test(text)) return SEALED;
  return text;
}

/**
 * What a cell may be, from the lists alone: who may send (SENDERS), and whether any state, or this one, has a row.
 * The step isn't asked.
 */
export function allowedBy(
  party: Party,
  { state }: Reached,
  { kind, from }: Pick<Cell, 'kind' | 'from'>,
): RegExp {
  const names = Object.keys(party) as MachineName[];
  const specs = names.flatMap((name) =>
    Object.entries(party[name].states).map(([at, spec]) => ({ spec, here: state.machines[name] === at })),
  );
  const rows = (here: boolean) =>
    specs
      .filter((one) => !here || one.here)
      .flatMap(({ spec }) => spec.rows.filter((row) => row.on === kind));
  const codes = rows(true).flatMap(({ refuse }) => refuse?.code ?? []);
  if (from === undefined)
    return rows(true).length === 0 ? /^WRONG_STATE$/ : any(['taken', 'WRONG_STATE', ...codes]);
  const allowed = SENDERS[kind as BodyType];
  if (!allowed.includes(from) && !allowed.includes(seatOf(state.data, from))) return /^WRONG_ROLE$/;
  if (rows(false).length === 0) return /^WRONG_STATE$/;
  if (rows(true).length === 0) return /^(early|dropped)$/;
  return any(['taken', 'early', 'dropped', 'SEAL_BROKEN', ...codes]);
}
const any = (words: string[]): RegExp => new RegExp(`^(${words.join('|')})$`);
