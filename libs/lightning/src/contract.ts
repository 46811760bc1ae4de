/**
 * What every LightningNode must do, as tests: the in-memory one passes them in an instant, lnd on a real network.
 * Rules are named by their numbers in the safety list.
 */
import { identityContract } from './contract/identity.js';
import { decodeContract } from './contract/decode.js';
import { holdContract } from './contract/hold.js';
import { paymentContract } from './contract/payment.js';
import { refusalContract } from './contract/refusal.js';
import { streamContract } from './contract/stream.js';
import { useNetwork, type ContractNetwork } from './contract/network.js';

export type { ContractNetwork } from './contract/network.js';

export const lightningContract = (name: string, setup: () => Promise<ContractNetwork>): void => {
  describe(`a Lightning node: ${name}`, () => {
    const network = useNetwork(setup);
    identityContract(network);
    decodeContract(network);
    holdContract(network);
    paymentContract(network);
    refusalContract(network);
    streamContract(network);
  });
};
