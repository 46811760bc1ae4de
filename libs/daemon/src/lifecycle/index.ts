export { EXIT } from './exit-codes.js';
export { guardNetwork } from './network-guard.js';
export { createShutdown, type Shutdown } from './shutdown.js';
export { runDaemon, type Host } from './start.js';
