/** Fuzzed envelopes, signed and not: what a peer's daemon delivers. Test code only. */
import fc from 'fast-check';
import type { Plain } from '../../crypto/canonical.js';
import { canonicalJson } from '../../crypto/canonical.js';
import { signEvent } from '../../crypto/event.js';
import type { Body } from '../../messages/bodies.js';
import type { Envelope } from '../../messages/envelope.js';
import { open, seal } from '../../messages/envelope.js';
import { unixMs } from '../../units.js';
import type { TermsHash, TradeId } from '../../units.js';
import { BODY_TYPES } from '../matrix.js';
import { groundsOf, saidTo } from '../reached-states.js';
import { keyringOf } from '../three-parties.js';
import { decoder, judged, mustEqual } from './decoder.js';
import { mutatedJson, mutatedText } from './mutate.js';

/** A body of each kind, as honest parties say them. */
export function honestBodies(): Body[] {
  const [ground] = groundsOf(
    [
      ['sell', 'AGENT_HELD'],
      ['buy', 'PEER_HELD'],
    ],
    12,
  );
  return BODY_TYPES.flatMap((type) => (ground ? [saidTo(ground, 'taker', type)] : []));
}

const keys = keyringOf('taker');
const sign = (hash: string) => keys.sign(hash);
const honest = (body: Body): Envelope =>
  seal(
    {
      from: 'taker',
      to: 'agent',
      tradeId: 'ab'.repeat(32) as TradeId,
      sequence: 7,
      termsHash: 'cd'.repeat(32) as TermsHash,
      body,
    },
    unixMs(1_700_000_000_000),
    keys.publicKey,
    sign,
  );

interface Sent {
  event: Envelope;
  /** Whether id and signature fit what it says: it was signed as it now is, or not changed at all. */
  genuine: boolean;
}

/** The content as canonical JSON, as JSON of another layout, or with signs changed. */
const contents = (bodies: readonly Envelope[]): fc.Arbitrary<string> => {
  const values = mutatedJson(fc.constantFrom(...bodies).map(({ content }): unknown => JSON.parse(content)));
  return fc.oneof(
    { weight: 5, arbitrary: values.map(canonicalOr) },
    { weight: 1, arbitrary: values.map((value) => JSON.stringify(value, null, 1)) },
    { weight: 3, arbitrary: mutatedText(fc.constantFrom(...bodies.map(({ content }) => content))) },
  );
};

/** Half characters have no canonical form: there the text is JSON's own. */
function canonicalOr(value: unknown): string {
  const text = JSON.stringify(value);
  return /\\ud[89a-f]/i.test(text) ? text : canonicalJson(value as Plain);
}

const whole = (value: unknown): number => Math.trunc(Number(value)) || 0;

export const envelopeDecoder = () => {
  const envelopes = honestBodies().map(honest);
  const first = honest({ type: 'performing' });
  const fields = { tags: first.tags, created_at: first.created_at, kind: first.kind };
  const head = fc.oneof(
    { weight: 3, arbitrary: fc.constant(fields) },
    { weight: 1, arbitrary: mutatedJson(fc.constant(fields)) },
  );
  const inputs: fc.Arbitrary<Sent> = fc
    .tuple(contents(envelopes), head, fc.nat(9))
    .map(([content, changed, chance]) => {
      const { tags, created_at, kind } = { ...first, ...(changed as Partial<Envelope>) };
      // As the wire has them: repeated strings, two integers.
      const unsigned = {
        pubkey: keys.publicKey,
        created_at: whole(created_at),
        kind: whole(kind),
        tags: Array.isArray(tags)
          ? tags.map((tag: unknown) => (Array.isArray(tag) ? tag.map(String) : [String(tag)]))
          : [],
        content,
      };
      if (chance < 8) return { event: signEvent(unsigned, sign), genuine: true };
      const event = { ...first, ...unsigned };
      return { event, genuine: JSON.stringify(event) === JSON.stringify(first) };
    });
  return decoder<Sent>({
    name: 'envelope',
    inputs,
    feed: ({ event, genuine }) =>
      judged(
        () => open(event),
        ({ id, key, ...message }) => {
          if (!genuine) throw new Error('an envelope whose signature does not fit was opened');
          const again = seal(message, unixMs(event.created_at * 1000), key, sign);
          mustEqual('sealed again', JSON.stringify(again), JSON.stringify({ ...event, id }));
        },
      ),
  });
};
