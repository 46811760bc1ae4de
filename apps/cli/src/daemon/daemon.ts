import type { DaemonClient } from '@tercet/daemon';
import type { rpc } from '@tercet/protocol';

/** The services of a daemon as the command line calls them; each call throws TercetError. */
export interface Daemon {
  address: string;
  status: DaemonClient<typeof rpc.DaemonServiceDefinition>;
  trade: DaemonClient<typeof rpc.TradeServiceDefinition>;
  maker: DaemonClient<typeof rpc.MakerServiceDefinition>;
  taker: DaemonClient<typeof rpc.TakerServiceDefinition>;
  operator: DaemonClient<typeof rpc.OperatorServiceDefinition>;
  close(): void;
}

/** How a daemon is found and entered. */
export interface Target {
  address: string;
  certFile: string;
  tokenFile: string;
  timeoutMs: number;
}
