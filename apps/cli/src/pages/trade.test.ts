import { rpc } from '@tercet/protocol';
import { invoicePicture } from '../format/qr.js';
import { buyersTrade } from '../testing/samples.js';
import { tradePage } from './trade.js';
import { tradesPage } from './trades.js';

const LOOK = { width: 100, colour: false };

const LOCKED = `You buy 100 500 sat 250 msat for 95.00 EUR
  trade    3f2a9c1b3f2a9c1b3f2a9c1b3f2a9c1b3f2a9c1b3f2a9c1b3f2a9c1b3f2a9c1b
  you are  taker, payee
  shape    AGENT_HELD
  states   deal retained, engine performing, escrow held
  started  2026-09-21 14:13 UTC

Where are my sats
  The seller has locked the sats in a hold invoice of the agent. They come to you when the seller
  releases.
  place            held
  in the hands of  agent
  amount           100 000 sat
  until            height 1 432 (427 blocks from now)

What can I do
  tercet sent 3f2a9c1b    say that you sent the fiat
  tercet cancel 3f2a9c1b  end the trade early

Pay this fiat
  amount         95.00 EUR
  method         SEPA instant, arrives within 10 min, final
  say "sent" by  height 1 173 (168 blocks from now)
    Alice
    DE02 1203 0000 0000 2020 51

Who is trusted with what
  AGENT_HELD
    who could take the sats             The agent could take the payer's sats, from the hold to the
                                        payout.
    who could get the fiat for nothing  The agent could let the performer give for nothing, by not
                                        paying out.
    how you would prove it              The agent's signatures are the proof.
    locked until                        height 1 500 at the latest, 495 blocks from now
    agent                 abababababababab
    when both are silent  the sats go back to the seller
    when nobody decides   the sats go to the buyer

Amounts
  the seller locks    100 500 sat 250 msat
  the buyer receives  100 000 sat
  retain fee          10 sat 432 msat, paid by the taker at once, never given back
  success fee         500 sat 250 msat, taken by the agent when the trade succeeds

Heights
  tip               height 1 005
  locked at         height 1 000
  fiat until        height 1 173 (168 blocks from now)
  perform by        height 1 173 (168 blocks from now)
  answer by         height 1 251 (246 blocks from now)
  decide by         height 1 557 (552 blocks from now)
  hold over at (A)  height 1 426 (421 blocks from now)
  hold expires (E)  height 1 450 (445 blocks from now)

Deadlines
  performBy  height 1 173 (168 blocks from now)

Account book
  for        by                amount  routing fee  state  hash
  retainFee  payment  10 sat 432 msat       1 msat  paid   1111111111111111

History
     when                  height  what     from
  1  2026-09-21 14:13 UTC     998  cmdTake
  2  2026-09-21 14:23 UTC   1 001  locked   agent`;

test('a locked trade, as its buyer reads it', () => {
  expect(tradePage(buyersTrade(), LOOK)).toBe(LOCKED);
});

test('fiat details are shown only where the daemon gave them', () => {
  const page = tradePage(buyersTrade({ fiatDetails: '' }), LOOK);
  expect(page).not.toContain('Pay this fiat');
});

test('an invoice for another wallet: a picture and its text, on one line', async () => {
  const invoice = `lnbcrt1005002500p1${'q'.repeat(300)}`;
  const picture = await invoicePicture(invoice, false);
  expect(new Set(picture.split('\n').map((line) => line.length)).size).toBe(1);
  expect(await invoicePicture(invoice, true)).toContain('\u001b[30;107m');
  const trade = buyersTrade({ paymentRequest: invoice, seat: rpc.Seat.PAYER, fiatDetails: '' });
  const page = tradePage(trade, LOOK, picture);
  expect(page).toContain(`${picture}\n${invoice}\n`);
  expect(page).toMatch(/do not pay\s+twice/);
});

test('a trade that is over, and one that waits', () => {
  const over = tradePage(buyersTrade({ ended: true }), LOOK);
  expect(over).toContain('  Nothing: the trade is over.');
  expect(over).toContain('who could take the sats');
  expect(over).not.toContain('locked until');
  expect(tradePage(buyersTrade({ sats: { where: 'held', text: 'Held.' } }), LOOK)).toContain(
    '  Nothing now: wait',
  );
});

test('colour only where it is asked for', () => {
  expect(tradePage(buyersTrade({ warnings: ['late'] }), LOOK)).not.toContain('\u001b');
  expect(tradePage(buyersTrade({ warnings: ['late'] }), { ...LOOK, colour: true })).toContain(
    '\u001b[33m  late',
  );
});

const LIST = `trade                           bitcoin       fiat  shape       your sats  until height  you can
3f2a9c1b  you buy  100 500 sat 250 msat  95.00 EUR  AGENT_HELD  held              1 432  sent, cancel
99999999  you buy  100 500 sat 250 msat  95.00 EUR  AGENT_HELD  held              1 432  over`;

test('the list', () => {
  expect(tradesPage([buyersTrade(), buyersTrade({ tradeId: '99'.repeat(32), ended: true })], true)).toBe(
    LIST,
  );
  expect(tradesPage([], false)).toContain('No open trades');
});

test('what was really paid stands there with hash and preimage', () => {
  const [hash, preimage] = ['9b'.repeat(32), '07'.repeat(32)];
  const line = { purpose: 'payout', kind: 'payment', amountMsat: 99_500_000n, feeMsat: 1_000n };
  const ledger = [
    { ...line, hash: '11'.repeat(32), status: 'failed', attempt: 1 },
    { ...line, hash, status: 'paid', attempt: 2, preimage },
  ];
  const page = tradePage(buyersTrade({ ledger }), LOOK);
  expect(page).toContain(
    `Paid, with the proof of it\n  payout 99 500 sat and 1 sat for the route\n    hash      ${hash}\n    preimage  ${preimage}`,
  );
  expect(page).not.toContain('11'.repeat(32));
});
