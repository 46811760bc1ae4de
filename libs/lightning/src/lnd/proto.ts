/**
 * The part of lnd's protobuf messages that Tercet reads and writes, as `lightning`'s proto-loader options give them:
 * 64-bit numbers and enums as strings, bytes as Buffers, absent fields as their defaults.
 */
export interface InvoiceHtlcMessage {
  chan_id: string;
  htlc_index: string;
  amt_msat: string;
  accept_height: number;
  expiry_height: number;
  state: 'ACCEPTED' | 'SETTLED' | 'CANCELED';
}

export interface InvoiceMessage {
  memo: string;
  r_preimage: Buffer;
  value_msat: string;
  cltv_expiry: string;
  payment_request: string;
  amt_paid_msat: string;
  state: 'OPEN' | 'SETTLED' | 'CANCELED' | 'ACCEPTED';
  htlcs: InvoiceHtlcMessage[];
}

/** What became of an HTLC; `event` names which of the kinds it is. */
export interface HtlcEventMessage {
  incoming_channel_id: string;
  incoming_htlc_id: string;
  event_type: 'UNKNOWN' | 'SEND' | 'RECEIVE' | 'FORWARD';
  event:
    | 'forward_event'
    | 'forward_fail_event'
    | 'settle_event'
    | 'link_fail_event'
    | 'subscribed_event'
    | 'final_htlc_event';
}

export interface HopMessage {
  expiry: number;
  amt_to_forward_msat: string;
}

export interface RouteMessage {
  total_time_lock: number;
  total_fees_msat: string;
  hops: HopMessage[];
}

export interface PaymentMessage {
  payment_preimage: string;
  value_msat: string;
  fee_msat: string;
  status: 'UNKNOWN' | 'IN_FLIGHT' | 'SUCCEEDED' | 'FAILED' | 'INITIATED';
  failure_reason: string;
  htlcs: { status: 'IN_FLIGHT' | 'SUCCEEDED' | 'FAILED'; route: RouteMessage | null }[];
}

export interface DecodedMessage {
  destination: string;
  payment_hash: string;
  timestamp: string;
  expiry: string;
  description: string;
  cltv_expiry: string;
  num_msat: string;
  payment_addr: Buffer;
  features: Record<string, { is_required: boolean; is_known: boolean }>;
}

export interface InfoMessage {
  version: string;
  identity_pubkey: string;
  alias: string;
  block_height: number;
  block_hash: string;
  synced_to_chain: boolean;
  chains: { network: string }[];
}

export interface ChannelMessage {
  chan_id: string;
  alias_scids: string[];
  zero_conf_confirmed_scid: string;
}

/** Height and hash of a block; the hash in the byte order of the wire, the reverse of what people read. */
export interface BlockMessage {
  hash: Buffer;
  height: number;
}

export interface ConfigMessage {
  config: Record<string, string>;
}

export interface AddedMessage {
  payment_request: string;
}

export interface RoutesMessage {
  routes: RouteMessage[];
}

export interface ChannelsMessage {
  channels: ChannelMessage[];
}

export interface MacaroonMessage {
  macaroon: string;
}
