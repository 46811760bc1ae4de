import type { LndNode } from './port.js';

/** A payment held in one of the node's channels: in neither side's balance. */
export interface PendingHtlc {
  hash: string;
  direction: 'incoming' | 'outgoing';
  /** Rounded down by lnd. */
  amountSat: bigint;
  expiryHeight: number;
  channelPoint: string;
}

/** Where a node's money is, read from lnd itself. Between two readings without a close, differences are exact. */
export interface Funds {
  /** Own balance over all channels. lnd has taken the commit fee of the channels it opened off it already. */
  channelLocalMsat: bigint;
  /** Commit fee now set aside in the channels that this node opened; it moves with the number of pending HTLCs. */
  commitFeeMsat: bigint;
  /** Sums of the pending HTLCs. */
  incomingHtlcMsat: bigint;
  outgoingHtlcMsat: bigint;
  pendingHtlcs: PendingHtlc[];
  /** Confirmed and unconfirmed coins of the wallet. */
  chainSat: bigint;
}

/** What of a node's funds is its own whatever becomes of pending HTLCs' commit fees: off chain, in msat. */
export function ownMsat({ channelLocalMsat, commitFeeMsat }: Funds): bigint {
  return channelLocalMsat + commitFeeMsat;
}

/** Reads the node's balances. The `lightning` package leaves msat sums and fee rates out, so lnd is asked directly. */
export async function fundsOf(node: LndNode): Promise<Funds> {
  const [balance, { channels }, wallet] = await Promise.all([
    ask<ChannelBalance>(node, 'channelBalance'),
    ask<{ channels: Channel[] }>(node, 'listChannels'),
    ask<{ total_balance: string }>(node, 'walletBalance'),
  ]);
  return {
    channelLocalMsat: BigInt(balance.local_balance.msat),
    commitFeeMsat: channels
      .filter(({ initiator }) => initiator)
      .reduce((sum, one) => sum + commitFeeMsat(one), 0n),
    incomingHtlcMsat: BigInt(balance.unsettled_local_balance.msat),
    outgoingHtlcMsat: BigInt(balance.unsettled_remote_balance.msat),
    pendingHtlcs: channels.flatMap(pendingOf),
    chainSat: BigInt(wallet.total_balance),
  };
}

interface ChannelBalance {
  local_balance: { msat: string };
  /** lnd's names: what comes in when settled, and what goes out. */
  unsettled_local_balance: { msat: string };
  unsettled_remote_balance: { msat: string };
}

interface Channel {
  channel_point: string;
  initiator: boolean;
  commitment_type: string;
  fee_per_kw: string;
  local_constraints: { dust_limit_sat: string };
  pending_htlcs: { incoming: boolean; amount: string; hash_lock: Buffer; expiration_height: number }[];
}

/** BOLT 3, "Fee Calculation": weight of an anchor commitment, and of each HTLC output in it. */
const anchorCommitmentWeight = 1124n;
const htlcOutputWeight = 172n;

/**
 * The fee as BOLT 3 computes it. lnd's own `commit_fee` is capacity less outputs, which also holds the fractions of a
 * satoshi that both sides' balances lose in outputs, so it can be one satoshi more than what the opener paid.
 */
function commitFeeMsat(channel: Channel): bigint {
  if (channel.commitment_type !== 'ANCHORS') {
    throw new Error(`No commit fee known for a channel of type ${channel.commitment_type}`);
  }
  const dustLimitSat = BigInt(channel.local_constraints.dust_limit_sat);
  const outputs = channel.pending_htlcs.filter(({ amount }) => BigInt(amount) >= dustLimitSat).length;
  const weight = anchorCommitmentWeight + htlcOutputWeight * BigInt(outputs);
  return ((BigInt(channel.fee_per_kw) * weight) / 1000n) * 1000n;
}

function pendingOf({ channel_point: channelPoint, pending_htlcs: htlcs }: Channel): PendingHtlc[] {
  return htlcs.map((htlc) => ({
    hash: htlc.hash_lock.toString('hex'),
    direction: htlc.incoming ? 'incoming' : 'outgoing',
    amountSat: BigInt(htlc.amount),
    expiryHeight: htlc.expiration_height,
    channelPoint,
  }));
}

type Method = 'channelBalance' | 'listChannels' | 'walletBalance';
type LightningRpc = Record<
  Method,
  (request: object, done: (error: Error | null, answer: unknown) => void) => void
>;

function ask<T>(node: LndNode, method: Method): Promise<T> {
  const rpc = node.lnd.default as LightningRpc;
  return new Promise((resolve, reject) => {
    rpc[method]({}, (error, answer) => {
      if (error) reject(error);
      else resolve(answer as T);
    });
  });
}
