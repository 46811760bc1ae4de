import { TercetError } from '@tercet/protocol';
import { guardNetwork } from './network-guard.js';

test.each([
  ['the same testing chain', 'regtest', 'regtest', false, undefined],
  ['signet where regtest was meant', 'regtest', 'signet', false, 'NETWORK_MISMATCH'],
  ['mainnet where regtest was meant, even with the switch', 'regtest', 'bitcoin', true, 'NETWORK_MISMATCH'],
  ['regtest where mainnet was meant', 'bitcoin', 'regtest', true, 'NETWORK_MISMATCH'],
  ['mainnet without the switch', 'bitcoin', 'bitcoin', false, 'MAINNET_NOT_ALLOWED'],
  ['mainnet with the switch', 'bitcoin', 'bitcoin', true, undefined],
] as const)('%s', (_, network, node, allowMainnet, code) => {
  let seen: string | undefined;
  try {
    guardNetwork({ network, allowMainnet }, node);
  } catch (error) {
    seen = error instanceof TercetError ? error.code : String(error);
  }
  expect(seen).toBe(code);
});
