export { admit } from './admission.js';
export { agentService, type AgentServiceDeps } from './agent-service.js';
export { daemonService, type DaemonServiceDeps } from './daemon-service.js';
export { outboxTroubles, type Troubles } from './delivery-troubles.js';
export { makerService, type MakerServiceDeps } from './maker-service.js';
export { ownOrder, type OwnOrder } from './own-orders.js';
export { takerService, type TakerServiceDeps } from './taker-service.js';
export { tradeService, type TradeServiceDeps } from './trade-service.js';
export { tradeView } from './trade-view.js';
