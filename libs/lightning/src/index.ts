export * from './port.js';
export { connectLnd } from './lnd/connect.js';
export { bakeMacaroon } from './lnd/bake-macaroon.js';
export { LND_PERMISSIONS, lndPermissionsFor, type NodeCall } from './lnd/permissions.js';
export type { LndOptions } from './lnd/access.js';
