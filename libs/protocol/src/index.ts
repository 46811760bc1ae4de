export * from './error.js';
export * from './units.js';
