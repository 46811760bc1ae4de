/** A taker made by hand: a key, an address and whatever it chooses to say. Its daemon is the test. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  connectDaemon,
  fromWire,
  hostService,
  loadOrCreateTls,
  loadOrCreateTokens,
  startGrpcServer,
  toWire,
  type GrpcServer,
} from '@tercet/daemon';
import {
  open,
  publicKeyOf,
  rpc,
  seal,
  sign,
  unixMs,
  type Body,
  type BodyOf,
  type BodyType,
  type Contact,
  type Envelope,
  type Message,
  type Signature,
  type TermsHash,
  type TradeId,
} from '@tercet/protocol';
import type { DaemonProcess } from '../../stage/daemon-process.js';
import { freeAddress } from '../../stage/free-port.js';
import { untilTrue } from '../../stage/wait.js';

/** Hands an envelope to a daemon as any peer may: no token, its certificate pinned. */
export async function deliver(daemon: DaemonProcess, envelope: Envelope): Promise<rpc.Receipt | undefined> {
  const connection = await connectDaemon({
    address: daemon.spec.listen,
    pin: { certPath: join(daemon.spec.dir, 'tls.cert') },
  });
  try {
    const { receipt } = await connection
      .client(rpc.PeerServiceDefinition)
      .deliver({ envelope: toWire(envelope) });
    return receipt;
  } finally {
    connection.close();
  }
}

export class Puppet {
  readonly heard: Message[] = [];
  private readonly secret = randomBytes(32);
  readonly key = publicKeyOf(this.secret);

  private constructor(
    private readonly dir: string,
    readonly contact: Contact,
  ) {}
  private server: GrpcServer | undefined;

  static async rise(): Promise<Puppet> {
    const dir = await mkdtemp(join(tmpdir(), 'tercet-puppet-'));
    const tls = await loadOrCreateTls({ folder: dir });
    const puppet = new Puppet(dir, { address: await freeAddress(), certFingerprint: tls.fingerprint });
    puppet.server = await startGrpcServer({
      listen: puppet.contact.address,
      tls,
      tokens: await loadOrCreateTokens(dir),
      logger: { error: () => undefined, warn: () => undefined },
      services: [puppet.ear()],
    });
    return puppet;
  }

  sign(hash: string): Signature {
    return sign(hash, this.secret);
  }

  /** An envelope of the taker's to the maker, signed by this key. */
  letter(tradeId: TradeId, sequence: number, body: Body, termsHash?: TermsHash): Envelope {
    const message = { from: 'taker' as const, to: 'maker' as const, tradeId, sequence, termsHash, body };
    return seal(message, unixMs(Date.now()), this.key, (hash) => this.sign(hash));
  }

  /** The first message of that kind that it was sent. */
  async hears<T extends BodyType>(type: T): Promise<BodyOf<T>> {
    const find = () => this.heard.find(({ body }) => body.type === type)?.body;
    await untilTrue(`the puppet hears ${type}`, () => Promise.resolve(find() !== undefined));
    return find() as BodyOf<T>;
  }

  async fall(): Promise<void> {
    await this.server?.shutdown(0);
    await rm(this.dir, { recursive: true, force: true });
  }

  private ear() {
    return hostService({
      definition: rpc.PeerServiceDefinition,
      scopes: { deliver: 'public' },
      implementation: {
        deliver: ({ envelope }) => {
          if (!envelope) throw new Error('a delivery without an envelope');
          const message = open(fromWire(envelope));
          this.heard.push(message);
          const receipt = {
            envelopeId: message.id,
            outcome: rpc.DeliveryOutcome.ACCEPTED,
            sequence: message.sequence,
          };
          return Promise.resolve({ receipt });
        },
      },
    });
  }
}
