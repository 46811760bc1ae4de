import {
  createLogger,
  createMetrics,
  startMetricsServer,
  type Logger,
  type LogLevel,
  type Metrics,
} from '../observe/index.js';
import type { Shutdown } from '../lifecycle/index.js';

/** Log and metrics of a daemon; metrics are served only where the configuration says so. */
export async function openLog(
  name: string,
  config: { logLevel: LogLevel; metricsListen?: string },
  shutdown: Shutdown,
): Promise<{ logger: Logger; metrics: Metrics }> {
  const logger = createLogger({ name, level: config.logLevel });
  shutdown.logTo(logger);
  const metrics = createMetrics(name);
  if (config.metricsListen !== undefined) {
    const server = await startMetricsServer(config.metricsListen, metrics, logger);
    shutdown.onClose('metrics', () => server.close());
  }
  return { logger, metrics };
}
