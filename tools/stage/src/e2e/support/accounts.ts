/** What each party must own after trades that ended badly, to the millisatoshi. */
import type { rpc } from '@tercet/protocol';
import { differences, readBalances, routingOf, type Balances } from '../../demo/accounts.js';
import { PARTIES, type PartyName } from '../../stage/layout.js';
import type { StagedTrade } from '../../stage/trade.js';
import type { Scene } from './scene.js';

/**
 * `back`: the escrow is with its payer again. `paid`: released, as the terms say. `default`: the payee got the whole
 * price without a release (PEER_HELD: no success fee is asked for). Whether the retain fee moved is read from the book.
 */
export type End = 'back' | 'paid' | 'default';

/** Of the daemons that run. */
async function viewsOf({ stage }: Scene, trade: StagedTrade): Promise<Partial<Record<PartyName, rpc.Trade>>> {
  const views: Partial<Record<PartyName, rpc.Trade>> = {};
  for (const party of PARTIES) {
    if (stage.daemons[party].isRunning) views[party] = await trade.view(party);
  }
  return views;
}

async function change(scene: Scene, trade: StagedTrade, end: End): Promise<Balances> {
  const views = await viewsOf(scene, trade);
  const moved: Balances = { maker: 0n, taker: 0n, agent: 0n };
  for (const party of PARTIES) {
    const view = views[party];
    if (view) moved[party] -= routingOf(view);
  }
  const terms = views.taker?.terms;
  if (!terms) return moved;
  const feePaid = views.taker?.ledger.some((line) => line.purpose === 'retainFee' && line.status === 'paid');
  if (feePaid) {
    moved.taker -= terms.retainFeeMsat;
    moved.agent += terms.retainFeeMsat;
  }
  const fee = end === 'paid' ? terms.successFeeMsat : 0n;
  if (end !== 'back') {
    moved[trade.payer] -= terms.priceMsat;
    moved[trade.payee] += terms.priceMsat - fee;
    moved.agent += fee;
  }
  return moved;
}

/** Keeps the books of one test: opened before, balanced after. */
export class Books {
  private constructor(
    private readonly scene: Scene,
    private readonly before: Balances,
  ) {}

  static async open(scene: Scene): Promise<Books> {
    return new Books(scene, await readBalances(scene.network));
  }

  /** Fails where a node has another balance than these ends of trades explain; `extra` is what moved beside them. */
  async balance(ends: [StagedTrade, End][], extra: Partial<Balances> = {}): Promise<void> {
    const after = await readBalances(this.scene.network);
    const expected = { ...this.before };
    for (const party of PARTIES) expected[party] += extra[party] ?? 0n;
    for (const [trade, end] of ends) {
      const moved = await change(this.scene, trade, end);
      for (const party of PARTIES) expected[party] += moved[party];
    }
    expect(differences(expected, after)).toEqual([]);
  }
}
