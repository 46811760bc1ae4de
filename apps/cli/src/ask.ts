import { declined } from './errors.js';

export interface Choice {
  value: string;
  label: string;
  hint?: string;
}

/** Questions to a person. Each throws DECLINED when it is broken off. */
export interface Ask {
  /** Default is no. */
  confirm(question: string): Promise<boolean>;
  /** One line; `check` says what is wrong with it. */
  text(
    question: string,
    options?: { initial?: string; check?: (text: string) => string | undefined },
  ): Promise<string>;
  choose(question: string, choices: readonly Choice[]): Promise<string>;
}

/** Loaded when something is asked: most commands never do. */
const prompts = () => import('@clack/prompts');

/** Questions on the terminal. */
export const terminalAsk: Ask = {
  async confirm(question) {
    const { confirm, isCancel } = await prompts();
    const answer = await confirm({ message: question, initialValue: false });
    if (isCancel(answer)) throw declined();
    return answer;
  },
  async text(question, { initial, check } = {}) {
    const { text, isCancel } = await prompts();
    const answer = await text({
      message: question,
      initialValue: initial ?? '',
      validate: (value) => check?.(value ?? ''),
    });
    if (isCancel(answer)) throw declined();
    return answer;
  },
  async choose(question, choices) {
    const { select, isCancel } = await prompts();
    const answer = await select({ message: question, options: [...choices] });
    if (isCancel(answer)) throw declined();
    return answer;
  },
};
