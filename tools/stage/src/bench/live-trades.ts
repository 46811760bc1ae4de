/**
 * The data folder of an escrow agent with many live trades: one real trade is brought to where its hold is held, and its
 * state written again under other ids and hashes. Nothing in it is signed anew: for measuring, not for trading.
 */
import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { seedPath } from '@tercet/daemon';
import {
  deriveKey,
  loadSeed,
  openJournal,
  type DeadlineRow,
  type Journal,
  type Json,
  type TradeRow,
} from '@tercet/journal';
import type { PaymentHash, TradeId, TradeState } from '@tercet/protocol';
import { NO_CEILING } from '../stage/ceilings.js';
import { freeAddress } from '../stage/free-port.js';
import { startTrade } from '../stage/trade.js';
import { writeHashes } from './held-hashes.js';
import { MemoryStage } from './memory-stage.js';

/** What the agent's node must hold for the trades in a folder. */
export interface LiveTrades {
  dir: string;
  /** host:port. */
  metrics: string;
  count: number;
  hashes: PaymentHash[];
}

/** Written at once: they share flushes. */
const AT_ONCE = 512;
const NO_LATENCY = { call: 0, arrival: 0, settlement: 0, payment: 0 };
const SETTINGS = { ...NO_CEILING, logLevel: 'error' };

/** @param dir made; holds configuration, seed, journal and the list of holds. */
export async function stockTrades(dir: string, count: number): Promise<LiveTrades> {
  const stage = await MemoryStage.put(NO_LATENCY, () => SETTINGS);
  try {
    const trade = await startTrade(stage, { shape: 'AGENT_HELD', direction: 'maker-sells' });
    await trade.reaches('agent', 'engine', 'performed', 'performing');
    const from = stage.dir('agent');
    const metrics = await freeAddress();
    await takeFolder(from, dir, metrics);
    const template = await onlyTrade(from);
    return { dir, metrics, count, hashes: await writeTrades(dir, template, count) };
  } finally {
    await stage.strike();
  }
}

async function takeFolder(from: string, to: string, metricsListen: string): Promise<void> {
  await mkdir(to, { recursive: true, mode: 0o700 });
  await copyFile(seedPath(from), seedPath(to));
  const config = JSON.parse(await readFile(join(from, 'config.json'), 'utf8')) as Record<string, unknown>;
  const moved = { ...config, dataDir: to, listen: await freeAddress(), metricsListen };
  await writeFile(join(to, 'config.json'), JSON.stringify(moved));
}

async function withJournal<T>(dir: string, use: (journal: Journal) => Promise<T>): Promise<T> {
  const key = deriveKey(loadSeed(seedPath(dir)), 'journal');
  const journal = await openJournal({ url: `sqlite:${join(dir, 'journal.db')}`, key });
  try {
    return await use(journal);
  } finally {
    await journal.close();
  }
}

const onlyTrade = (dir: string): Promise<TradeRow> =>
  withJournal(dir, async (journal) => {
    for await (const row of journal.openTrades()) return row;
    throw new Error('the trade that is to be copied is not in the journal');
  });

async function writeTrades(dir: string, template: TradeRow, count: number): Promise<PaymentHash[]> {
  const hashes: PaymentHash[] = [];
  await withJournal(dir, async (journal) => {
    for (let from = 0; from < count; from += AT_ONCE) {
      const indexes = Array.from({ length: Math.min(AT_ONCE, count - from) }, (_, offset) => from + offset);
      await Promise.all(
        indexes.map(async (index) => {
          hashes[index] = await writeTrade(journal, template, index);
        }),
      );
    }
  });
  await writeHashes(dir, hashes);
  return hashes;
}

/** Answers the hash of its hold. */
async function writeTrade(journal: Journal, template: TradeRow, index: number): Promise<PaymentHash> {
  const { data } = stateIn(template.state);
  const names = [template.tradeId, ...data.ledger.map(({ hash }) => hash)];
  const renamed = new Map<string, string>(names.map((name) => [name, digest(name, index)]));
  const state = rename(template.state, renamed);
  const { deadlines, data: copied } = stateIn(state);
  const answer = await journal.commit({
    tradeId: digest(template.tradeId, index) as TradeId,
    expectedSequence: 0,
    role: template.role,
    fact: null,
    state,
    terminal: false,
    effects: [],
    deadlines: {
      set: Object.entries(deadlines).map(([name, at]) => ({ name, at: at as DeadlineRow['at'] })),
      clear: [],
    },
    hashes: copied.ledger.map(({ hash, kind }) => ({ hash, purpose: kind })),
    claims: { take: [], release: [] },
  });
  const hold = copied.ledger.find(({ kind }) => kind === 'hold');
  if (answer.result !== 'committed' || !hold) throw new Error(`a copy was not written: ${answer.result}`);
  return hold.hash;
}

const stateIn = (value: unknown): TradeState => value as TradeState;

const digest = (name: string, index: number): string =>
  createHash('sha256')
    .update(`${name}/${String(index)}`)
    .digest('hex');

/** The value with each text that has another name replaced by it. */
function rename(value: Json, names: ReadonlyMap<string, string>): Json {
  if (typeof value === 'string') return names.get(value) ?? value;
  if (Array.isArray(value)) return value.map((item) => rename(item, names));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, item]) =>
      item === undefined ? [] : [[name, rename(item, names)]],
    ),
  );
}
