/** The author of orders: hosts the maker's side of every trade. */
import {
  admit,
  AgentDirectory,
  askOverGrpc,
  beginAtMaker,
  configHelp,
  createCore,
  limitsOf,
  loadConfig,
  makerService,
  openDaemon,
  operatorService,
  outboxTroubles,
  ownOrder,
  peerService,
  runDaemon,
  sentEnvelopes,
  startGrpcServer,
  statusService,
  tradeService,
  type TraderConfig,
  type ConnectNode,
  type Shutdown,
} from '@tercet/daemon';

const ROLE = 'maker';

export async function main(argv = process.argv.slice(2)): Promise<void> {
  if (argv.includes('--help')) {
    process.stdout.write(configHelp(ROLE));
    return;
  }
  await runDaemon('maker-daemon', (shutdown) => serve(loadConfig(ROLE, argv, process.env), shutdown));
}

/**
 * Opens every part of the daemon, each closed by `shutdown`; it serves when this returns.
 * @param connect its Lightning node: lnd as the configuration names it, unless told.
 */
export async function serve(config: TraderConfig, shutdown: Shutdown, connect?: ConnectNode): Promise<void> {
  const opened = await openDaemon({ name: 'maker-daemon', config, shutdown, connect });
  const { journal, seed, node, contact, peers, logger } = opened;
  const core = createCore({
    ...opened,
    begin: (message, trades) =>
      beginAtMaker({
        limits: limitsOf(config),
        order: (id) => ownOrder(journal, id),
        node: node.identity.nodeId,
        contact,
        admit: (priceMsat) => admit(trades, config, priceMsat),
      })(message),
  });
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
      makerService({
        config,
        journal,
        seed,
        trades,
        directory,
        node: node.identity.nodeId,
        contact,
        holdExpiryDelta: () => node.lightning.holdExpiryDelta(),
        mayBegin: () => core.payments.mayBegin(),
      }),
      statusService(opened, ROLE, core),
      operatorService(core),
    ],
  });
  shutdown.onClose('server', () => server.shutdown().then(() => undefined), config.shutdownSeconds);
  server.setServing(true);
  logger.info({ address: config.listen, nodeId: node.identity.nodeId, network: config.network }, 'ready');
}
