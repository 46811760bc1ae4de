import { expect, test } from '@jest/globals';
import type { Body, PaymentRequest, TradeId } from '@tercet/protocol';
import { SUCCESS_FEE_TRIES } from '@tercet/protocol';
import type { ThreeCores } from '../testing/three-cores.js';
import { expectAllWell, useThreeCores } from '../testing/use-three-cores.js';
import { Keyrings } from './keyring.js';
import type { NewFact } from './port.js';
import { asJson } from './stored.js';

const PATIENCE_MS = 60_000;
const open = useThreeCores();
const A_DAY_MS = 25 * 60 * 60 * 1000;

/** Hashes of the agent's invoices for its success fee, which the payee's journal has seen in another trade. */
async function usedBefore(trade: ThreeCores, attempts: number[]): Promise<void> {
  const { seed } = trade.daemons.agent;
  const data = trade.view('agent')?.state.data;
  if (!data?.termsHash) throw new Error('no terms');
  const keys = new Keyrings(seed).of(data);
  const other = 'ee'.repeat(32) as TradeId;
  const row = trade.view(trade.payee);
  const at = trade.daemons[trade.payee].core.trades.now();
  await trade.daemons[trade.payee].journal.commit({
    tradeId: other,
    expectedSequence: 0,
    role: trade.payee,
    fact: asJson({ fact: { kind: 'due', name: 'test', at } }),
    state: asJson(row?.state ?? ({} as never)),
    terminal: true,
    effects: [],
    deadlines: { set: [], clear: [] },
    hashes: attempts.map((attempt) => ({
      hash: keys.paymentHash(data.termsHash ?? '', 'successFee', attempt),
      purpose: 'successFee/payment',
    })),
    claims: { take: [], release: [] },
  });
}

/** Up to where the payer is asked for its release, which it gives. */
async function released(attempts: number[]): Promise<ThreeCores> {
  const trade = await open('sell', 'PEER_HELD');
  trade.take();
  await trade.until('the lock', () => trade.state('agent', 'escrow') === 'held');
  await usedBefore(trade, attempts);
  return trade;
}

test(
  'S9 S12 a success fee on a hash of another trade is not paid there: the payee settles, and pays a fresh one',
  async () => {
    const trade = await released([1]);
    await trade.until('the end', () => trade.isOver);
    expectAllWell(trade);
  },
  PATIENCE_MS,
);

test(
  'S12 whoever brings a fresh invoice on such a hash is refused it',
  async () => {
    const trade = await released([1, 2]);
    await trade.until('the fresh one', () => trade.delivered.includes('agent>taker freshInvoice'));
    const { core } = trade.daemons[trade.payee];
    const data = trade.view(trade.payee)?.state.data;
    const agent = trade.view('agent')?.state.data;
    if (!data || !agent?.termsHash) throw new Error('no trade');
    const hash = new Keyrings(trade.daemons.agent.seed)
      .of(agent)
      .paymentHash(agent.termsHash, 'successFee', 2);
    const answer = await core.trades.submit(trade.tradeId, {
      kind: 'freshInvoice',
      from: 'agent',
      sequence: (data.received.agent ?? 0) + 1,
      envelopeId: 'again',
      body: { type: 'freshInvoice', attempt: 1, hash, request: 'lnmem' as PaymentRequest },
    });
    expect(answer).toMatchObject({ result: 'refused', refusal: { code: 'HASH_IN_USE' } });
  },
  PATIENCE_MS,
);

test(
  'S9 S12 an early invoice on such a hash, and the fee’s on another: the payee’s trade goes on without both',
  async () => {
    const trade = await released([1, 2]);
    await trade.until('the performance', () => trade.state('agent') === 'performed');
    const { core } = trade.daemons[trade.payee];
    const data = trade.view(trade.payee)?.state.data;
    const agent = trade.view('agent')?.state.data;
    const key = agent?.peers[trade.payee]?.key;
    if (!data || !agent?.termsHash || !key) throw new Error('no trade');
    const keys = new Keyrings(trade.daemons.agent.seed).of(agent);
    const feeHash = (attempt: number) => keys.paymentHash(agent.termsHash ?? '', 'successFee', attempt);
    const request = 'lnmem' as PaymentRequest;
    const text = keys.seal(keys.preimage(agent.termsHash, 'escrow', 1), key);
    const bodies: Body[] = [
      { type: 'freshInvoice', attempt: 1, hash: feeHash(2), request },
      { type: 'preimage', sealed: { to: trade.payee, text }, feeInvoice: { hash: feeHash(1), request } },
    ];
    for (const [index, body] of bodies.entries()) {
      const sequence = (data.received.agent ?? 0) + 1 + index;
      const fact = { kind: body.type, from: 'agent', sequence, envelopeId: body.type, body } as NewFact;
      expect(await core.trades.submit(trade.tradeId, fact)).toMatchObject({ result: 'taken' });
    }
    await trade.until('the release', () => trade.state(trade.payee, 'escrow') === 'released');
    expect(trade.state(trade.payee, 'debt')).toBe('owed');
    expect(trade.view(trade.payee)?.state.data.early).toEqual([]);
  },
  PATIENCE_MS,
);

test(
  'S9 S12 an agent whose every invoice is on a hash of another trade: settled, the fee lapses, the trade ends',
  async () => {
    const trade = await released(Array.from({ length: SUCCESS_FEE_TRIES + 1 }, (_, index) => index + 1));
    await trade.until('the settle', () => trade.state(trade.payee) === 'done');
    await trade.until('the fresh one', () => trade.delivered.includes('agent>taker freshInvoice'));
    expect(trade.state(trade.payee, 'debt')).toBe('owed');
    expect(trade.view(trade.payee)?.state.data.obligation?.why).toContain('HASH_IN_USE');
    trade.clock.skip(A_DAY_MS);
    trade.lightning.passTime(A_DAY_MS);
    trade.lightning.mine(1);
    await trade.until('the end', () => trade.isOver);
    expect(trade.state(trade.payee, 'debt')).toBe('unpaid');
    const { successFeeMsat = 0n } = trade.terms ?? {};
    const { agent, taker, maker } = trade.expected;
    expect(trade.gained).toEqual({ maker, taker: taker + successFeeMsat, agent: agent - successFeeMsat });
  },
  PATIENCE_MS,
);
