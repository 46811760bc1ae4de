import type { Core } from '../core.js';
import type { Config, Role } from '../config/index.js';
import { daemonService } from '../services/index.js';
import type { HostedService } from '../grpc/index.js';
import type { Opened } from './daemon.js';

/** Of all packages of this repository. */
export const VERSION = '0.1.0';

/** What every daemon says of itself. */
export const statusService = (opened: Opened<Config>, role: Role, core: Core): HostedService =>
  daemonService({
    role,
    version: VERSION,
    network: opened.config.network,
    node: opened.node.lightning,
    nodeId: opened.node.identity.nodeId,
    identityKey: opened.identityKey,
    contact: opened.contact,
    trades: core.trades,
    warnings: core.warnings,
    ready: core.ready,
    payments: core.payments,
  });
