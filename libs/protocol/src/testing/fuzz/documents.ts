/** Fuzzed documents: orders as text, terms and agent terms as JSON, invoices as strings. Test code only. */
import { base64urlnopad } from '@scure/base';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import fc from 'fast-check';
import { z } from 'zod';
import type { Plain } from '../../crypto/canonical.js';
import { canonicalJson } from '../../crypto/canonical.js';
import { TercetError } from '../../error.js';
import { body, BODIES } from '../../messages/bodies.js';
import { agentPolicy, agentTerms } from '../../terms/agent-terms.js';
import { order, orderIdOf, orderUri, readOrder, signedOrder, signOrder } from '../../terms/order.js';
import { terms } from '../../terms/terms.js';
import { performing } from '../steps.js';
import { keyringOf } from '../three-parties.js';
import { decoder, judged, mustEqual } from './decoder.js';
import { mutatedJson, mutatedText } from './mutate.js';

/** Decodes by a schema as the product does: a mismatch is a refusal, whatever it is. */
function decoded<S extends z.ZodType>(schema: S, json: unknown): z.output<S> {
  const parsed = schema.safeDecode(json as z.input<S>);
  if (parsed.success) return parsed.data;
  throw new TercetError('REFUSED_BY_SCHEMA', 'It does not fit.', { wayOut: 'None.', cause: parsed.error });
}

/** A document by its schema alone: what is taken is written again as it was read. */
const documentDecoder = (name: string, schema: z.ZodType, valid: unknown[]) =>
  decoder<unknown>({
    name,
    inputs: mutatedJson(fc.constantFrom(...valid)).map((value): unknown => JSON.parse(JSON.stringify(value))),
    feed: (json) =>
      judged(
        () => decoded(schema, json),
        (value) =>
          mustEqual(
            'encoded again',
            canonicalJson(z.encode(schema, value) as Plain),
            canonicalJson(json as Plain),
          ),
      ),
  });

export const documentDecoders = () => {
  const trades = [performing('sell', 'AGENT_HELD'), performing('buy', 'PEER_HELD')];
  const policies = trades.map((trade) => z.encode(agentPolicy, trade.policy));
  const answers = policies.map((policy) => ({
    type: 'agent-terms',
    policy,
    challenge: '11'.repeat(16),
    validUntilMs: 1_800_000_000_000,
  }));
  const known = trades.flatMap((trade) => trade.data('agent').terms ?? []).map((one) => z.encode(terms, one));
  const said = trades.flatMap((trade) => trade.delivered.map(({ effect }) => z.encode(body, effect.body)));
  return [
    documentDecoder('terms', terms, known),
    documentDecoder('agent-terms', agentTerms, answers),
    documentDecoder('bodies', body, said),
    orderDecoder(trades.map((trade) => trade.order)),
    invoiceDecoder(),
  ];
};

/** Orders in both their texts; some are signed again after the change, as their maker could. */
function orderDecoder(orders: ReturnType<typeof readOrder>[]) {
  const keys = keyringOf('maker');
  const asJson = orders.map((one) => z.encode(signedOrder, one));
  const resigned = mutatedJson(fc.constantFrom(...asJson.map((one): unknown => one.order))).map((changed) => {
    const parsed = order.safeDecode(changed as z.input<typeof order>);
    return parsed.success
      ? z.encode(
          signedOrder,
          signOrder(parsed.data, (hash) => keys.sign(hash)),
        )
      : { order: changed, signature: asJson[0]?.signature };
  });
  const values = fc.oneof(mutatedJson(fc.constantFrom(...asJson)), resigned);
  const uriOf = (value: unknown) =>
    `tercet:order/${base64urlnopad.encode(utf8ToBytes(JSON.stringify(value).toWellFormed()))}`;
  const texts = fc.oneof(
    values.map((value) => JSON.stringify(value)),
    values.map(uriOf),
    mutatedText(
      fc.constantFrom(...orders.map(orderUri), ...asJson.map((one) => JSON.stringify(one, null, 2))),
    ),
  );
  return decoder<string>({
    name: 'order',
    inputs: texts,
    feed: (text) =>
      judged(
        () => readOrder(text),
        (read) => {
          const again = readOrder(orderUri(read));
          mustEqual('read again', orderUri(again), orderUri(read));
          mustEqual('its id', orderIdOf(again.order), orderIdOf(read.order));
        },
      ),
  });
}

/** What our own code reads of an invoice's text before the node judges it: that it is one, and nothing else. */
function invoiceDecoder() {
  const data = Array.from('qpzry9x8gf2tvdw0s3jn54khce6mua7l');
  const letters = fc.string({ unit: fc.constantFrom(...data), minLength: 60, maxLength: 400 });
  const texts = fc
    .tuple(
      fc.constantFrom('lnbcrt100u1', 'lnbc1', 'lntbs20m1', 'lntb1', 'LNBCRT1', 'lno1', 'lnurl1'),
      letters,
    )
    .map((parts) => parts.join(''));
  return decoder<string>({
    name: 'invoice',
    inputs: mutatedText(texts, 4),
    feed: (request) =>
      judged(
        () => decoded(BODIES.invoice, { type: 'invoice', request }),
        (read) => {
          mustEqual('the invoice', read.request, request);
          if (!/^ln[0-9a-z]+$/.test(request) || request.length > 4_096)
            throw new Error('something else than an invoice was taken');
        },
      ),
  });
}
