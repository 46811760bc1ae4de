import { createReadStream } from 'node:fs';
import { homedir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { terminalAsk, type Ask } from './ask.js';

/** The world of a command line; tests bring their own. */
export interface Io {
  /** A line, or several, on stdout. */
  out(text: string): void;
  /** The same on stderr. */
  err(text: string): void;
  /** A person sits there and can be asked. */
  interactive: boolean;
  /** Whether stdout shows colours. */
  colour: boolean;
  /** Columns. */
  width: number;
  environment: Readonly<Record<string, string | undefined>>;
  home: string;
  ask: Ask;
  /** All of stdin, as text. */
  stdin(): Promise<string>;
  /** Time that a lost connection is given before the next try. */
  pause(ms: number): Promise<void>;
}

const WIDEST = 110;
const PIPE_WIDTH = 100;

const readStdin = async (): Promise<string> => {
  const parts: Buffer[] = [];
  // The descriptor itself: process.stdin would keep the process alive where nothing is read.
  for await (const part of createReadStream('', { fd: 0, autoClose: false })) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
};

/** The process's own streams. NO_COLOR is honoured (no-color.org). */
export const terminalIo = (): Io => ({
  out: (text) => void process.stdout.write(`${text}\n`),
  err: (text) => void process.stderr.write(`${text}\n`),
  interactive: process.stdin.isTTY && process.stdout.isTTY,
  colour: process.stdout.isTTY && (process.env['NO_COLOR'] ?? '') === '' && process.env['TERM'] !== 'dumb',
  // A terminal that doesn't know its size says 0.
  width: process.stdout.isTTY ? Math.min(process.stdout.columns || PIPE_WIDTH, WIDEST) : PIPE_WIDTH,
  environment: process.env,
  home: process.env['HOME'] ?? homedir(),
  ask: terminalAsk,
  stdin: readStdin,
  pause: (ms) => sleep(ms),
});
