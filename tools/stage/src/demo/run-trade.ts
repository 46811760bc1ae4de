import type { rpc } from '@tercet/protocol';
import { ofEach } from '../stage/layout.js';
import type { Stage } from '../stage/stage.js';
import { completeTrade, startTrade } from '../stage/trade.js';
import type { Balances, Fees } from './accounts.js';
import { differences, expectedAfter, readBalances } from './accounts.js';
import type { DemoTrade } from './plan.js';

export interface DemoResult {
  trade: DemoTrade;
  outcome: string;
  priceMsat: bigint;
  fees: Fees;
  before: Balances;
  after: Balances;
  heights: rpc.LockedHeights | undefined;
  trust: rpc.TrustStatement | undefined;
  elapsedMs: number;
  faults: string[];
}

/** Runs one trade and holds the nodes' balances against what the terms say. */
export async function runTrade(
  stage: Stage,
  plan: DemoTrade,
  say: (line: string) => void,
): Promise<DemoResult> {
  const before = await readBalances(stage.network);
  const startedMs = performance.now();
  const trade = await startTrade(stage, plan);
  say('taken: the agent is asked, its retain fee paid, the terms signed by all three');
  await completeTrade(trade, say);
  const elapsedMs = Math.round(performance.now() - startedMs);
  const views = await ofEach(async (party) => {
    const view = await trade.view(party);
    if (!view) throw new Error(`the ${party} does not know the trade`);
    return view;
  });
  const after = await readBalances(stage.network);
  const expected = expectedAfter(before, views, trade.payer);
  return {
    trade: plan,
    outcome: views.agent.states['engine'] ?? 'unknown',
    priceMsat: views.agent.terms?.priceMsat ?? 0n,
    fees: expected.fees,
    before,
    after,
    heights: views.agent.heights,
    trust: views.agent.terms?.trust,
    elapsedMs,
    faults: differences(expected.balances, after),
  };
}
