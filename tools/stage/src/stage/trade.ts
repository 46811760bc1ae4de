/** One fiat trade, driven through the daemons' own calls as two people would. */
import { rpc } from '@tercet/protocol';
import { PARTIES, type PartyName } from './layout.js';
import { asking, viewOf, type Sight } from './sight.js';
import type { Cast } from './reachable.js';

export type ShapeWord = 'AGENT_HELD' | 'PEER_HELD';
export type DirectionWord = 'maker-sells' | 'maker-buys';

export interface TradeSpec {
  shape: ShapeWord;
  direction: DirectionWord;
  amountSat?: number;
  /** Default: standard. */
  windows?: 'standard' | 'instant';
  /** The escrow is paid by a wallet that is no daemon's (AGENT_HELD, maker buys). */
  externalWallet?: boolean;
}

const SHAPE: Record<ShapeWord, rpc.Shape> = {
  AGENT_HELD: rpc.Shape.AGENT_HELD,
  PEER_HELD: rpc.Shape.PEER_HELD,
};

export class StagedTrade {
  constructor(
    private readonly stage: Cast,
    readonly spec: TradeSpec,
    readonly orderId: string,
    readonly tradeId: string,
    private readonly sight: Sight = asking(stage),
  ) {}

  get payer(): 'maker' | 'taker' {
    return this.spec.direction === 'maker-sells' ? 'maker' : 'taker';
  }
  get payee(): 'maker' | 'taker' {
    return this.payer === 'maker' ? 'taker' : 'maker';
  }

  view(party: PartyName): Promise<rpc.Trade | undefined> {
    return viewOf(this.stage, party, this.tradeId);
  }

  /** Waits until a machine of a party is in one of these states. */
  reaches(party: PartyName, machine: string, ...states: string[]): Promise<rpc.Trade> {
    return this.sight.until(party, this.tradeId, `the ${machine} is ${states.join(' or ')}`, (trade) =>
      states.includes(trade.states[machine] ?? ''),
    );
  }
  /** Waits until nothing of it is open any more at a party. */
  async ends(party: PartyName): Promise<void> {
    await this.sight.until(party, this.tradeId, 'the trade is over', (trade) => trade.ended);
  }

  async sent(): Promise<void> {
    const client = await this.stage.daemons[this.payee].client(rpc.TradeServiceDefinition);
    await client.confirmSent({ tradeId: this.tradeId });
  }
  async release(): Promise<void> {
    const client = await this.stage.daemons[this.payer].client(rpc.TradeServiceDefinition);
    await client.release({ tradeId: this.tradeId });
  }
  async cancel(party: 'maker' | 'taker', confirm = false): Promise<void> {
    const client = await this.stage.daemons[party].client(rpc.TradeServiceDefinition);
    await client.cancel({ tradeId: this.tradeId, confirm });
  }
}

/** The maker's daemon makes an order; its URI is what is handed over. */
export async function offer(stage: Cast, spec: TradeSpec): Promise<rpc.CreateOfferResponse> {
  const maker = await stage.daemons.maker.client(rpc.MakerServiceDefinition);
  return maker.createOffer({
    side: spec.direction === 'maker-sells' ? rpc.Side.SELL : rpc.Side.BUY,
    amountMsat: BigInt(spec.amountSat ?? 100_000) * 1000n,
    fiat: { currency: 'EUR', amountMinor: 9500n, decimals: 2 },
    method: { name: 'SEPA instant', settlementMinutes: 60, reversibleHours: 0 },
    paymentDetails: spec.direction === 'maker-sells' ? 'IBAN DE02 1203 0000 0000 2020 51' : '',
    shapes: [SHAPE[spec.shape]],
    windowsPreset: spec.windows ?? 'standard',
    validHours: 24,
  });
}

/** Offer and take; the trade is under way when this returns. */
export async function startTrade(stage: Cast, spec: TradeSpec, sight?: Sight): Promise<StagedTrade> {
  const { orderUri, orderId } = await offer(stage, spec);
  return takeOrder(stage, spec, orderUri, orderId, sight);
}

export async function takeOrder(
  stage: Cast,
  spec: TradeSpec,
  orderUri: string,
  orderId: string,
  sight?: Sight,
): Promise<StagedTrade> {
  const taker = await stage.daemons.taker.client(rpc.TakerServiceDefinition);
  const { tradeId } = await taker.take({
    orderUri,
    agentKey: stage.agentKey,
    shape: SHAPE[spec.shape],
    paymentDetails: spec.direction === 'maker-buys' ? 'IBAN FR76 3000 6000 0112 3456 7890 189' : '',
    externalWallet: spec.externalWallet ?? false,
  });
  return new StagedTrade(stage, spec, orderId, tradeId, sight);
}

/** The whole trade, step by step; `onStep` is told of each. */
export async function completeTrade(
  trade: StagedTrade,
  onStep: (step: string) => void = () => undefined,
): Promise<void> {
  await trade.reaches(trade.payee, 'engine', 'performing');
  onStep('locked, and the payment acknowledged');
  await trade.sent();
  onStep('fiat sent');
  await trade.reaches(trade.payer, 'engine', 'answering');
  await trade.release();
  onStep('released');
  await ended(trade);
  onStep('settled and paid');
}

/** Waits until the trade is over at all three. */
export async function ended(trade: StagedTrade): Promise<void> {
  await Promise.all(PARTIES.map((party) => trade.ends(party)));
}
