export * from './error.js';
export * as rpc from './rpc.js';
export * from './units.js';
