/** What tests need that only containers can do. */
import { rpc, TercetError } from '@tercet/protocol';
import { until, type Dock } from '@tercet/regtest';
import { getChannels } from 'lightning';
import { ofEach, PARTIES, type PartyName } from '../../stage/layout.js';
import { openTheatre, type Theatre } from '../../stage/theatre.js';
import type { StagedTrade } from '../../stage/trade.js';

export type InContainers = Theatre & { dock: Dock };

/** Opens it before the tests of a file and closes it after them. Fails on processes: nothing is left out silently. */
export function useContainers(): () => InContainers {
  let theatre: Theatre | undefined;
  beforeAll(async () => {
    theatre = await openTheatre((line) => process.stdout.write(`${line}\n`));
  }, 240_000);
  afterAll(() => theatre?.close(), 120_000);
  return () => {
    if (!theatre?.dock) throw new Error('These tests need containers: run them by `npm run test:containers`');
    return { ...theatre, dock: theatre.dock };
  };
}

export const viewsOf = (trade: StagedTrade): Promise<Record<PartyName, rpc.Trade>> =>
  ofEach(async (party) => {
    const view = await trade.view(party);
    if (!view) throw new Error(`the ${party} does not know the trade`);
    return view;
  });

/** A silent connection is noticed by the next ping of the node, half a minute apart. */
const NOTICED_MS = 90_000;

/** Waits until every channel is up again, and every daemon is ready and sees the newest block. */
export async function everybodyIsBack({ network, stage }: InContainers): Promise<void> {
  const options = { deadlineMs: NOTICED_MS, everyMs: 100 };
  for (const { name, lnd } of Object.values(network.nodes)) {
    await until(
      `the channels of ${name} are up`,
      async () => {
        const { channels } = await getChannels({ lnd });
        return channels.every((channel) => channel.is_active) ? true : undefined;
      },
      options,
    );
  }
  const height = await network.height();
  for (const party of PARTIES) {
    await until(
      `the ${party}'s daemon sees block ${String(height)}`,
      async () => {
        const client = await stage.daemons[party].client(rpc.DaemonServiceDefinition);
        const { ready, tipHeight } = await client.getStatus({});
        return ready && tipHeight >= height ? true : undefined;
      },
      options,
    );
  }
}

/** As a person would: again until it is taken. WRONG_STATE then means that it had been taken, and only the answer was lost. */
export async function give(command: () => Promise<void>): Promise<void> {
  const taken = async () => {
    try {
      await command();
    } catch (error) {
      if (!(error instanceof TercetError && error.code === 'WRONG_STATE')) throw error;
    }
    return true;
  };
  await until('the command is taken', taken, { everyMs: 250 });
}
