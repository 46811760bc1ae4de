export { regtestBinaries } from './binaries.js';
export { ChainRpcError } from './chain-rpc.js';
export * from './containers/index.js';
export { feeRateSatPerKvb } from './fee-source.js';
export { fundsOf, ownMsat, type Funds, type PendingHtlc } from './funds.js';
export { localBinaries } from './local-binaries.js';
export { startPrivatePostgres, type PrivatePostgres } from './postgres-server.js';
export { freePort } from './ports.js';
export { startNetwork } from './network.js';
export type {
  Chain,
  ChainNode,
  ChainSoftware,
  ChannelSpec,
  FeeSource,
  LndNode,
  LndSpec,
  NetworkOptions,
  NodeProvider,
  RegtestNetwork,
} from './port.js';
export { Fatal, until } from './wait.js';
