/** What drives a trade needs: three daemons that answer calls, and the agent's name. */
import type { DaemonConnection } from '@tercet/daemon';
import type { PartyName } from './layout.js';

type Definition = Parameters<DaemonConnection['client']>[0];

export interface Daemon {
  /** A client with the daemon's own admin token. */
  client<D extends Definition>(definition: D): Promise<ReturnType<typeof clientOf<D>>>;
}

export interface Cast {
  readonly daemons: Record<PartyName, Daemon>;
  readonly agentKey: string;
}

/** One connection's client, typed by its service. */
export const clientOf = <D extends Definition>(connection: DaemonConnection, definition: D) =>
  connection.client(definition);
