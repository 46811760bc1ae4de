export * from './stage/stage.js';
export * from './stage/trade.js';
