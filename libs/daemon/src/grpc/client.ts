import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { ChannelCredentials } from '@grpc/grpc-js';
import { TercetError } from '@tercet/protocol';
import type {
  CallOptions,
  Client,
  ClientMiddleware,
  ClientMiddlewareCall,
  CompatServiceDefinition,
} from 'nice-grpc';
import { createChannel, createClientFactory, Metadata } from 'nice-grpc';
import type { CallDeadline } from './client-deadline.js';
import { withDeadline } from './client-deadline.js';
import { fingerprintOf } from './certificate.js';
import { readErrors } from './client-errors.js';
import type { Endpoint } from './endpoint.js';
import { parseEndpoint } from './endpoint.js';
import { checkPinned, fetchPinnedCertificate } from './pinned-certificate.js';
import { isMissing } from './private-file.js';

export interface DaemonTarget {
  /** Host and port. */
  address: string;
  /** How the daemon is recognised: by the SHA-256 of its certificate, or by the file of the certificate. */
  pin: { fingerprint: string } | { certPath: string };
  /** For everything but the public methods. */
  token?: string;
  /** Of calls that answer once, where the call names none. */
  deadlineMs?: number;
}

/** A call may name `deadlineMs` and `signal`. */
export type DaemonClient<Definition extends CompatServiceDefinition> = Client<Definition, CallDeadline>;

export interface DaemonConnection {
  address: string;
  /** Clients of one connection share it; calls throw TercetError. */
  client<Definition extends CompatServiceDefinition>(definition: Definition): DaemonClient<Definition>;
  close(): void;
}

const DEADLINE_MS = 30_000;
const STREAM_DEADLINE_MS = 24 * 60 * 60 * 1000;
const HANDSHAKE_MS = 10_000;

/**
 * Connects to a daemon whose certificate is known by file or fingerprint; with a fingerprint, the certificate is
 * fetched and compared first. One connection, made again by itself when it breaks.
 * Throws ADDRESS_INVALID, CERT_FILE_MISSING, PEER_UNREACHABLE, PEER_CERT_MISMATCH.
 */
export async function connectDaemon(target: DaemonTarget): Promise<DaemonConnection> {
  const endpoint = parseEndpoint(target.address);
  const certPem = await pinnedCertificate(endpoint, target);
  const credentials = ChannelCredentials.createSsl(Buffer.from(certPem), null, null, {
    checkServerIdentity: checkPinned(fingerprintOf(certPem)),
  });
  const channel = createChannel(`https://${target.address}`, credentials, {
    'grpc.keepalive_time_ms': 30_000,
    'grpc.keepalive_timeout_ms': 10_000,
    'grpc.initial_reconnect_backoff_ms': 200,
    // A peer that is back is found within seconds; the default of two minutes outlasts a lease.
    'grpc.max_reconnect_backoff_ms': 5_000,
    'grpc.max_receive_message_length': 64 * 1024 * 1024,
    'grpc.use_local_subchannel_pool': 1,
    'grpc.enable_http_proxy': 0,
    // RFC 6066 allows no address as a server name. The pin decides, whatever the name.
    ...(isIP(endpoint.host) === 0 ? {} : { 'grpc.ssl_target_name_override': 'localhost' }),
  });
  // The last one attached is the outermost: it sees what the others throw.
  const factory = createClientFactory()
    .use(withToken(target.token))
    .use(withDeadline({ unaryMs: target.deadlineMs ?? DEADLINE_MS, streamMs: STREAM_DEADLINE_MS }))
    .use(readErrors(endpoint));
  return {
    address: target.address,
    client: madeOnce((definition) => factory.create(definition, channel)),
    close: () => channel.close(),
  };
}

/** A client is built from its service's every method, which costs as much as a call: one for each service, not each call. */
function madeOnce(make: DaemonConnection['client']): DaemonConnection['client'] {
  const made = new Map<CompatServiceDefinition, unknown>();
  return <Definition extends CompatServiceDefinition>(definition: Definition) => {
    const client = made.get(definition) ?? make(definition);
    made.set(definition, client);
    return client as DaemonClient<Definition>;
  };
}

async function pinnedCertificate(endpoint: Endpoint, { pin, deadlineMs }: DaemonTarget): Promise<string> {
  if ('fingerprint' in pin) {
    return fetchPinnedCertificate(
      endpoint,
      pin.fingerprint,
      Math.min(deadlineMs ?? HANDSHAKE_MS, HANDSHAKE_MS),
    );
  }
  try {
    return await readFile(pin.certPath, 'utf8');
  } catch (cause) {
    if (!isMissing(cause)) throw cause;
    throw new TercetError(
      'CERT_FILE_MISSING',
      `There is no certificate at ${pin.certPath}. Nothing was sent.`,
      {
        wayOut: "Start the daemon once: it makes its certificate; or name the daemon's own folder.",
        details: { path: pin.certPath },
        cause,
      },
    );
  }
}

const withToken = (token: string | undefined): ClientMiddleware =>
  async function* authorised<Request, Response>(
    call: ClientMiddlewareCall<Request, Response>,
    options: CallOptions,
  ) {
    if (token === undefined) return yield* call.next(call.request, options);
    const metadata = Metadata(options.metadata).set('authorization', `Bearer ${token}`);
    return yield* call.next(call.request, { ...options, metadata });
  };
