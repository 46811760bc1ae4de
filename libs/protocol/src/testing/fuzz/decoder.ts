/** What a fuzzer holds every decoder to, and how an input is judged. Test code only. */
import type fc from 'fast-check';
import { TercetError } from '../../error.js';

/** One way by which bytes or text of others come in. */
export interface Decoder<Input = unknown> {
  name: string;
  /** Inputs grown from valid ones. */
  inputs: fc.Arbitrary<Input>;
  /** Gives an input to the product and says what became of it: a reason code, or `decoded`. Throws where a rule is broken. */
  feed: (input: Input) => string | Promise<string>;
  /** Share of a run's inputs, where one costs more than the others'; 1 unless told. */
  share?: number;
  close?: () => Promise<void>;
}

/** Decoders of different inputs in one list. */
export const decoder = <Input>(one: Decoder<Input>): Decoder => ({
  ...one,
  feed: (input) => one.feed(input as Input),
});

const CODE = /^[A-Z][A-Z0-9_]{2,63}$/;

/** The code of a refusal that keeps the rules: ours, with a stable code, and no secret in what it says (S36). */
export function codeOfRefusal(error: unknown, secrets: readonly string[] = []): string {
  if (!(error instanceof TercetError)) throw error;
  if (!CODE.test(error.code)) throw new Error(`"${error.code}" is no stable code`);
  const said = [error.message, error.wayOut, ...Object.values(error.details)].join('\n');
  const told = secrets.find((secret) => said.includes(secret));
  if (told !== undefined) throw new Error(`${error.code} tells a secret: ${said.slice(0, 2_000)}`);
  return error.code;
}

/** Decodes, checks what came out, and names the outcome. */
export function judged<T>(decode: () => T, check: (value: T) => void, secrets?: readonly string[]): string {
  let value: T;
  try {
    value = decode();
  } catch (error) {
    return codeOfRefusal(error, secrets);
  }
  check(value);
  return 'decoded';
}

/** Fails where two texts that must be the same differ: something else was taken as valid than what it says. */
export function mustEqual(what: string, actual: string, expected: string): void {
  if (actual !== expected) throw new Error(`${what}: ${clipped(actual)} is not ${clipped(expected)}`);
}

const clipped = (text: string): string => (text.length > 300 ? `${text.slice(0, 300)}...` : text);
