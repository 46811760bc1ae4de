/**
 * The working part of a daemon: executor, effects, watchers, jobs and the peers' mail around one journal and one node.
 * The three daemons differ in who may begin a trade here and in the services they offer.
 */
import { startJobs, type JobOptions, type Jobs } from '@tercet/jobs';
import type { EffectRow, Journal, Seed } from '@tercet/journal';
import type { Contact, Message, TradeData, TradeId, TradeState } from '@tercet/protocol';
import { ALARMS, hasCode, publicKeyOf, rpc, unixMs } from '@tercet/protocol';
import type { EffectContext } from './effects/port.js';
import { Clock } from './executor/clock.js';
import { Deadlines } from './executor/deadlines.js';
import { Dispatcher } from './executor/dispatcher.js';
import { Executor, tradeNotFound } from './executor/executor.js';
import { identitySecret, Keyrings } from './executor/keyring.js';
import type { Change, Trades } from './executor/port.js';
import type { PeerConnections } from './grpc/index.js';
import type { Logger, Metrics } from './observe/index.js';
import type { OpenNode } from './open/node.js';
import { isPaymentEnd, isWaiting, Payments } from './payments/index.js';
import { Inbox } from './peers/inbox.js';
import { Outbox, type PeerLink } from './peers/outbox.js';
import { peerRates, type PeerCeilings } from './peers/rates.js';
import { Hearing } from './watch/hearing.js';
import { NodeWatcher } from './watch/node-watcher.js';
import type { Pause } from './watch/pause.js';
import { Round } from './watch/round.js';
import { TipWatcher } from './watch/tip-watcher.js';

interface Parts {
  config: {
    role: string;
    dataDir: string;
    /** Set = other replicas may write to the same database. */
    databaseUrl?: string;
    redisUrl?: string;
    reconcileSeconds: number;
    ceilings: PeerCeilings & { satsPerHour: number };
  };
  seed: Seed;
  journal: Journal;
  node: Pick<OpenNode, 'lightning' | 'tip'>;
  /** What a first message may begin here. */
  begin: (message: Message, trades: Trades) => Promise<TradeData>;
  logger: Logger;
  metrics: Pick<
    Metrics,
    'fact' | 'effect' | 'tip' | 'refused' | 'alarm' | 'openTrades' | 'jobFired' | 'measured'
  >;
  /** The queues: BullMQ on Redis unless told. */
  startJobs?: (options: JobOptions) => Promise<Jobs>;
  /** Milliseconds since 1970 for deadlines and retries: the machine's clock unless told. */
  nowMs?: () => number;
  /** A process that did nothing for longer was asleep, and heard nobody; 75 minutes unless told. */
  asleepMs?: number;
  /** Before a broken stream of the node is taken up again; a second unless told. */
  streamRetryMs?: number;
  /** How that is waited for: by the machine's clock unless told. */
  pause?: Pause;
}
/** How the peers' daemons are reached: over gRPC, or by a link of one's own (daemons in one process). */
type Road = { peers: PeerConnections } | { link: (contact: Contact) => Promise<PeerLink> };
export type CoreParts = Parts & Road;

export interface Core {
  trades: Trades;
  inbox: Inbox;
  tip: () => TipWatcher['tip'];
  payments: Payments;
  /** Started, not stopped and not closing: new trades are taken. */
  ready: () => boolean;
  /** What isn't as it should be, in words. */
  warnings: () => string[];
  /** Looks every live hash up, runs what is due and from then on follows node, blocks and queues (S23). */
  start: () => Promise<void>;
  close: () => Promise<void>;
}

export function createCore(parts: CoreParts): Core {
  const { journal, seed, node, logger, metrics } = parts;
  const clock = new Clock(node.tip.height, parts.nowMs);
  let jobs: Jobs | undefined;
  let running = false;
  const following = new Set<Promise<void>>();

  const keyrings = new Keyrings(seed);
  const exclusive = parts.config.databaseUrl === undefined;
  const payments: Payments = new Payments({
    journal,
    lightning: node.lightning,
    nowMs: () => clock.now().timeMs,
    exclusive,
    satsPerHour: parts.config.ceilings.satsPerHour,
    metrics,
    onError: (error) =>
      logger.error(
        { error },
        'a payment could not be looked after: what came back counts as sent until its hour is over, what was declared failed is asked about again',
      ),
    core: () => ({ trades, follow, wake: (reasons) => dispatcher.wake(reasons) }),
  });
  const trades: Trades = new Executor({
    journal,
    keyrings,
    clock,
    afterCommit,
    exclusive,
    mayBegin: () => payments.mayBegin(),
    onTrouble: (tradeId, error) =>
      logger.error({ tradeId, error }, 'a step was committed, and telling of it failed'),
  });
  const hearing = new Hearing({ clock, lightning: node.lightning, asleepMs: parts.asleepMs });
  const deadlines = new Deadlines({ journal, trades, clock, logger, hearing });
  const outbox = new Outbox({
    link: 'link' in parts ? parts.link : linkTo(parts.peers),
    tipHeight: async () => Math.max(clock.now().height, (await node.lightning.tip()).height),
  });
  const dispatcher = new Dispatcher({
    journal,
    trades,
    deliver: async (tradeId, effect) => outbox.deliver(await dataOf(trades, tradeId), effect),
    context,
    later: (key, dueMs) => void jobs?.effectAt(key, dueMs),
    onTry: (effect, outcome, error) => noteTry(effect, outcome, error),
    onTrouble: (error) => logger.error({ error }, 'effects could not be looked at; the next reconcile does'),
    exclusive,
  });
  const watcher = new NodeWatcher({
    lightning: node.lightning,
    trades,
    onError: (tradeId, hash, error) =>
      logger.warn({ tradeId, paymentHash: hash, error }, 'a stream of the node broke; it is taken up again'),
    onEndsBroken: (error) =>
      logger.warn({ error }, 'the stream of the ends of holds broke; it is taken up again'),
    retryMs: parts.streamRetryMs,
    pause: parts.pause,
  });
  const round = new Round({
    trades,
    exclusive,
    visit: async ({ tradeId, state }) => {
      await watcher.room();
      watcher.follow(tradeId, state.data, true);
      for (const name of deadlines.putOffIn(state)) await deadlines.fire(tradeId, name);
    },
  });
  metrics.measured(
    'tercet_followed_hashes',
    'Payment hashes that the node has answered for since it was asked to follow them',
    () => watcher.heardOf,
  );
  metrics.measured(
    'tercet_jobs_ready',
    '1 while Redis answers, takes writes and holds what the journal knows, 0 while due work is swept',
    () => (jobs?.ready ? 1 : 0),
  );
  const tips = new TipWatcher(node.tip, {
    lightning: node.lightning,
    clock,
    onTip: async ({ height }) => {
      metrics.tip(height);
      hearing.look();
      watcher.seen(height);
      await deadlines.fireDueNow();
    },
    onError: (error) => logger.warn({ error }, 'the stream of blocks broke; it is taken up again'),
    retryMs: parts.streamRetryMs,
    pause: parts.pause,
  });
  const inbox = new Inbox({
    trades,
    begin: (message) => parts.begin(message, trades),
    onRefused: (code) => metrics.refused(code),
    onHeard: (tradeId, from) => dispatcher.heard(tradeId, from),
    rates: peerRates(parts.config.ceilings, () => clock.now().timeMs),
  });

  function afterCommit(change: Change, effects: EffectRow[], before: TradeState): void {
    const { tradeId, state } = change.trade;
    const { fact } = change;
    metrics.fact(fact.kind);
    if (isPaymentEnd(fact)) soon(() => payments.over(fact));
    logger.info(
      { tradeId, kind: change.fact.kind, sequence: change.trade.sequence, state: change.path.join(' ') },
      'step',
    );
    dispatcher.start(effects);
    tellAlarms(tradeId, state, before);
    for (const [name, at] of Object.entries(state.deadlines)) {
      if (JSON.stringify(before.deadlines[name]) === JSON.stringify(at)) continue;
      if ('timeMs' in at) void jobs?.deadlineAt(tradeId, name, at.timeMs);
      // No block will come for a height that has passed already (after an outage one step leads to the next).
      else if (at.height <= clock.now().height) soon(() => deadlines.fire(tradeId, name));
    }
  }

  /** A wait that has outlived its height, or a payment that was paid after all: somebody should look. */
  function tellAlarms(tradeId: TradeId, { data }: TradeState, before: TradeState): void {
    for (const { alarm, height } of data.told?.slice(before.data.told?.length ?? 0) ?? []) {
      metrics.alarm(alarm);
      const isWait = alarm in ALARMS;
      logger.warn(
        { tradeId, name: alarm, height },
        isWait
          ? 'a wait has outlived its height and goes on'
          : 'what an operator declared failed was paid after all',
      );
    }
  }

  /** Work that follows a step and isn't waited for, except at the end. */
  function soon(work: () => Promise<void>): void {
    const job = work().finally(() => following.delete(job));
    following.add(job);
  }

  async function context(tradeId: TradeId): Promise<EffectContext> {
    const data = await dataOf(trades, tradeId);
    return {
      lightning: node.lightning,
      journal,
      data,
      keys: keyrings.of(data),
      gate: payments.gate,
      now: () => clock.now(),
    };
  }

  /** Once an effect has told the node, the node is followed; before, there is nothing to follow. */
  function noteTry(effect: EffectRow, outcome: 'done' | 'failed', error?: unknown): void {
    metrics.effect(effect.kind, isWaiting(error) ? 'waiting' : outcome);
    if (isWaiting(error)) {
      logger.info({ tradeId: effect.tradeId, kind: effect.kind, error }, 'a payment waits');
    } else if (outcome === 'failed') {
      logger.warn(
        { tradeId: effect.tradeId, kind: effect.kind, attempt: effect.attempts + 1, error },
        'an effect failed; it is tried again',
      );
    } else if (effect.kind === 'pay' || effect.kind === 'createHold' || effect.kind === 'makeInvoice') {
      soon(() => follow(effect.tradeId));
    }
  }

  async function follow(tradeId: TradeId): Promise<void> {
    try {
      watcher.follow(tradeId, await dataOf(trades, tradeId));
    } catch (error) {
      logger.error(
        { tradeId, error },
        'a trade could not be read to follow its node; the next reconcile does',
      );
    }
  }

  async function reconcile(): Promise<void> {
    for (const tradeId of watcher.reconcile()) await follow(tradeId);
    await round.go();
    metrics.openTrades(await journal.openCount());
    await payments.tidy();
    hearing.look();
    await deadlines.fireDue();
    await dispatcher.runDue();
  }

  return {
    trades,
    inbox,
    tip: () => tips.tip,
    payments,
    ready: () => running && !payments.isStopped,
    warnings: () => [
      ...(jobs?.ready === false
        ? ['Redis does not answer or refuses writes; due work is done from the journal meanwhile.']
        : []),
      ...payments.warnings(),
    ],
    async start() {
      jobs = await (parts.startJobs ?? startJobs)({
        redisUrl: parts.config.redisUrl,
        dataDir: parts.config.dataDir,
        // Two daemons may share a Redis, replicas of one must.
        prefix: `tercet-${parts.config.role}-${publicKeyOf(identitySecret(seed)).slice(0, 16)}`,
        reconcileEveryMs: parts.config.reconcileSeconds * 1000,
        logger,
        onFired: (queue, lateMs) => metrics.jobFired(queue, lateMs),
        handlers: {
          deadline: deadlines.fireDue,
          effect: (key) => dispatcher.run(key),
          heights: deadlines.fireDue,
          reconcile,
        },
        source: {
          pendingEffects: async (beforeMs) =>
            (
              await journal.pendingEffects(beforeMs === undefined ? {} : { dueBeforeMs: unixMs(beforeMs) })
            ).map(({ key, dueMs }) => ({ key, dueMs })),
          timeDeadlines: (beforeMs) =>
            journal.timeDeadlines(beforeMs === undefined ? undefined : unixMs(beforeMs)),
        },
      });
      tips.start();
      watcher.start();
      await reconcile();
      running = true;
    },
    async close() {
      running = false;
      await tips.close();
      await hearing.close();
      await jobs?.close();
      await dispatcher.close();
      await watcher.close();
      await Promise.allSettled(following);
    },
  };
}

async function dataOf(trades: Trades, tradeId: TradeId): Promise<TradeData> {
  const view = await trades.view(tradeId);
  if (!view) throw tradeNotFound(tradeId);
  return view.state.data;
}

const linkTo =
  (peers: PeerConnections) =>
  async (contact: Contact): Promise<PeerLink> => {
    const client = (await peers.to(contact)).client(rpc.PeerServiceDefinition);
    return {
      async deliver(request) {
        try {
          return await client.deliver(request);
        } catch (error) {
          if (hasCode(error, 'PEER_UNREACHABLE')) peers.forget(contact);
          throw error;
        }
      },
    };
  };
