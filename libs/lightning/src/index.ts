export * from './port.js';
export { connectLnd } from './lnd/connect.js';
export { bakeMacaroon } from './lnd/bake-macaroon.js';
export { LND_PERMISSIONS, lndPermissionsFor, type NodeCall } from './lnd/permissions.js';
export type { LndOptions } from './lnd/access.js';
export { MemoryLightning, type MemoryOptions } from './memory/network.js';
export type { MemoryNode } from './memory/node.js';
export type { RouteSettings } from './memory/route-settings.js';
export { encodeMemoryRequest } from './memory/request.js';
