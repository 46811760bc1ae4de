import { readFileSync } from 'node:fs';
import { scrub } from '../observe/index.js';
import { nearest } from './nearest.js';
import type { Setting } from './settings.js';

/** A value and where it was given, in words for messages. */
export interface Given {
  value: unknown;
  source: string;
}

/** What one source gave, and what is wrong with it. */
export interface Reading {
  given: Map<string, Given>;
  problems: string[];
}

/** Names under TERCET_ that belong to other programs of this repository. */
const NOT_OURS = /^TERCET_(CONFIG|CLI|ROLE|CACHE|TEST|DEMO)(_|$)/;

/** Names that hosting platforms set. */
const ALIASES: Record<string, string> = { REDIS_URL: 'redisUrl', DATABASE_URL: 'databaseUrl' };

const unknown = (name: string, source: string, known: readonly string[]): string => {
  const meant = nearest(name, known);
  // What isn't a name may be a value in the wrong place, a URL with its password (S36).
  return `${scrub(name)} (${source}) is not a setting${meant === undefined ? '' : `, the nearest is ${meant}`}`;
};

/** Text of a flag or variable as the type of its setting; text that doesn't fit stays, and the schema refuses it. */
const fromText = (text: string, setting: Setting): unknown => {
  if (setting.type === 'integer') return /^-?\d+$/.test(text) ? Number(text) : text;
  if (setting.type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  if (setting.type === 'array') {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      return text;
    }
  }
  return text;
};

/** `--lnd-socket host:port`, `--lnd-socket=host:port`, `--allow-mainnet`; `--config FILE` names the file. */
export const readFlags = (
  argv: readonly string[],
  settings: readonly Setting[],
): Reading & { file?: string } => {
  const given: Reading['given'] = new Map();
  const problems: string[] = [];
  let file: string | undefined;
  const names = ['--config', ...settings.map(({ flag }) => flag)];
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] ?? '';
    const equals = word.indexOf('=');
    const name = equals < 0 ? word : word.slice(0, equals);
    const setting = settings.find(({ flag }) => flag === name);
    if (!setting && name !== '--config') {
      problems.push(unknown(name, 'command line', names));
      // The value of a flag that isn't known isn't a second mistake.
      if (name.startsWith('--') && equals < 0 && argv[at + 1]?.startsWith('--') === false) at++;
      continue;
    }
    let text = equals < 0 ? undefined : word.slice(equals + 1);
    const next = argv[at + 1];
    if (text === undefined && setting?.type === 'boolean') {
      if (next === 'true' || next === 'false') at++;
      text = next === 'false' ? 'false' : 'true';
    }
    if (text === undefined) {
      if (next === undefined || next.startsWith('--')) {
        problems.push(`${name} (command line) needs a value: ${setting?.allowed ?? 'a path'}`);
        continue;
      }
      text = next;
      at++;
    }
    if (setting) given.set(setting.key, { value: fromText(text, setting), source: `flag ${name}` });
    else file = text;
  }
  return { given, problems, file };
};

/** `TERCET_...`, and REDIS_URL and DATABASE_URL as platforms set them. */
export const readEnvironment = (
  environment: Readonly<Record<string, string | undefined>>,
  settings: readonly Setting[],
): Reading => {
  const given: Reading['given'] = new Map();
  const problems: string[] = [];
  for (const [name, key] of Object.entries(ALIASES)) {
    const value = environment[name];
    if (value !== undefined && value !== '') given.set(key, { value, source: `environment ${name}` });
  }
  for (const [name, text] of Object.entries(environment)) {
    if (!name.startsWith('TERCET_') || text === undefined || NOT_OURS.test(name)) continue;
    const setting = settings.find((one) => one.environment === name);
    if (setting) given.set(setting.key, { value: fromText(text, setting), source: `environment ${name}` });
    else
      problems.push(
        unknown(
          name,
          'environment',
          settings.map((one) => one.environment),
        ),
      );
  }
  return { given, problems };
};

const isGroup = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Where JSON is broken; the parser's own words quote the text around it, which may be a password (S36). */
const notJson = ({ message }: SyntaxError): string => {
  const place = /\(line \d+ column \d+\)/.exec(message)?.[0];
  return place === undefined ? ": it isn't JSON" : `: it isn't JSON ${place}`;
};

/** A JSON file, nested as the keys are. A missing file is a problem only where it was asked for. */
export const readFile = (file: string, required: boolean, settings: readonly Setting[]): Reading => {
  const given: Reading['given'] = new Map();
  const problems: string[] = [];
  const keys = settings.map(({ key }) => key);
  const walk = (group: Record<string, unknown>, prefix: string): void => {
    for (const [name, value] of Object.entries(group)) {
      const key = prefix + name;
      if (keys.includes(key)) given.set(key, { value, source: file });
      else if (!keys.some((one) => one.startsWith(`${key}.`))) problems.push(unknown(key, file, keys));
      else if (isGroup(value)) walk(value, `${key}.`);
      else problems.push(`${key} (${file}) must be an object that holds its settings`);
    }
  };
  try {
    const content = JSON.parse(readFileSync(file, 'utf8')) as unknown;
    if (isGroup(content)) walk(content, '');
    else problems.push(`${file} must hold one JSON object`);
  } catch (error) {
    const absent = (error as NodeJS.ErrnoException).code === 'ENOENT';
    if (!absent)
      problems.push(
        `${file} can't be read${error instanceof SyntaxError ? notJson(error) : `: ${String(error)}`}`,
      );
    else if (required) problems.push(`${file} doesn't exist`);
  }
  return { given, problems };
};
