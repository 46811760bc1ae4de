/** A stage whose letters all pass posts of ours, on a network that several tests of a file share. */
import { jest } from '@jest/globals';
import type { RegtestNetwork } from '@tercet/regtest';
import { freeAddress } from '../../stage/free-port.js';
import { PARTIES, startTradeNetwork, type PartyName } from '../../stage/layout.js';
import { Stage } from '../../stage/stage.js';
import { KeyBook, Post } from './post.js';

export interface Scene {
  network: RegtestNetwork;
  stage: Stage;
  posts: Record<PartyName, Post>;
  keys: KeyBook;
  /** Where each daemon serves metrics. */
  metrics: Record<PartyName, string>;
}

/** A trade takes seconds, a restart of a node ten, hundreds of blocks twenty. */
const TEST_MS = 90_000;

type ByParty<T> = Record<PartyName, T>;
const eachParty = async <T>(make: (party: PartyName) => Promise<T>): Promise<ByParty<T>> =>
  Object.fromEntries(
    await Promise.all(PARTIES.map(async (party) => [party, await make(party)])),
  ) as ByParty<T>;

interface Setting {
  network?: Parameters<typeof startTradeNetwork>[0];
  /** Variables of the daemons' processes. */
  env?: Record<string, string>;
}

async function setScene(
  config: Partial<ByParty<Record<string, unknown>>>,
  { network: options, env }: Setting,
): Promise<Scene> {
  const network = await startTradeNetwork(options);
  try {
    const address = await eachParty(freeAddress);
    const metrics = await eachParty(freeAddress);
    const own = await eachParty((party) =>
      Promise.resolve({
        publicAddress: address[party],
        metricsListen: metrics[party],
        ...config[party],
      }),
    );
    const stage = await Stage.put({ network, config: own, env });
    const keys = new KeyBook(PARTIES.map((party) => stage.daemons[party]));
    const posts = await eachParty((party) => Post.open(stage.daemons[party], address[party], keys));
    return { network, stage, posts, keys, metrics };
  } catch (error) {
    await network.stop();
    throw error;
  }
}

/** Sets it before the tests of a file and clears it after them; posts are honest again after each test. */
export function useScene(
  config: Partial<ByParty<Record<string, unknown>>> = {},
  setting: Setting = {},
): () => Scene {
  let scene: Scene | undefined;
  jest.setTimeout(TEST_MS);
  beforeAll(async () => {
    scene = await setScene(config, setting);
  }, 120_000);
  afterEach(() => {
    for (const post of Object.values(scene?.posts ?? {})) post.use();
  });
  afterAll(async () => {
    for (const post of Object.values(scene?.posts ?? {})) await post.down();
    await scene?.stage.strike();
    await scene?.network.stop();
  }, 120_000);
  return () => {
    if (!scene) throw new Error('the scene was not set');
    return scene;
  };
}

/** Sum of a counter's lines whose labels contain all of these. */
export async function counted(address: string, name: string, labels: string[] = []): Promise<number> {
  const text = await (await fetch(`http://${address}/metrics`)).text();
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) && labels.every((label) => line.includes(label)))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}
