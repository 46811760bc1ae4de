export * from './derive.js';
export { openMemoryJournal } from './memory/journal.js';
export { MemoryStore } from './memory/store.js';
export * from './open.js';
export * from './port.js';
export * from './seed.js';
