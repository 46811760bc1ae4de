/** What the owner of a node may do there, and whoever knows a preimage on the way. */
import { tradeSecret, identitySecret } from '@tercet/daemon';
import { deriveKey } from '@tercet/journal';
import type { Preimage, Role } from '@tercet/protocol';
import { NONCES, seedOf } from './scene.js';
import type { World } from './port.js';

export const secretOf = (role: Role): Uint8Array => {
  switch (role) {
    case 'agent':
      return identitySecret(seedOf(role));
    case 'maker':
    case 'taker':
      return tradeSecret(seedOf(role), NONCES[role]);
  }
};

/** The escrow's preimage, as its keyholder, the agent, draws it. Undefined before there are terms. */
export function escrowPreimage(world: World): Preimage | undefined {
  const terms = world.view('agent')?.state.data.termsHash;
  if (terms === undefined) return undefined;
  return Buffer.from(deriveKey(seedOf('agent'), 'preimage', terms, 'escrow', '1')).toString(
    'hex',
  ) as Preimage;
}

export function cancelByHand(world: World, role: Role): void {
  const { node } = world.parties[role];
  for (const { kind, hash } of world.view(role)?.state.data.ledger ?? []) {
    if (kind !== 'payment' && !node.faults.down) node.invoices.cancel(hash);
  }
}

/** The host itself knows the preimage, or the agent, its friend, has told it. */
export function settleByHand(world: World, role: Role): void {
  const { node } = world.parties[role];
  const hash = world.view(role)?.state.data.escrowHash;
  const preimage = escrowPreimage(world);
  if (hash === undefined || preimage === undefined || node.faults.down || !world.hostile.has('agent')) return;
  node.invoices.settle(hash, preimage);
}

/** S48: a node on the way that the agent has told the preimage takes the payer's sats. */
export function takeOnTheWay(world: World): void {
  const hash = world.view('agent')?.state.data.escrowHash;
  const preimage = escrowPreimage(world);
  if (hash === undefined || preimage === undefined || !world.hostile.has('agent')) return;
  world.underWay.get(hash)?.take(preimage);
}
