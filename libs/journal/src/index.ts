export * from './derive.js';
export * from './open.js';
export * from './port.js';
export * from './seed.js';
