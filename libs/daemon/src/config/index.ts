export { limitsOf } from './limits.js';
export { loadConfig } from './load.js';
export type { AgentConfig, Config, Role, TraderConfig } from './schema.js';
export { configHelp, configTable } from './table.js';
