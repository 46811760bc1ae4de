/** What must hold once a trade that was disturbed is over: every millisatoshi where the terms say, nothing paid twice. */
import type { rpc } from '@tercet/protocol';
import { differences, expectedAfter, readBalances, type Balances } from '../../demo/accounts.js';
import { PARTIES, type PartyName } from '../../stage/layout.js';
import type { Stage } from '../../stage/stage.js';
import type { StagedTrade } from '../../stage/trade.js';

export type Outcome = 'released' | 'refunded';
type Views = Record<PartyName, rpc.Trade>;

/** Last states of the engine: a trader whose part went well is `done`. */
const LAST: Record<Outcome, readonly string[]> = { released: ['released', 'done'], refunded: ['refunded'] };

export class Auditor {
  /** Hashes of every payment that went through, over all trades of the stage. */
  private readonly paid = new Set<string>();

  private constructor(
    private readonly stage: Stage,
    private balances: Balances,
  ) {}

  /** Reads the balances that the first trade begins with. */
  static async of(stage: Stage): Promise<Auditor> {
    return new Auditor(stage, await readBalances(stage.network));
  }

  /** What is wrong after a trade; empty = nothing. The next trade begins where this one ended. */
  async faults(trade: StagedTrade, views: Views, outcome: Outcome = 'released'): Promise<string[]> {
    const after = await readBalances(this.stage.network);
    const expected = expectedAfter(this.balances, views, trade.payer).balances;
    if (outcome === 'refunded') takeBack(expected, trade, views);
    this.balances = after;
    return [
      ...differences(expected, after),
      ...PARTIES.filter((party) => !LAST[outcome].includes(views[party].states['engine'] ?? '')).map(
        (party) => `the trade ended as ${views[party].states['engine'] ?? 'nothing'} at the ${party}`,
      ),
      ...PARTIES.flatMap((party) => this.doublePayments(party, views[party])),
    ];
  }

  private doublePayments(party: PartyName, { ledger }: rpc.Trade): string[] {
    const paid = ledger.filter(({ kind, status }) => kind === 'payment' && status === 'paid');
    const again = paid.filter(({ hash }) => this.paid.has(hash));
    for (const { hash } of paid) this.paid.add(hash);
    const purposes = paid.map(({ purpose }) => purpose);
    return [
      ...again.map(({ hash }) => `the ${party} paid ${hash} twice`),
      ...purposes
        .filter((purpose, index) => purposes.indexOf(purpose) !== index)
        .map((purpose) => `the ${party} paid its ${purpose} twice`),
    ];
  }
}

/** A refund moves neither price nor success fee; the retain fee is spent all the same. */
function takeBack(expected: Balances, trade: StagedTrade, views: Views): void {
  const { priceMsat, successFeeMsat } = views.agent.terms ?? { priceMsat: 0n, successFeeMsat: 0n };
  expected[trade.payer] += priceMsat;
  expected[trade.payee] -= priceMsat - successFeeMsat;
  expected.agent -= successFeeMsat;
}
