/** Who takes orders: hosts the taker's side of every trade. */
import {
  AgentDirectory,
  askOverGrpc,
  beginNowhere,
  canReach,
  configHelp,
  createCore,
  limitsOf,
  loadConfig,
  openDaemon,
  operatorService,
  outboxTroubles,
  peerService,
  runDaemon,
  sentEnvelopes,
  startGrpcServer,
  statusService,
  takerService,
  tradeService,
  type TraderConfig,
  type ConnectNode,
  type Shutdown,
} from '@tercet/daemon';

const ROLE = 'taker';

export async function main(argv = process.argv.slice(2)): Promise<void> {
  if (argv.includes('--help')) {
    process.stdout.write(configHelp(ROLE));
    return;
  }
  await runDaemon('taker-daemon', (shutdown) => serve(loadConfig(ROLE, argv, process.env), shutdown));
}

/**
 * Opens every part of the daemon, each closed by `shutdown`; it serves when this returns.
 * @param connect its Lightning node: lnd as the configuration names it, unless told.
 */
export async function serve(config: TraderConfig, shutdown: Shutdown, connect?: ConnectNode): Promise<void> {
  const opened = await openDaemon({ name: 'taker-daemon', config, shutdown, connect });
  const { journal, seed, node, contact, peers, logger } = opened;
  const core = createCore({ ...opened, begin: beginNowhere });
  shutdown.onClose('core', core.close, config.shutdownSeconds);
  const { trades } = core;
  const directory = new AgentDirectory({
    agents: config.agents,
    network: config.network,
    journal,
    ask: askOverGrpc(peers),
    now: () => trades.now().timeMs,
  });
  await core.start();
  const server = await startGrpcServer({
    ...opened,
    listen: config.listen,
    services: [
      peerService(core.inbox),
      tradeService({
        role: ROLE,
        trades,
        troubles: outboxTroubles(journal),
        sentEnvelopes: sentEnvelopes(journal),
        directory,
      }),
      takerService({
        config,
        limits: limitsOf(config),
        journal,
        seed,
        trades,
        directory,
        node: node.identity.nodeId,
        contact,
        probe: canReach(node.lightning),
        holdExpiryDelta: () => node.lightning.holdExpiryDelta(),
      }),
      statusService(opened, ROLE, core),
      operatorService(core),
    ],
  });
  shutdown.onClose('server', () => server.shutdown().then(() => undefined), config.shutdownSeconds);
  server.setServing(true);
  logger.info({ address: config.listen, nodeId: node.identity.nodeId, network: config.network }, 'ready');
}
