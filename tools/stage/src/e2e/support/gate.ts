/** A gate on the road: letters of some kinds wait before it until it is opened. */
import { untilTrue } from '../../stage/wait.js';
import type { Body } from '@tercet/protocol';
import type { Post } from './post.js';

export class Gate {
  private waiting = 0;
  private release: () => void = () => undefined;
  private readonly opened = new Promise<void>((resolve) => {
    this.release = resolve;
  });

  constructor(post: Post, types: readonly Body['type'][]) {
    post.use(async ({ message, envelope }) => {
      if (types.includes(message.body.type)) {
        this.waiting += 1;
        await this.opened;
      }
      return envelope;
    });
  }

  /** Returns once so many letters wait. */
  async reached(letters = 1): Promise<void> {
    await untilTrue('a letter waits at the gate', () => Promise.resolve(this.waiting >= letters));
  }

  open(): void {
    this.release();
  }
}
