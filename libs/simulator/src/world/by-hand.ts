/** What the owner of a node may do there, and whoever knows a preimage on the way. */
import { tradeSecret, identitySecret } from '@tercet/daemon';
import { deriveKey } from '@tercet/journal';
import type { Preimage, Role } from '@tercet/protocol';
import { seedOf } from './scene.js';
import type { World } from './port.js';
import type { Trade } from './trade.js';

/** What it signs with in that trade. */
export const secretOf = (role: Role, { scene }: Trade): Uint8Array => {
  switch (role) {
    case 'agent':
      return identitySecret(seedOf(role));
    case 'maker':
    case 'taker':
      return tradeSecret(seedOf(role), scene.nonces[role]);
  }
};

/** The escrow's preimage, as its keyholder, the agent, draws it. Undefined before there are terms. */
export function escrowPreimage(trade: Trade): Preimage | undefined {
  const terms = trade.view('agent')?.state.data.termsHash;
  if (terms === undefined) return undefined;
  return Buffer.from(deriveKey(seedOf('agent'), 'preimage', terms, 'escrow', '1')).toString(
    'hex',
  ) as Preimage;
}

export function cancelByHand(world: World, trade: Trade, role: Role): void {
  const { node } = world.parties[role];
  for (const { kind, hash } of trade.view(role)?.state.data.ledger ?? []) {
    if (kind !== 'payment' && !node.faults.down) node.invoices.cancel(hash);
  }
}

/** The host itself knows the preimage, or the agent, its friend, has told it. */
export function settleByHand(world: World, trade: Trade, role: Role): void {
  const { node } = world.parties[role];
  const hash = trade.view(role)?.state.data.escrowHash;
  const preimage = escrowPreimage(trade);
  if (hash === undefined || preimage === undefined || node.faults.down || !world.hostile.has('agent')) return;
  node.invoices.settle(hash, preimage);
}

/** S48: a node on the way that the agent has told the preimage takes the payer's sats. */
export function takeOnTheWay(world: World, trade: Trade): void {
  const hash = trade.view('agent')?.state.data.escrowHash;
  const preimage = escrowPreimage(trade);
  if (hash === undefined || preimage === undefined || !world.hostile.has('agent')) return;
  world.underWay.get(hash)?.take(preimage);
}
