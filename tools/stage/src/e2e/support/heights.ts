/** Walks the chain from one named height to the next, no further than everybody has seen. */
import { rpc } from '@tercet/protocol';
import { until } from '@tercet/regtest';
import { PARTIES } from '../../stage/layout.js';
import type { Scene } from './scene.js';

/** Mines up to a height, none where it is there already; returns when every lnd and every daemon that runs is at it. */
export async function mineTo({ network, stage }: Scene, height: number): Promise<void> {
  const left = height - (await network.height());
  if (left < 0) throw new Error(`height ${String(height)} has passed`);
  if (left > 0) await network.mine(left);
  await Promise.all(
    PARTIES.map((party) => stage.daemons[party])
      .filter(({ isRunning }) => isRunning)
      .map((daemon) =>
        until(`the ${daemon.spec.party} sees block ${String(height)}`, async () => {
          const { tipHeight } = await (await daemon.client(rpc.DaemonServiceDefinition)).getStatus({});
          return tipHeight >= height ? true : undefined;
        }),
      ),
  );
}
