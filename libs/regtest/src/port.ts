import type { AuthenticatedLnd } from 'lightning';

/** One lnd of the network. It keeps its data folder and ports over `stop`, `kill` and `start`. */
export interface LndNode {
  readonly name: string;
  /** Identity public key, hex. */
  readonly nodeId: string;
  /** gRPC, `localhost:port`. A host name, because lnd's certificate and TLS server names know no IP address. */
  readonly rpcSocket: string;
  readonly tlsCertPath: string;
  readonly adminMacaroonPath: string;
  /** `host:port` at which the other nodes of this network reach it. */
  readonly p2pAddress: string;
  /** Client with the admin macaroon. A new one after each `start`: read it when used, don't keep it. */
  readonly lnd: AuthenticatedLnd;
  readonly pid: number;
  readonly isRunning: boolean;
  readonly logPath: string;
  readonly dataDir: string;
  /** Ends it in order (TERM) and returns when the process is gone. Does nothing when it isn't running. */
  stop(): Promise<void>;
  /** Ends it at once (KILL), as a power cut would. */
  kill(): Promise<void>;
  /** Starts it again on the same data and ports; returns when its RPC answers and it is synced. */
  start(extraArgs?: readonly string[]): Promise<void>;
}

export type ChainSoftware = 'btcd' | 'bitcoind';

/** The chain behind the nodes, by JSON-RPC: over TLS where it is btcd's. */
export interface Chain {
  readonly software: ChainSoftware;
  readonly rpcUrl: string;
  readonly user: string;
  readonly pass: string;
  /** btcd's certificate; empty with bitcoind, which has none. */
  readonly certPath: string;
  /**
   * One JSON-RPC call; `generate` mines for the address that the chain was started with, on both. Throws
   * `ChainRpcError` with the node's code when it refuses.
   */
  call(method: string, params?: readonly unknown[]): Promise<unknown>;
}

export interface ChannelSpec {
  from: string;
  to: string;
  capacitySat: number;
  /** What `to` has in the channel from the start. Default 0. */
  pushSat?: number;
  /** How many such channels. Default 1. */
  count?: number;
}

export interface RegtestNetwork {
  readonly nodes: Record<string, LndNode>;
  readonly chain: Chain;
  /** Folder of all data and logs; removed by `stop`. */
  readonly dir: string;
  /** Mines and returns the new height once every running lnd is synced to it. */
  mine(blocks: number): Promise<number>;
  height(): Promise<number>;
  /** The node of that name. Throws when the network has none. */
  node(name: string): LndNode;
  /** Stops every lnd, then btcd, and removes `dir`. */
  stop(): Promise<void>;
}

/** What a provider needs to start an lnd. */
export interface LndSpec {
  name: string;
  /** Folder for this node's data and log. */
  dir: string;
  feeUrl: string;
  args: readonly string[];
}

/** A running chain node, before anything is known about Lightning. */
export interface ChainNode extends Chain {
  stop(): Promise<void>;
}

/** One fee rate, served over HTTP. */
export interface FeeSource {
  url: string;
  stop(): Promise<void>;
}

/** Where nodes come from: local binaries, or containers. */
export interface NodeProvider {
  /** Serves a fee rate where the nodes can reach it. Default: this process does, on its loopback. */
  startFees?(): Promise<FeeSource>;
  /** Starts the chain, its blocks paying `miningAddress`; returns when its RPC answers. */
  startChain(spec: { dir: string; miningAddress: string }): Promise<ChainNode>;
  /** Starts an lnd on that chain; returns when it is synced. */
  startLnd(spec: LndSpec, chain: ChainNode): Promise<LndNode>;
}

export interface NetworkOptions {
  binaries: { lnd: string; btcd: string };
  /** Default: a new folder under the system's temporary folder. */
  dir?: string;
  nodes: readonly string[];
  channels: readonly ChannelSpec[];
  /** Further arguments by node name. */
  lndArgs?: Record<string, readonly string[]>;
  /** Default: the local binaries named by `binaries`. */
  provider?: NodeProvider;
}
