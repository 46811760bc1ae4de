import { TercetError, type Network } from '@tercet/protocol';

/**
 * Refuses a node that is on another chain than configured, and mainnet without its switch. Called with what the node itself says,
 * before anything of the daemon opens. Throws NETWORK_MISMATCH, MAINNET_NOT_ALLOWED.
 */
export const guardNetwork = (
  configured: { network: Network; allowMainnet: boolean },
  node: Network,
): void => {
  if (node !== configured.network) {
    throw new TercetError(
      'NETWORK_MISMATCH',
      `The Lightning node is on ${node}, this daemon is configured for ${configured.network}: trades would be paid with the wrong sats. Nothing was started.`,
      {
        wayOut: `Point lnd.socket at a node on ${configured.network}, or set network to ${node}.`,
        details: { node, configured: configured.network },
      },
    );
  }
  if (node === 'bitcoin' && !configured.allowMainnet) {
    throw new TercetError(
      'MAINNET_NOT_ALLOWED',
      'The Lightning node is on mainnet, with real sats, and this daemon has no leave to use them. Nothing was started.',
      { wayOut: 'Set allowMainnet and all three ceilings, or use a node on regtest, signet or testnet.' },
    );
  }
};
