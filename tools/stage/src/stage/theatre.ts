/** A stage on the back end that E2E_BACKEND names: the same network and the same daemons, as processes or as containers. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  containerProvider,
  Dock,
  openEngine,
  startPostgres,
  startRedis,
  type RegtestNetwork,
} from '@tercet/regtest';
import { containers } from './containers.js';
import { startTradeNetwork } from './layout.js';
import { Stage } from './stage.js';

const BACKENDS = ['processes', 'containers'] as const;
type BackendName = (typeof BACKENDS)[number];

/** What E2E_BACKEND says; processes where it says nothing. Throws on another word: nothing else is tried instead. */
function chosenBackend(environment = process.env): BackendName {
  const name = environment['E2E_BACKEND'] ?? 'processes';
  const known = BACKENDS.find((one) => one === name);
  if (!known) throw new Error(`E2E_BACKEND is "${name}"; it must be one of ${BACKENDS.join(', ')}`);
  return known;
}

export interface Theatre {
  backend: BackendName;
  network: RegtestNetwork;
  stage: Stage;
  /** The containers; undefined with processes. */
  dock: Dock | undefined;
  close(): Promise<void>;
}

/** Puts everything up and says on what. Where a step fails, what was started before it is taken down again. */
export async function openTheatre(say: (line: string) => void): Promise<Theatre> {
  const backend = chosenBackend();
  say(`Back end: ${backend}`);
  const undo: (() => Promise<void>)[] = [];
  const close = async () => {
    for (let step = undo.pop(); step; step = undo.pop()) await step();
  };
  try {
    const { dock, network, options } = await (backend === 'containers'
      ? inContainers(undo)
      : asProcesses(undo));
    const stage = await Stage.put({ network, ...options });
    undo.push(() => stage.strike());
    return { backend, network, stage, dock, close };
  } catch (error) {
    await close();
    throw error;
  }
}

type Undo = (() => Promise<void>)[];

async function asProcesses(undo: Undo) {
  const network = await startTradeNetwork();
  undo.push(() => network.stop());
  return { dock: undefined, network, options: {} };
}

/**
 * Within a second an lnd tries again the hop that failed because its peer was down. By default (half-life 1 h, no route
 * below a probability of 0.01) that takes a minute and a half; there is only this one hop here.
 */
const FORGIVING = ['--routerrpc.apriori.penaltyhalflife=5s'];

/** Agent and maker keep their journals in PostgreSQL, as an operator's do; the taker's is SQLite. */
export const IN_POSTGRES = ['agent', 'maker'] as const;

async function inContainers(undo: Undo) {
  const dir = await mkdtemp(join(tmpdir(), 'tercet-containers-'));
  undo.push(() => rm(dir, { recursive: true, force: true }));
  const dock = await Dock.open(await openEngine());
  undo.push(() => dock.close());
  const network = await startTradeNetwork({ provider: containerProvider(dock, dir), lndArgs: FORGIVING });
  undo.push(() => network.stop());
  const redisUrl = await startRedis(dock, dir);
  const postgres = await startPostgres(dock, dir, IN_POSTGRES);
  const backend = containers(dock, { redisUrl, postgres, inPostgres: IN_POSTGRES });
  return { dock, network, options: { backend } };
}
