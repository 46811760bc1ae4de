import { rpc } from '@tercet/protocol';

export const TRADE_ID = '3f2a9c1b'.repeat(8);
export const ORDER_ID = '77aa'.repeat(16);
const AGENT_KEY = 'ab'.repeat(32);

/** Terms of 100 000 sat for 95.00 EUR. */
const terms = (shape: rpc.Shape = rpc.Shape.AGENT_HELD): rpc.TermsSummary =>
  rpc.TermsSummary.fromPartial({
    version: 1,
    network: rpc.Network.REGTEST,
    engine: 'fiat',
    shape,
    direction: rpc.Direction.MAKER_SELLS,
    agent: { role: rpc.Role.AGENT, key: AGENT_KEY, nodeId: '02'.repeat(33) },
    priceMsat: 100_500_250n,
    payoutMsat: 100_000_000n,
    retainFeeMsat: 10_432n,
    successFeeMsat: 500_250n,
    fiat: { currency: 'EUR', amountMinor: 9500n, decimals: 2 },
    method: { name: 'SEPA instant', settlementMinutes: 10, reversibleHours: 0 },
    windowsPreset: 'instant',
    defaultBothSilent: rpc.Seat.PAYER,
    defaultUndecided: rpc.Seat.PAYEE,
    trust: {
      whoCouldTakeSats: "The agent could take the payer's sats, from the hold to the payout.",
      whoCouldTakePerformance: 'The agent could let the performer give for nothing, by not paying out.',
      proof: "The agent's signatures are the proof.",
      lockedUntilHeight: 1500,
    },
  });

/** A buyer's trade that is locked and acknowledged: the fiat may be sent. */
export const buyersTrade = (changes: Parameters<typeof rpc.Trade.fromPartial>[0] = {}): rpc.Trade =>
  rpc.Trade.fromPartial({
    tradeId: TRADE_ID,
    orderId: ORDER_ID,
    role: rpc.Role.TAKER,
    seat: rpc.Seat.PAYEE,
    direction: rpc.Direction.MAKER_SELLS,
    shape: rpc.Shape.AGENT_HELD,
    states: { deal: 'retained', engine: 'performing', escrow: 'held' },
    terms: terms(),
    sats: {
      where: 'held',
      holder: rpc.Role.AGENT,
      untilHeight: 1432,
      amountMsat: 100_000_000n,
      text: 'The seller has locked the sats in a hold invoice of the agent. They come to you when the seller releases.',
      can: ['sent', 'cancel'],
    },
    heights: {
      acceptedHeight: 1000,
      expiryHeight: 1450,
      endHeight: 1426,
      performByHeight: 1173,
      answerByHeight: 1251,
      decideByHeight: 1557,
    },
    performingUntilHeight: 1173,
    fiatDetails: 'Alice\nDE02 1203 0000 0000 2020 51',
    ledger: [
      {
        purpose: 'retainFee',
        kind: 'payment',
        hash: '11'.repeat(32),
        amountMsat: 10_432n,
        feeMsat: 1n,
        status: 'paid',
      },
    ],
    history: [
      { sequence: 1, kind: 'cmdTake', height: 998, timeMs: 1_790_000_000_000n, from: rpc.Role.UNSPECIFIED },
      { sequence: 2, kind: 'locked', height: 1001, timeMs: 1_790_000_600_000n, from: rpc.Role.AGENT },
    ],
    deadlines: [{ name: 'performBy', height: 1173 }],
    startedMs: 1_790_000_000_000n,
    sequence: 2,
    tipHeight: 1005,
    ...changes,
  });

export const PAYMENT_HASH = '9b04'.repeat(16);

/** A payout that the node had and doesn't know any more. */
export const lostPayout = (changes: Parameters<typeof rpc.Payment.fromPartial>[0] = {}): rpc.Payment =>
  rpc.Payment.fromPartial({
    tradeId: TRADE_ID,
    purpose: 'payout',
    hash: PAYMENT_HASH,
    amountMsat: 99_500_000n,
    to: rpc.Role.TAKER,
    attempt: 2,
    status: rpc.PaymentStatus.UNKNOWN,
    sinceMs: 1_790_000_000_000n,
    sinceHeight: 1001,
    lockedUntilHeight: 3021,
    node: { state: 'absent' },
    why: 'The trade was released.',
    text: 'Not known is not failed.',
    can: ['lookUp', 'preimage', 'declareFailed'],
    ...changes,
  });

/** An order of a maker who sells, as its taker sees it. */
export const inspected = (): rpc.InspectOrderResponse =>
  rpc.InspectOrderResponse.fromPartial({
    orderId: ORDER_ID,
    makerKey: 'cc'.repeat(32),
    network: rpc.Network.REGTEST,
    side: rpc.Side.SELL,
    amountMsat: 100_000_000n,
    fiat: { currency: 'EUR', amountMinor: 9500n, decimals: 2 },
    method: { name: 'SEPA instant', settlementMinutes: 10, reversibleHours: 0 },
    shapes: [rpc.Shape.AGENT_HELD, rpc.Shape.PEER_HELD],
    windowsPreset: 'instant',
    expiresAtMs: 1_790_086_400_000n,
    agents: [{ key: AGENT_KEY, trusted: true, readiness: rpc.Readiness.READY }],
    previews: [terms(), terms(rpc.Shape.PEER_HELD)],
  });
