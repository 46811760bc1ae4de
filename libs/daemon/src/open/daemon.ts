/** What every daemon opens, in its order, each part closed in reverse when it stops (style.md "A daemon's main"). */
import type { Journal, Seed } from '@tercet/journal';
import type { Contact, PublicKey } from '@tercet/protocol';
import { curveWork, publicKeyOf } from '@tercet/protocol';
import type { Config } from '../config/index.js';
import { identitySecret } from '../executor/keyring.js';
import type { DaemonTls, PeerConnections, Tokens } from '../grpc/index.js';
import { loadOrCreateTls, loadOrCreateTokens, peerConnections } from '../grpc/index.js';
import type { Shutdown } from '../lifecycle/index.js';
import type { Logger, Metrics } from '../observe/index.js';
import { openLog } from './log.js';
import { openNode, type ConnectNode, type OpenNode } from './node.js';
import { openSeed } from './seed.js';
import { openStore } from './store.js';

export interface Opened<C extends Config> {
  config: C;
  logger: Logger;
  metrics: Metrics;
  seed: Seed;
  /** Standing key: an agent's name. */
  identityKey: PublicKey;
  node: OpenNode;
  journal: Journal;
  tls: DaemonTls;
  tokens: Tokens;
  contact: Contact;
  peers: PeerConnections;
}

interface Opening<C extends Config> {
  /** For its log. */
  name: string;
  config: C;
  shutdown: Shutdown;
  /** lnd as the configuration names it, unless told. */
  connect?: ConnectNode;
}

/** Secrets first, then the node (is it ours, is it the right chain), then the store: a start that fails has touched nothing. */
export async function openDaemon<C extends Config>({
  name,
  config,
  shutdown,
  connect = openNode,
}: Opening<C>): Promise<Opened<C>> {
  const seed = openSeed(config);
  const { logger, metrics } = await openLog(name, config, shutdown);
  const node = await connect(config);
  shutdown.onClose('node', () => {
    node.lightning.close();
  });
  const journal = await openStore(config, seed, logger);
  shutdown.onClose('journal', () => journal.close(), config.shutdownSeconds);
  metrics.counted('tercet_journal_commits_total', 'Steps committed to the journal', () => journal.commits);
  metrics.counted('tercet_signatures_total', 'Signatures made', () => curveWork.signed);
  metrics.counted('tercet_verifications_total', 'Signatures checked', () => curveWork.verified);
  const tls = await loadOrCreateTls({ folder: config.dataDir, hosts: [hostOf(config.publicAddress)] });
  const tokens = await loadOrCreateTokens(config.dataDir);
  const peers = peerConnections();
  shutdown.onClose('peers', () => {
    peers.close();
  });
  return {
    config,
    logger,
    metrics,
    seed,
    identityKey: publicKeyOf(identitySecret(seed)),
    node,
    journal,
    tls,
    tokens,
    contact: { address: config.publicAddress, certFingerprint: tls.fingerprint },
    peers,
  };
}

const hostOf = (address: string): string =>
  address.slice(0, address.lastIndexOf(':')).replace(/^\[|\]$/g, '');
