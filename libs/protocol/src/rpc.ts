/** The contracts of proto/tercet/v1, generated; imported as `rpc.Trade`, `rpc.TradeServiceDefinition`. */
export * from './gen/descriptors.js';
export * from './gen/tercet/v1/agent.js';
export * from './gen/tercet/v1/arbiter.js';
export * from './gen/tercet/v1/common.js';
export * from './gen/tercet/v1/daemon.js';
export * from './gen/tercet/v1/maker.js';
export * from './gen/tercet/v1/operator.js';
export * from './gen/tercet/v1/messages.js';
export * from './gen/tercet/v1/peer.js';
export * from './gen/tercet/v1/taker.js';
export * from './gen/tercet/v1/terms.js';
export * from './gen/tercet/v1/trade.js';
