/**
 * The road between daemons, with somebody on it who can watch, stop and change letters. It speaks with the addressee's
 * own certificate and, where it is to lie, with the sender's own key: so a lie is what a dishonest daemon would send.
 */
import { deriveKey, loadSeed } from '@tercet/journal';
import {
  fromWire,
  hostService,
  identitySecret,
  loadOrCreateTls,
  loadOrCreateTokens,
  seedPath,
  startGrpcServer,
  toWire,
  type GrpcServer,
} from '@tercet/daemon';
import { open, publicKeyOf, rpc, seal, sign, type Body, type Envelope, type Message } from '@tercet/protocol';
import type { DaemonProcess } from '../../stage/daemon-process.js';
import type { PartyName } from '../../stage/layout.js';

/** A letter on its way. */
export interface Letter {
  to: PartyName;
  message: Message;
  envelope: Envelope;
}
/** What arrives in its stead: the same letter, another, or the error that the sender gets. */
export type Rule = (letter: Letter) => Envelope | Promise<Envelope>;

const silent = { error: () => undefined, warn: () => undefined };

/** Keys of all parties, by what the letters themselves tell: nonces are in orders and solicits. */
export class KeyBook {
  private readonly secrets = new Map<string, Uint8Array>();

  constructor(private readonly daemons: readonly DaemonProcess[]) {}

  learn({ message: { body } }: Letter): void {
    const nonces = body.type === 'solicit' ? [body.nonce, body.signedOrder.order.nonce] : [];
    for (const { spec } of this.daemons) {
      const seed = loadSeed(seedPath(spec.dir));
      for (const secret of [identitySecret(seed), ...nonces.map((nonce) => deriveKey(seed, 'trade', nonce))])
        this.secrets.set(publicKeyOf(secret), secret);
    }
  }

  secretOf(key: string): Uint8Array {
    const secret = this.secrets.get(key);
    if (!secret) throw new Error(`nobody on stage has the key ${key}`);
    return secret;
  }

  /** Another body under the same number, signed by the same sender. */
  reseal({ message, envelope }: Letter, body: Body): Envelope {
    const secret = this.secretOf(message.key);
    const at = (envelope.created_at * 1000) as Parameters<typeof seal>[1];
    return seal({ ...message, body }, at, message.key, (hash) => sign(hash, secret));
  }
}

export class Post {
  /** Every letter that came by, and every other call, in their order. */
  readonly letters: Letter[] = [];
  queries = 0;
  private server: GrpcServer | undefined;
  private rule: Rule = ({ envelope }) => envelope;

  private constructor(
    private readonly daemon: DaemonProcess,
    private readonly address: string,
    private readonly keys: KeyBook,
  ) {}

  /** Takes letters for a daemon at the address that it tells its peers. */
  static async open(daemon: DaemonProcess, address: string, keys: KeyBook): Promise<Post> {
    const post = new Post(daemon, address, keys);
    await post.up();
    return post;
  }

  /** From now on letters pass through this; without one they pass unchanged. */
  use(rule: Rule = ({ envelope }) => envelope): void {
    this.rule = rule;
  }

  /** Nobody answers at the address any more. */
  async down(): Promise<void> {
    await this.server?.shutdown(0);
    this.server = undefined;
  }

  async up(): Promise<void> {
    const { dir } = this.daemon.spec;
    this.server = await startGrpcServer({
      listen: this.address,
      tls: await loadOrCreateTls({ folder: dir }),
      tokens: await loadOrCreateTokens(dir),
      logger: silent,
      services: [this.peers(), this.questions()],
    });
    this.server.setServing(true);
  }

  /** How many letters of that kind came by. */
  count(type: Body['type']): number {
    return this.letters.filter(({ message }) => message.body.type === type).length;
  }

  private peers() {
    return hostService({
      definition: rpc.PeerServiceDefinition,
      scopes: { deliver: 'public' },
      implementation: {
        deliver: async ({ envelope: wire }) => {
          if (!wire) throw new Error('a delivery without an envelope');
          const envelope = fromWire(wire);
          const letter: Letter = { to: this.daemon.spec.party, message: open(envelope), envelope };
          this.keys.learn(letter);
          this.letters.push(letter);
          const client = await this.daemon.client(rpc.PeerServiceDefinition);
          return client.deliver({ envelope: toWire(await this.rule(letter)) });
        },
      },
    });
  }

  private questions() {
    const ask = () => this.daemon.client(rpc.AgentServiceDefinition);
    return hostService({
      definition: rpc.AgentServiceDefinition,
      scopes: { query: 'public', getAnnouncement: 'public', getEscrowStatus: 'public' },
      implementation: {
        query: async (request) => {
          this.queries += 1;
          return (await ask()).query(request);
        },
        getAnnouncement: async (request) => (await ask()).getAnnouncement(request),
        getEscrowStatus: async (request) => (await ask()).getEscrowStatus(request),
      },
    });
  }
}
