import { TercetError } from '@tercet/protocol';
import { scrub } from './scrub.js';

/**
 * What may stand in a log line beside its message. Ids, kinds and heights, never the bodies they belong to: payment details, an
 * invoice or a preimage has no field here, so it can't be logged by passing the object it sits in.
 */
export type LogFields = {
  tradeId?: string;
  orderId?: string;
  paymentHash?: string;
  termsHash?: string;
  /** X-only key or name of who it is about. */
  peer?: string;
  nodeId?: string;
  channelId?: string;
  effectKey?: string;
  role?: string;
  engine?: string;
  shape?: string;
  kind?: string;
  state?: string;
  outcome?: string;
  reason?: string;
  why?: string;
  code?: string | number | null;
  name?: string;
  queue?: string;
  method?: string;
  scope?: string;
  network?: string;
  version?: string;
  address?: string;
  signal?: string | null;
  sequence?: number;
  attempt?: number;
  count?: number;
  height?: number;
  expiryHeight?: number;
  blocks?: number;
  amountMsat?: bigint;
  feeMsat?: bigint;
  elapsedMs?: number;
  lateMs?: number;
  pid?: number;
  error?: unknown;
};

/** Fields whose long hex digits are public names and stay whole. */
const IDS = [
  'tradeId',
  'orderId',
  'paymentHash',
  'termsHash',
  'peer',
  'nodeId',
  'channelId',
  'effectKey',
] as const;

const WORDS = [
  ...[
    'role',
    'engine',
    'shape',
    'kind',
    'state',
    'outcome',
    'reason',
    'why',
    'code',
    'name',
    'queue',
    'method',
    'scope',
  ],
  ...[
    'network',
    'version',
    'address',
    'signal',
    'sequence',
    'attempt',
    'count',
    'height',
    'expiryHeight',
    'blocks',
  ],
  ...['amountMsat', 'feeMsat', 'elapsedMs', 'lateMs', 'pid'],
];

const MOST_CAUSES = 5;

/** An error as a log shows it: our codes and words, the chain of causes, every text scrubbed, no other property. */
const errorFields = (error: unknown, depth = 0): Record<string, unknown> => {
  if (!(error instanceof Error)) return { message: scrub(String(error)) };
  const cause =
    error.cause === undefined || depth >= MOST_CAUSES ? {} : { cause: errorFields(error.cause, depth + 1) };
  if (error instanceof TercetError) {
    const details = Object.fromEntries(
      Object.entries(error.details).map(([key, value]) => [key, scrub(value)]),
    );
    return {
      code: error.code,
      message: scrub(error.message),
      wayOut: scrub(error.wayOut),
      details,
      ...cause,
    };
  }
  return { type: error.name, message: scrub(error.message), stack: scrub(error.stack ?? ''), ...cause };
};

/** Ids are hex, digits and separators; anything else under their name is scrubbed like a word. */
const isId = (value: string): boolean =>
  /^[0-9a-zA-Z:.x/_-]{1,160}$/.test(value) && !/^ln|prv|^nsec/i.test(value);

/**
 * Only the allowed fields, scalar and scrubbed; the names of the others under `withheld`, so that a forgotten field is noticed.
 */
export const allowedFields = (fields: Readonly<Record<string, unknown>>): Record<string, unknown> => {
  const shown: Record<string, unknown> = {};
  const withheld: string[] = [];
  for (const [key, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    const id = IDS.some((name) => name === key);
    if (key === 'error') shown[key] = errorFields(value);
    else if (!id && !WORDS.includes(key)) withheld.push(key);
    else if (typeof value === 'string') shown[key] = id && isId(value) ? value : scrub(value);
    else if (typeof value === 'bigint') shown[key] = value.toString();
    else if (typeof value === 'number' || typeof value === 'boolean' || value === null) shown[key] = value;
    else withheld.push(key);
  }
  if (withheld.length > 0) shown['withheld'] = withheld;
  return shown;
};
