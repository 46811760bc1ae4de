/**
 * The little of jest that table tests use, so that one process can run them again and again, each time on another table.
 * A block is a `describe` or a lone `test` at the top of a file; it is opened anew for each run, since its body may take
 * trades to a named point.
 */
import { format } from 'node:util';

type Body<A extends unknown[]> = (...args: A) => unknown;
type Each = (table: readonly unknown[]) => (title: string, body: Body<never[]>) => void;

export interface Case {
  title: string;
  run: () => void;
}
export interface Block {
  title: string;
  open: () => Case[];
}

export class Suite {
  readonly blocks: Block[] = [];
  private opened: { titles: string[]; cases: Case[] } | undefined;

  readonly describe = Object.assign((title: string, body: Body<[]>) => this.block(title, body), {
    each: this.each((title, body) => this.block(title, body)),
  });
  readonly test = Object.assign((title: string, body: Body<[]>) => this.case(title, body), {
    each: this.each((title, body) => this.case(title, body)),
  });

  private each(one: (title: string, body: Body<[]>) => void): Each {
    return (table) => (title, body) => {
      for (const entry of table) {
        const args = (Array.isArray(entry) ? entry : [entry]) as never[];
        const places = title.match(/%[a-z]/g)?.length ?? 0;
        one(format(title, ...args.slice(0, places)), () => body(...args));
      }
    };
  }

  private block(title: string, body: Body<[]>): void {
    if (this.opened) {
      this.opened.titles.push(title);
      body();
      this.opened.titles.pop();
      return;
    }
    this.blocks.push({
      title,
      open: () => {
        const opened = { titles: [title], cases: [] as Case[] };
        this.opened = opened;
        try {
          body();
        } finally {
          this.opened = undefined;
        }
        return opened.cases;
      },
    });
  }

  private case(title: string, body: Body<[]>): void {
    const run = () => {
      // An answer that nobody waits for could never fail.
      if (body() instanceof Promise)
        throw new Error(`"${title}" is asynchronous; a table test answers at once`);
    };
    if (this.opened) this.opened.cases.push({ title: [...this.opened.titles, title].join(' > '), run });
    else this.blocks.push({ title, open: () => [{ title, run }] });
  }
}
