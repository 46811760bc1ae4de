/** The gRPC clients that `lightning` makes from lnd's proto files, with the methods that Tercet calls. */
import { authenticatedLndGrpc } from 'lightning';
import type {
  AddedMessage,
  BlockMessage,
  ChannelsMessage,
  ConfigMessage,
  DecodedMessage,
  HtlcEventMessage,
  InfoMessage,
  InvoiceMessage,
  MacaroonMessage,
  PaymentMessage,
  RoutesMessage,
} from './proto.js';

export interface CallOptions {
  /** Unix milliseconds at which gRPC gives up by itself. */
  deadline?: number;
}

type Answer<Response> = (error: Error | null, response?: Response) => void;
type Unary<Request, Response> = (
  request: Request,
  options: CallOptions,
  answer: Answer<Response>,
) => { cancel(): void };

/** A gRPC call whose answer is a stream. */
export interface MessageStream<Message> extends AsyncIterable<Message> {
  cancel(): void;
  on(event: 'error', listener: (error: Error) => void): unknown;
}
type Streaming<Request, Message> = (request: Request, options: CallOptions) => MessageStream<Message>;

export interface LndClients {
  default: {
    getInfo: Unary<object, InfoMessage>;
    getDebugInfo: Unary<{ include_log: false }, ConfigMessage>;
    addInvoice: Unary<
      {
        memo: string;
        r_preimage: Buffer;
        value_msat: string;
        expiry: string;
        cltv_expiry: string;
        private: boolean;
      },
      AddedMessage
    >;
    decodePayReq: Unary<{ pay_req: string }, DecodedMessage>;
    queryRoutes: Unary<
      {
        pub_key: string;
        amt_msat: string;
        final_cltv_delta: number;
        fee_limit: { fixed_msat: string };
        cltv_limit: number;
        use_mission_control: boolean;
      },
      RoutesMessage
    >;
    listChannels: Unary<{ active_only: true }, ChannelsMessage>;
    bakeMacaroon: Unary<
      { permissions: { entity: string; action: string }[]; root_key_id?: string },
      MacaroonMessage
    >;
  };
  invoices: {
    addHoldInvoice: Unary<
      {
        hash: Buffer;
        memo: string;
        value_msat: string;
        expiry: string;
        cltv_expiry: string;
        private: boolean;
      },
      AddedMessage
    >;
    settleInvoice: Unary<{ preimage: Buffer }, object>;
    cancelInvoice: Unary<{ payment_hash: Buffer }, object>;
    lookupInvoiceV2: Unary<{ payment_hash: Buffer }, InvoiceMessage>;
    subscribeSingleInvoice: Streaming<{ r_hash: Buffer }, InvoiceMessage>;
  };
  router: {
    sendPaymentV2: Streaming<
      {
        payment_request: string;
        fee_limit_msat: string;
        cltv_limit: number;
        timeout_seconds: number;
      },
      PaymentMessage
    >;
    subscribeHtlcEvents: Streaming<object, HtlcEventMessage>;
    trackPaymentV2: Streaming<{ payment_hash: Buffer; no_inflight_updates: boolean }, PaymentMessage>;
  };
  chain: {
    registerBlockEpochNtfn: Streaming<object, BlockMessage>;
  };
}

/** Where a node is and what proves us to it. `macaroon` and `cert`: hex or base64 of the files lnd writes. */
export interface LndAccess {
  socket: string;
  cert: string;
  macaroon: string;
}

/**
 * All services over one connection: grpc-js lends clients with the same socket and credentials the same one. Fresh
 * credentials, as each call here makes them, mean a fresh connection.
 */
export const openClients = (access: LndAccess): LndClients & Record<string, { close?: () => void }> =>
  authenticatedLndGrpc(access).lnd;

/** Hex to the bytes that protobuf wants. */
export const bytes = (hex: string): Buffer => Buffer.from(hex, 'hex');
