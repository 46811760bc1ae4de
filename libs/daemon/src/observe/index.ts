export type { LogFields } from './fields.js';
export { createLogger, type Logger, type LogLevel } from './logger.js';
export { createMetrics, type Metrics } from './metrics.js';
export { startMetricsServer, type MetricsServer } from './metrics-server.js';
export { errorsOnly, NO_METRICS } from './quiet.js';
export { scrub } from './scrub.js';
