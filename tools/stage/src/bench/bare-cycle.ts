/**
 * What a trade costs without Tercet: the same Lightning calls by the same nodes, in the same order, by one client. The
 * ratio of a trade's rate to this one's is what Tercet adds.
 */
import { createHash, randomBytes } from 'node:crypto';
import { connectLnd, type LightningNode } from '@tercet/lightning';
import type { Blocks, Msat, PaymentHash, PaymentRequest, Preimage } from '@tercet/protocol';
import { blocks, msat, sat } from '@tercet/protocol';
import type { RegtestNetwork } from '@tercet/regtest';
import type { PartyName } from '../stage/layout.js';
import type { ShapeWord } from '../stage/trade.js';
import { median } from './figures.js';
import type { Latencies } from './latencies.js';

const PRICE = sat(100_000);
const RETAIN_FEE = sat(14);
const SUCCESS_FEE = sat(500);
const FEE_LIMIT = sat(500);

export class BareCycle {
  /** Milliseconds of what a node in memory is to play back. */
  private readonly took: Record<keyof Latencies, number[]> = {
    call: [],
    arrival: [],
    settlement: [],
    payment: [],
  };

  /** @param nodes one for each party; closed with the cycle. */
  constructor(private readonly nodes: Record<PartyName, LightningNode>) {}

  static onLnd(network: RegtestNetwork): BareCycle {
    const node = (party: PartyName) => {
      const {
        rpcSocket: socket,
        tlsCertPath: certPath,
        adminMacaroonPath: macaroonPath,
      } = network.node(party);
      return connectLnd({ socket, certPath, macaroonPath });
    };
    return new BareCycle({ maker: node('maker'), taker: node('taker'), agent: node('agent') });
  }

  /** Medians of all cycles so far. */
  get latencies(): Latencies {
    const { call, arrival, settlement, payment } = this.took;
    return {
      call: median(call),
      arrival: median(arrival),
      settlement: median(settlement),
      payment: median(payment),
    };
  }

  private async timed<T>(what: keyof Latencies, work: () => Promise<T>): Promise<T> {
    const beganMs = performance.now();
    const answer = await work();
    this.took[what].push(performance.now() - beganMs);
    return answer;
  }

  /** One cycle; maker and taker take turns as payer, so that channels stay balanced. */
  async run(shape: ShapeWord, index: number): Promise<void> {
    const [payer, payee] = index % 2 === 0 ? (['maker', 'taker'] as const) : (['taker', 'maker'] as const);
    await this.payInvoice('taker', 'agent', RETAIN_FEE);
    if (shape === 'AGENT_HELD') {
      const settle = await this.hold(payer, 'agent', blocks(432));
      await this.payInvoice('agent', payee, msat(PRICE - SUCCESS_FEE));
      await settle();
    } else {
      const settle = await this.hold(payer, payee, blocks(624));
      await settle();
      await this.payInvoice(payee, 'agent', SUCCESS_FEE);
    }
  }

  close(): void {
    for (const node of Object.values(this.nodes)) node.close();
  }

  private async payInvoice(from: PartyName, to: PartyName, amountMsat: Msat): Promise<void> {
    const preimage = randomBytes(32).toString('hex') as Preimage;
    const hash = hashOf(preimage);
    const request = await this.timed('call', () =>
      this.nodes[to].createInvoice({
        amountMsat,
        finalCltv: blocks(24),
        expirySeconds: 3600,
        description: 'bare',
        preimage,
      }),
    );
    await this.pay(from, request, hash, amountMsat, blocks(24 + 200));
    await this.timed('payment', () => this.paymentEnds(from, hash));
  }

  /** Has a hold paid; answers how to settle it. */
  private async hold(from: PartyName, to: PartyName, cltvExpiry: Blocks): Promise<() => Promise<void>> {
    const preimage = randomBytes(32).toString('hex') as Preimage;
    const hash = hashOf(preimage);
    const host = this.nodes[to];
    const request = await host.createHold({
      hash,
      amountMsat: PRICE,
      cltvExpiry,
      expirySeconds: 3600,
      description: 'bare',
    });
    await this.pay(from, request, hash, PRICE, blocks(cltvExpiry + 203));
    await this.timed('arrival', () => accepted(host, hash));
    return async () => {
      await this.timed('call', () => host.settleHold(hash, preimage));
      await this.timed('settlement', () => this.paymentEnds(from, hash));
    };
  }

  private async pay(
    from: PartyName,
    request: PaymentRequest,
    hash: PaymentHash,
    amountMsat: Msat,
    cltvLimit: Blocks,
  ): Promise<void> {
    await this.nodes[from].pay({
      request,
      hash,
      amountMsat,
      maxFeeMsat: FEE_LIMIT,
      cltvLimit,
      attemptSeconds: 60,
    });
  }

  private async paymentEnds(from: PartyName, hash: PaymentHash): Promise<void> {
    const stop = new AbortController();
    for await (const state of this.nodes[from].watchPayment(hash, stop.signal)) {
      if (state.state === 'failed') throw new Error(`a bare payment failed: ${state.reason}`);
    }
  }
}

async function accepted(host: LightningNode, hash: PaymentHash): Promise<void> {
  const stop = new AbortController();
  for await (const state of host.watchInvoice(hash, stop.signal)) {
    if (state.state === 'accepted') break;
  }
  stop.abort();
}

const hashOf = (preimage: Preimage): PaymentHash =>
  createHash('sha256').update(Buffer.from(preimage, 'hex')).digest('hex') as PaymentHash;
