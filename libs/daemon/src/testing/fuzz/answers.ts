/** Fuzzed answers of others: an agent's signed terms, and an invoice as the node has read it. Test code only. */
import type { DecodedInvoice } from '@tercet/lightning';
import type { Effect, SignedEvent } from '@tercet/protocol';
import { blocks, canonicalJson, msat, signEvent } from '@tercet/protocol';
import { decoder, judged, mustEqual, mutatedJson, mutatedText } from '@tercet/protocol/fuzz';
import fc from 'fast-check';
import { agentTerms } from '@tercet/protocol';
import { z } from 'zod';
import { openAgentTerms, signAgentTerms } from '../../agents/terms-event.js';
import { invoiceFault } from '../../effects/check-invoice.js';
import { keyOf, NOW, nodeOf, policyOf, signerOf } from '../../services/testing/samples.js';

const CHALLENGE = '11'.repeat(16);

/** Signed as they now are: an agent may sign whatever it likes. */
export const agentAnswerDecoder = () => {
  const { pubkey, created_at, kind, tags, content } = signAgentTerms(
    policyOf('agent'),
    CHALLENGE,
    NOW,
    signerOf('agent'),
  );
  const texts = fc.oneof(
    mutatedJson(fc.constant(JSON.parse(content) as unknown)).map((value) => JSON.stringify(value)),
    mutatedText(fc.constant(content)),
  );
  return decoder<SignedEvent>({
    name: 'agent-answer',
    inputs: texts.map((text) =>
      signEvent({ pubkey, created_at, kind, tags, content: text }, signerOf('agent').sign),
    ),
    feed: (answer) =>
      judged(
        () =>
          openAgentTerms(answer, {
            agentKey: keyOf('agent'),
            challenge: CHALLENGE,
            network: 'regtest',
            now: NOW,
          }),
        (terms) => mustEqual('encoded again', canonicalJson(z.encode(agentTerms, terms)), answer.content),
      ),
  });
};

const EXPECT: Effect<'pay'>['expect'] = {
  hash: 'ab'.repeat(32) as Effect<'pay'>['expect']['hash'],
  amountMsat: msat(100_000_000n),
  payee: nodeOf('agent'),
  leastFinalCltv: blocks(432),
  mostFinalCltv: blocks(444),
};
const RIGHT: DecodedInvoice = {
  hash: EXPECT.hash,
  payee: EXPECT.payee,
  network: 'regtest',
  amountMsat: EXPECT.amountMsat,
  finalCltv: blocks(432),
  description: '',
  expiresAtMs: NOW + 1,
  unknownRequiredFeature: false,
};
/** Small steps around what is right: each is a field that must be exactly so, or a bound. */
const near = fc.record<DecodedInvoice>({
  hash: fc.constantFrom(
    RIGHT.hash,
    'cd'.repeat(32) as DecodedInvoice['hash'],
    'AB'.repeat(32) as DecodedInvoice['hash'],
  ),
  payee: fc.constantFrom(RIGHT.payee, nodeOf('stranger')),
  network: fc.constantFrom('regtest', 'regtest', 'bitcoin', 'signet'),
  amountMsat: fc.constantFrom(
    RIGHT.amountMsat,
    RIGHT.amountMsat,
    undefined,
    msat(100_000_001n),
    msat(99_999_999n),
    msat(0),
  ),
  finalCltv: fc.integer({ min: 430, max: 446 }).map(blocks),
  description: fc.string({ maxLength: 5 }),
  expiresAtMs: fc.constantFrom(NOW - 1, NOW, NOW + 1, NOW + 1_000, Number.MAX_SAFE_INTEGER),
  unknownRequiredFeature: fc.constantFrom(false, false, true),
});

/** S4: what is paid fits in every field; the check here is written anew from the rule. */
export const invoiceCheckDecoder = () =>
  decoder<DecodedInvoice>({
    name: 'invoice-check',
    inputs: fc.tuple(near, fc.nat(255)).map(([other, keep]) => {
      const fields = Object.keys(RIGHT).map((key, index) => [
        key,
        ((keep >> index) & 1) === 1 ? RIGHT[key as keyof DecodedInvoice] : other[key as keyof DecodedInvoice],
      ]);
      return Object.fromEntries(fields) as DecodedInvoice;
    }),
    feed(invoice) {
      const fault = invoiceFault(invoice, { expect: EXPECT }, 'regtest', NOW);
      const { description: _, finalCltv, expiresAtMs, ...exact } = invoice;
      const { description: __, finalCltv: ___, expiresAtMs: ____, ...wanted } = RIGHT;
      const plain = (value: object) =>
        JSON.stringify(value, (___key, one: unknown) => (typeof one === 'bigint' ? one.toString() : one));
      const fits =
        plain(exact) === plain(wanted) && finalCltv >= 432 && finalCltv <= 444 && expiresAtMs > NOW;
      if (fits !== (fault === undefined)) throw new Error(`${plain(invoice)}: ${fault?.reason ?? 'taken'}`);
      return fault?.reason ?? 'decoded';
    },
  });
