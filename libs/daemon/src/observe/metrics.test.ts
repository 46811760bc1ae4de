import { once } from 'node:events';
import { createServer } from 'node:http';
import { createLogger } from './logger.js';
import { createMetrics } from './metrics.js';
import { startMetricsServer, type MetricsServer } from './metrics-server.js';

const logger = createLogger({ name: 'test', level: 'fatal' });
const servers: MetricsServer[] = [];
afterEach(async () => {
  await servers.pop()?.close();
});

const serve = async (metrics = createMetrics('escrow-agent')): Promise<string> => {
  const server = await startMetricsServer('127.0.0.1:0', metrics, logger);
  servers.push(server);
  return `http://${server.address}`;
};

test('counts by kind, outcome, queue and code', async () => {
  const metrics = createMetrics('escrow-agent');
  metrics.fact('retained');
  metrics.effect('settleHold', 'settled');
  metrics.effect('settleHold', 'settled');
  let commits = 1;
  metrics.counted('tercet_journal_commits_total', 'Steps', () => commits);
  commits += 1;
  metrics.measured('tercet_trading_stopped', 'Stopped', () => commits - 1);
  metrics.openTrades(4);
  metrics.tip(812_345);
  metrics.jobFired('deadline', 40);
  metrics.refused('REPLAYED');
  metrics.alarm('nearEnd');
  const text = await (await fetch(`${await serve(metrics)}/metrics`)).text();
  for (const line of [
    'tercet_facts_total{kind="retained",service="escrow-agent"} 1',
    'tercet_effects_total{kind="settleHold",outcome="settled",service="escrow-agent"} 2',
    'tercet_journal_commits_total{service="escrow-agent"} 2',
    'tercet_trading_stopped{service="escrow-agent"} 1',
    'tercet_open_trades{service="escrow-agent"} 4',
    'tercet_tip_height{service="escrow-agent"} 812345',
    'tercet_job_lag_seconds_sum{service="escrow-agent",queue="deadline"} 0.04',
    'tercet_refused_envelopes_total{code="REPLAYED",service="escrow-agent"} 1',
    'tercet_alarms_total{alarm="nearEnd",service="escrow-agent"} 1',
    'nodejs_eventloop_lag_seconds',
  ]) {
    expect(text).toContain(line);
  }
});

test.each([
  ['GET', '/metrics', 200],
  ['HEAD', '/metrics', 200],
  ['POST', '/metrics', 405],
  ['GET', '/', 404],
])('%s %s is %i', async (method, path, status) => {
  expect((await fetch((await serve()) + path, { method })).status).toBe(status);
});

test('two registries in one process keep apart', async () => {
  const one = createMetrics('one');
  const two = createMetrics('two');
  one.fact('retained');
  expect(await two.text()).not.toContain('tercet_facts_total{');
});

test('a taken port is a sentence', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const address = other.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  try {
    await expect(startMetricsServer(`127.0.0.1:${port}`, createMetrics('x'), logger)).rejects.toMatchObject({
      code: 'LISTEN_FAILED',
    });
  } finally {
    other.close();
  }
});
