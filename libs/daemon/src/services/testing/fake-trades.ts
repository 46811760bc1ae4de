import type { NewestFilter, TradeHead } from '@tercet/journal';
import type { At, Envelope, Fact, SignedOrder, TermsHash, TradeData, TradeId } from '@tercet/protocol';
import { height, initialState, partyOf, step, unixMs } from '@tercet/protocol';
import { Keyrings } from '../../executor/keyring.js';
import type { Change, NewFact, Outcome, SubmitOptions, Trades, TradeView } from '../../executor/port.js';
import { NOW, TIP } from './samples.js';

export const SEED = new Uint8Array(32).fill(7);

/** Trades in memory over the real tables; effects are kept and not carried out. */
export class FakeTrades implements Trades {
  at: At = { height: height(TIP), timeMs: unixMs(NOW) };
  /** Of every trade, in the order of creation. */
  readonly views = new Map<TradeId, TradeView>();
  readonly log = new Map<TradeId, { sequence: number; fact: Fact; envelope?: Envelope }[]>();
  private readonly listeners = new Set<(change: Change) => void>();
  /** States handed out: what a journal would have opened. */
  read = 0;

  get listening(): number {
    return this.listeners.size;
  }

  now(): At {
    return this.at;
  }
  view(tradeId: TradeId): Promise<TradeView | undefined> {
    const view = this.views.get(tradeId);
    if (view) this.read += 1;
    return Promise.resolve(view);
  }
  private async *each(views: TradeView[]): AsyncGenerator<TradeView> {
    await Promise.resolve();
    for (const view of views) {
      this.read += 1;
      yield view;
    }
  }
  open(): AsyncGenerator<TradeView> {
    const open = [...this.views.values()].filter(({ terminal }) => !terminal);
    return this.each(open);
  }
  newest({ open = false, before }: NewestFilter = {}): AsyncGenerator<TradeView> {
    const all = [...this.views.values()];
    const end = before === undefined ? all.length : all.findIndex(({ tradeId }) => tradeId === before);
    const wanted = all.slice(0, end).filter(({ terminal }) => !open || !terminal);
    return this.each(wanted.toReversed());
  }
  async *heads(): AsyncGenerator<TradeHead> {
    await Promise.resolve();
    for (const { tradeId, sequence, terminal } of [...this.views.values()])
      yield { tradeId, sequence, terminal };
  }
  idsBeginning(digits: string, most: number): Promise<TradeId[]> {
    const found = [...this.views.keys()].filter((id) => id.startsWith(digits));
    return Promise.resolve(found.sort().slice(0, most));
  }
  ofTerms(hash: TermsHash): Promise<TradeView | undefined> {
    const found = [...this.views.values()].find(({ state }) => state.data.termsHash === hash);
    return found ? this.view(found.tradeId) : Promise.resolve(undefined);
  }
  holderOf({ signature }: SignedOrder): Promise<TradeHead | undefined> {
    const letGo = ['new', 'refused', 'lapsed'];
    const held = [...this.views.values()].find(
      ({ state: { data, machines } }) =>
        data.signedOrder.signature === signature && data.role === 'maker' && !letGo.includes(machines.deal),
    );
    return Promise.resolve(held);
  }
  facts(tradeId: TradeId): Promise<{ sequence: number; fact: Fact; envelope?: Envelope }[]> {
    return Promise.resolve(this.log.get(tradeId) ?? []);
  }
  onChange(listener: (change: Change) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Puts a trade as it is, and tells of it as of a step. */
  put(view: TradeView, fact: NewFact = { kind: 'due', name: 'test' }): void {
    const taken = { ...fact, at: this.at };
    this.views.set(view.tradeId, view);
    this.log.set(view.tradeId, [
      ...(this.log.get(view.tradeId) ?? []),
      { sequence: view.sequence, fact: taken },
    ]);
    for (const listener of this.listeners) listener({ trade: view, fact: taken, path: [], rows: [] });
  }

  submit(tradeId: TradeId, fact: NewFact, options?: SubmitOptions): Promise<Outcome> {
    const view = this.views.get(tradeId);
    if (!view) throw new Error(`no trade ${tradeId}`);
    return Promise.resolve(this.take(view, fact, options));
  }
  create(data: TradeData, fact: NewFact, options?: SubmitOptions): Promise<Outcome> {
    const state = initialState(partyOf(data), data);
    const first: TradeView = { tradeId: data.tradeId, sequence: 0, terminal: false, state };
    return Promise.resolve(this.take(this.views.get(data.tradeId) ?? first, fact, options));
  }

  private take(view: TradeView, fact: NewFact, _options?: SubmitOptions): Outcome {
    const { data } = view.state;
    const keys = new Keyrings(SEED).of(data);
    const result = step(partyOf(data), view.state, { ...fact, at: this.at }, { keys });
    if (result.result !== 'taken') return result;
    const sequence = view.sequence + 1;
    this.put({ tradeId: view.tradeId, sequence, terminal: result.terminal, state: result.state }, fact);
    return { result: 'taken', sequence };
  }
}
