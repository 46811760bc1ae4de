import { declined } from '../errors.js';
import type { Io } from '../io.js';

export interface FakeIo extends Io {
  /** What went to stdout, and to stderr. */
  shown(): string;
  complained(): string;
  /** Questions that were asked. */
  asked: string[];
}

/** A world without a person, or with one who gives these answers in turn. */
export const fakeIo = (
  home: string,
  options: { answers?: (boolean | string)[]; stdin?: string } = {},
): FakeIo => {
  const [out, err, asked]: [string[], string[], string[]] = [[], [], []];
  const answers = [...(options.answers ?? [])];
  const answer = (question: string): boolean | string => {
    asked.push(question);
    const given = answers.shift();
    if (given === undefined) throw declined();
    return given;
  };
  return {
    out: (text) => void out.push(text),
    err: (text) => void err.push(text),
    interactive: options.answers !== undefined,
    colour: false,
    width: 100,
    environment: {},
    home,
    ask: {
      confirm: (question) => Promise.resolve(answer(question) === true),
      text: (question, { initial } = {}) => {
        const given = String(answer(question));
        return Promise.resolve(given === '' ? (initial ?? '') : given);
      },
      choose: (question) => Promise.resolve(String(answer(question))),
    },
    stdin: () => Promise.resolve(options.stdin ?? ''),
    pause: () => Promise.resolve(),
    shown: () => out.join('\n'),
    complained: () => err.join('\n'),
    asked,
  };
};
