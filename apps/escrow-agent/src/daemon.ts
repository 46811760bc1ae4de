/** The escrow agent: answers, signs and holds; it starts no step of a trade (A1). */
import {
  admit,
  agentPolicyOf,
  agentService,
  announcer,
  beginAtAgent,
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
  signerOf,
  startGrpcServer,
  statusService,
  tradeService,
  type AgentConfig,
  type ConnectNode,
  type Shutdown,
} from '@tercet/daemon';

const ROLE = 'agent';

export async function main(argv = process.argv.slice(2)): Promise<void> {
  if (argv.includes('--help')) {
    process.stdout.write(configHelp(ROLE));
    return;
  }
  await runDaemon('escrow-agent', (shutdown) => serve(loadConfig(ROLE, argv, process.env), shutdown));
}

/**
 * Opens every part of the daemon, each closed by `shutdown`; it serves when this returns.
 * @param connect its Lightning node: lnd as the configuration names it, unless told.
 */
export async function serve(config: AgentConfig, shutdown: Shutdown, connect?: ConnectNode): Promise<void> {
  const opened = await openDaemon({ name: 'escrow-agent', config, shutdown, connect });
  const { journal, seed, node, contact, logger } = opened;
  const policy = agentPolicyOf(config, { key: opened.identityKey, node: node.identity.nodeId, contact });
  const core = createCore({
    ...opened,
    begin: (message, trades) =>
      beginAtAgent({
        policy,
        limits: limitsOf(config),
        admit: (priceMsat) => admit(trades, config, priceMsat),
      })(message),
  });
  shutdown.onClose('core', core.close, config.shutdownSeconds);
  const { trades } = core;
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
      }),
      agentService({
        announcer: announcer({ policy, signer: signerOf(seed), now: () => trades.now().timeMs }),
        trades,
        tipHash: () => core.tip().hash,
      }),
      statusService(opened, ROLE, core),
      operatorService(core),
    ],
  });
  shutdown.onClose('server', () => server.shutdown().then(() => undefined), config.shutdownSeconds);
  server.setServing(true);
  logger.info({ address: config.listen, nodeId: node.identity.nodeId, network: config.network }, 'ready');
}
