import { TercetError, blocks } from '@tercet/protocol';
import type { LightningNode } from '../port.js';
import type { Connection } from './connection.js';
import type { ConfigMessage } from './proto.js';

export const permissions = ['/lnrpc.Lightning/GetDebugInfo'] as const;

const OPTION = 'invoices.holdexpirydelta';

/**
 * lnd's own D: it cancels an accepted hold by itself that many blocks before the HTLCs expire (S14).
 * lnd permission: /lnrpc.Lightning/GetDebugInfo; of its answer nothing but this one option is read.
 */
export const holdExpiryDelta =
  (lnd: Connection): LightningNode['holdExpiryDelta'] =>
  async () => {
    const { config } = await lnd.call<ConfigMessage>('show its configuration', (to, o, answer) =>
      to.default.getDebugInfo({ include_log: false }, o, answer),
    );
    const value = Number(config[OPTION] ?? Number.NaN);
    if (!Number.isSafeInteger(value))
      throw new TercetError(
        'NODE_UNSUPPORTED',
        `The Lightning node doesn't tell its ${OPTION}. Nothing was sent.`,
        {
          wayOut: 'Run lnd 0.21 or newer.',
        },
      );
    return blocks(value);
  };
