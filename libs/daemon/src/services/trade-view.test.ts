import { above, ALARMS, height, msat, rpc, sat } from '@tercet/protocol';
import type { Fact, PaymentHash, PaymentRequest, Preimage, TradeData } from '@tercet/protocol';
import { sampleTrade, TIP } from './testing/samples.js';
import { tradeView } from './trade-view.js';

const at = { height: TIP, timeMs: 0 as Fact['at']['timeMs'] };
const show = (sample: Parameters<typeof sampleTrade>[0], tip = TIP) =>
  tradeView(sampleTrade(sample), { at: { ...at, height: tip } });
const ACCOUNT = 'IBAN DE00 1234';

describe('S32 fiat details reach the payee alone, and only while a payment arrives in time', () => {
  // SEPA instant, an hour: 12 blocks at 1 % risk, and 6 spare.
  const until = above(TIP, 18);
  const payee = (engine: string, tip: number) =>
    show({ machines: { engine }, data: { fiatDetails: ACCOUNT, performingUntil: until } }, height(tip))
      .fiatDetails;

  test.each([
    ['before the acknowledgement', 'asking', TIP, ''],
    ['in the window', 'performing', TIP, ACCOUNT],
    ['at the last block that leaves time', 'performing', until - settlement() - 6, ACCOUNT],
    ['one block later', 'performing', until - settlement() - 5, ''],
    ['once sent, whatever the height', 'sent', until + 100, ACCOUNT],
    ['too late', 'tooLate', TIP, ''],
    ['after a cancel', 'cancelling', TIP, ''],
    ['done', 'done', TIP, ''],
  ])('%s', (_, engine, tip, expected) => {
    expect(payee(engine, tip)).toBe(expected);
  });

  test.each(['maker', 'agent'] as const)('never to the %s', (role) => {
    const view = show({ role, machines: role === 'agent' ? {} : { engine: 'performing' }, data: secrets() });
    expect(view.fiatDetails).toBe('');
    expect(JSON.stringify(view, text)).not.toContain(ACCOUNT);
  });

  function settlement(): number {
    return sampleTrade().state.data.terms?.windows.settlementBlocks ?? 0;
  }
});

describe('S36 nothing secret is shown', () => {
  test('no preimage, payment details, payout invoice or hold invoice', () => {
    const view = show({ role: 'maker', machines: { engine: 'performing' }, data: secrets() });
    const shown = JSON.stringify(view, text);
    for (const secret of ['dd'.repeat(32), ACCOUNT, 'lnbcrtpayout', 'lnbcrthold']) {
      expect(shown).not.toContain(secret);
    }
  });

  test('the hold invoice, while another wallet of the payer is to pay it', () => {
    const data = { ...secrets(), externalWallet: true, locked: undefined };
    const paying = { deal: 'agreed', engine: 'idle', escrow: 'payingElsewhere' };
    const payer = { role: 'maker', side: 'sell' } as const;
    expect(show({ ...payer, machines: paying, data }).paymentRequest).toBe('lnbcrthold');
    expect(show({ ...payer, machines: { ...paying, escrow: 'secured' }, data }).paymentRequest).toBe('');
    expect(
      show({ ...payer, machines: paying, data: { ...data, externalWallet: false } }).paymentRequest,
    ).toBe('');
  });

  test('history names kind, height, time, sender and deadline, and no more', () => {
    const facts = [
      {
        sequence: 1,
        fact: {
          kind: 'performing',
          at,
          from: 'taker',
          sequence: 1,
          envelopeId: 'e',
          body: { type: 'performing' },
        } as Fact,
      },
      {
        sequence: 2,
        fact: {
          kind: 'paymentPaid',
          at,
          hash: 'aa' as PaymentHash,
          preimage: 'dd'.repeat(32) as Preimage,
          feeMsat: msat(1),
        } as Fact,
      },
      { sequence: 3, fact: { kind: 'due', name: 'engine.answerBy', at } as Fact },
    ];
    const said = { height: TIP, timeMs: 0n, from: rpc.Role.UNSPECIFIED, deadline: '' };
    expect(tradeView(sampleTrade(), { at, facts }).history).toEqual([
      { ...said, sequence: 1, kind: 'performing', from: rpc.Role.TAKER },
      { ...said, sequence: 2, kind: 'paymentPaid' },
      { ...said, sequence: 3, kind: 'due', deadline: 'engine.answerBy' },
    ]);
  });
});

describe('what a trade shows', () => {
  test('figures of the terms, heights, place of the sats', () => {
    const view = show({ role: 'maker' });
    expect(view).toMatchObject({
      role: rpc.Role.MAKER,
      seat: rpc.Seat.PAYER,
      direction: rpc.Direction.MAKER_SELLS,
      shape: rpc.Shape.AGENT_HELD,
      states: { deal: 'locked', engine: 'performing', escrow: 'secured', debt: 'none', claim: 'none' },
      heights: { acceptedHeight: TIP, endHeight: TIP + 417 },
      sequence: 7,
      tipHeight: TIP,
      warnings: [],
    });
    expect(view.terms).toMatchObject({
      priceMsat: sat(100_000),
      payoutMsat: sat(99_500),
      windowsPreset: 'standard',
      defaultUndecided: rpc.Seat.PAYEE,
      fiat: { currency: 'EUR', amountMinor: 9500n, decimals: 2 },
      trust: { lockedUntilHeight: TIP + 432 + 203 },
    });
    expect(view.sats).toMatchObject({ where: 'held', holder: rpc.Role.AGENT, amountMsat: sat(100_000) });
    expect(view.sats?.can).toContain('release');
  });

  test('it survives the wire', () => {
    const view = show({ role: 'maker' });
    expect(rpc.Trade.decode(rpc.Trade.encode(view).finish())).toEqual(view);
  });

  test('terms that are only expected, then none at all', () => {
    const none = { terms: undefined, termsHash: undefined, locked: undefined };
    const early = { deal: 'soliciting', engine: 'idle', escrow: 'idle' };
    expect(show({ machines: early, data: none }).terms).toBeUndefined();
  });

  test('S45 what is owed stays shown until it is paid', () => {
    const data: Partial<TradeData> = {
      obligation: { to: 'taker', amountMsat: sat(99_500), why: 'The trade was released.', attempt: 2 },
    };
    const owing = {
      role: 'agent',
      machines: { engine: 'releasing', escrow: 'owing', debt: 'owed' },
      data,
    } as const;
    expect(show(owing).obligations).toEqual([
      {
        from: rpc.Role.AGENT,
        to: rpc.Role.TAKER,
        amountMsat: sat(99_500),
        why: 'The trade was released.',
        attempt: 2,
      },
    ]);
    expect(
      show({ ...owing, machines: { ...owing.machines, escrow: 'released', debt: 'paid' } }).obligations,
    ).toEqual([]);
  });

  test('S32 S36 the proof of a payout or fee that was paid; of the escrow it is evidence, and shown there', () => {
    const line = { attempt: 1, kind: 'payment', amountMsat: sat(1), status: 'paid' } as const;
    const [hash, preimage] = ['ab'.repeat(32) as PaymentHash, 'cd'.repeat(32) as Preimage];
    const ledger = (['escrow', 'payout', 'retainFee', 'successFee'] as const).map((purpose) => ({
      ...line,
      purpose,
      hash,
      preimage,
    }));
    const shown = show({ role: 'maker', data: { ledger } }).ledger;
    expect(shown.map((entry) => [entry.purpose, entry.preimage])).toEqual([
      ['escrow', ''],
      ['payout', preimage],
      ['retainFee', preimage],
      ['successFee', preimage],
    ]);
  });

  test('S14 an alarm that was told of a wait, while it lasts', () => {
    const ledger: TradeData['ledger'] = [
      {
        purpose: 'escrow',
        attempt: 1,
        kind: 'payment',
        hash: 'ee'.repeat(32) as PaymentHash,
        amountMsat: sat(100_000),
        status: 'live',
      },
    ];
    const end = sampleTrade().state.data.locked?.A ?? TIP;
    const told: TradeData['told'] = [{ alarm: 'nearEnd', height: above(end, -12) }];
    const warnings = (data: Partial<TradeData>, escrow = 'secured') =>
      show({ role: 'maker', machines: { escrow }, data: { ledger, ...data } }, height(end)).warnings;
    expect(warnings({})).toEqual([]);
    expect(warnings({ told })).toEqual([ALARMS.nearEnd]);
    expect(warnings({ told }, 'refunded')).toEqual([]);
  });
});

const text = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value);

function secrets(): Partial<TradeData> {
  return {
    paymentDetails: ACCOUNT,
    fiatDetails: ACCOUNT,
    performingUntil: above(TIP, 100),
    preimage: 'dd'.repeat(32) as Preimage,
    holdInvoice: 'lnbcrthold' as PaymentRequest,
    payoutRequest: { hash: 'aa' as PaymentHash, request: 'lnbcrtpayout' as PaymentRequest },
    nonce: '22'.repeat(16),
  };
}
