/** What maker and taker share: reading trades and giving them commands. Rules are the core's; nothing is decided here (S33). */
import type { Envelope, Role, TradeId } from '@tercet/protocol';
import { rpc, TercetError } from '@tercet/protocol';
import type { AgentDirectory } from '../agents/index.js';
import type { NewFact, Outcome, Trades, TradeView } from '../executor/port.js';
import type { HostedService } from '../grpc/index.js';
import { hostService } from '../grpc/index.js';
import { agentInfo } from './agent-view.js';
import type { Troubles } from './delivery-troubles.js';
import { evidence } from './evidence.js';
import { findTrade } from './find-trade.js';
import { page } from './page.js';
import { damagedView, tradeView } from './trade-view.js';
import { watchTrades } from './watch-trades.js';

export interface TradeServiceDeps {
  /** Of this daemon. */
  role: Role;
  trades: Trades;
  troubles: Troubles;
  /** Every envelope that this daemon asked to be sent in a trade, delivered or not. */
  sentEnvelopes: (tradeId: TradeId) => Promise<Envelope[]>;
  /** A trader's; an agent trusts no agents. */
  directory?: Pick<AgentDirectory, 'current' | 'refresh' | 'list'>;
}

export const tradeServiceImplementation = (deps: TradeServiceDeps): rpc.TradeServiceImplementation => {
  const { trades, troubles } = deps;

  const show = async (view: TradeView): Promise<rpc.Trade> => {
    const warnings = view.terminal ? [] : (await troubles(view.tradeId)).get(view.tradeId);
    return tradeView(view, { at: trades.now(), warnings });
  };

  const command = async (tradeId: string, fact: NewFact): Promise<{ trade: rpc.Trade }> => {
    if (deps.role === 'agent') throw agentsDont();
    const view = await findTrade(trades, tradeId);
    throwRefusal(await trades.submit(view.tradeId, fact));
    return { trade: await show(await findTrade(trades, view.tradeId)) };
  };

  return {
    async listTrades({ includeEnded, before }) {
      const last = before ? (await findTrade(trades, before)).tradeId : undefined;
      const { items, more } = await page(trades.newest({ open: !includeEnded, before: last }));
      const warnings = await troubles();
      const at = trades.now();
      return {
        more,
        trades: items.map((view) => {
          try {
            return tradeView(view, { at, warnings: warnings.get(view.tradeId) });
          } catch (error) {
            return damagedView(view, at, error);
          }
        }),
      };
    },
    async getTrade({ tradeId }) {
      const view = await findTrade(trades, tradeId);
      const facts = await trades.facts(view.tradeId);
      const warnings = (await troubles(view.tradeId)).get(view.tradeId);
      return { trade: tradeView(view, { at: trades.now(), facts, warnings }) };
    },
    async *watchTrades({ tradeId, cursor }, { signal }) {
      const one = tradeId === '' ? undefined : (await findTrade(trades, tradeId)).tradeId;
      yield* watchTrades({ trades, show, tradeId: one, cursor, signal });
    },
    confirmSent: ({ tradeId }) => command(tradeId, { kind: 'cmdSent' }),
    release: ({ tradeId }) => command(tradeId, { kind: 'cmdRelease' }),
    cancel: ({ tradeId, confirm }) => command(tradeId, { kind: 'cmdCancel', confirmed: confirm }),
    async getEvidence({ tradeId }) {
      const view = await findTrade(trades, tradeId);
      const [facts, sent] = await Promise.all([trades.facts(view.tradeId), deps.sentEnvelopes(view.tradeId)]);
      return { evidenceJson: new TextEncoder().encode(evidence({ view, facts, sent })) };
    },
    async listAgents({ refresh }) {
      const known = refresh ? await deps.directory?.refresh() : await deps.directory?.current();
      return { agents: (known ?? []).map(agentInfo) };
    },
  };
};

/** Lists, shows and steers the trades of a daemon. */
export const tradeService = (deps: TradeServiceDeps): HostedService =>
  hostService({
    definition: rpc.TradeServiceDefinition,
    implementation: tradeServiceImplementation(deps),
    scopes: {
      listTrades: 'read',
      getTrade: 'read',
      watchTrades: 'read',
      confirmSent: 'trade',
      release: 'trade',
      cancel: 'trade',
      getEvidence: 'read',
      listAgents: 'read',
    },
  });

/** What the core refused, as an error for the caller. */
export function throwRefusal(outcome: Outcome): void {
  if (outcome.result !== 'refused') return;
  const { code, text, wayOut } = outcome.refusal;
  throw new TercetError(code, text, { wayOut });
}

const agentsDont = () =>
  new TercetError(
    'WRONG_ROLE',
    'An agent gives no commands to a trade: it answers to what both sides sign. Nothing was changed.',
    {
      wayOut: 'Maker and taker give them at their own daemons.',
    },
  );
