/** A gate on the road: letters of some kinds wait before it until it is opened, for all trades or for one. */
import { untilTrue } from '../../stage/wait.js';
import type { Body } from '@tercet/protocol';
import type { Letter, Post } from './post.js';

export class Gate {
  private readonly waiting: { letter: Letter; pass: () => void }[] = [];
  private readonly opened = new Set<string>();
  private isOpen = false;

  /** Another gate at the same post replaces this one; what waits here goes on waiting here. */
  constructor(post: Post, types: readonly Body['type'][]) {
    post.use(async (letter) => {
      if (types.includes(letter.message.body.type)) await this.pass(letter);
      return letter.envelope;
    });
  }

  /** Returns once so many letters wait, of one trade where it is named. A letter that is sent again counts again. */
  async reached(letters = 1, tradeId?: string): Promise<void> {
    await untilTrue('a letter waits at the gate', () => Promise.resolve(this.of(tradeId).length >= letters));
  }

  /** The first letter of a trade that waited. */
  letter(tradeId: string): Letter {
    const [first] = this.of(tradeId);
    if (!first) throw new Error('no letter of that trade waits at the gate');
    return first.letter;
  }

  open(tradeId?: string): void {
    if (tradeId === undefined) this.isOpen = true;
    else this.opened.add(tradeId);
    for (const { pass } of this.of(tradeId)) pass();
  }

  private of(tradeId: string | undefined) {
    return this.waiting.filter(({ letter }) => tradeId === undefined || letter.message.tradeId === tradeId);
  }

  private pass(letter: Letter): Promise<void> {
    return new Promise((pass) => {
      this.waiting.push({ letter, pass });
      if (this.isOpen || this.opened.has(letter.message.tradeId)) pass();
    });
  }
}
