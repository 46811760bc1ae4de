/** `@tercet/journal/fuzz`: values on their way through the codec and the vault, and bytes that somebody changed on disk. Test code only. */
import type { Decoder } from '@tercet/protocol/fuzz';
import { codeOfRefusal, decoder, judged, mustEqual, mutatedBytes, mutatedJson } from '@tercet/protocol/fuzz';
import fc from 'fast-check';
import { decodeJson, encodeJson } from '../codec.js';
import type { Json } from '../port.js';
import { createVault, type Place } from '../vault.js';

const VALUE: Json = {
  kind: 'accepted',
  amountMsat: 2n ** 62n,
  at: { height: 812_345, timeMs: 1_800_000_000_000 },
  list: [1n, null, true, 'text', { deep: [-1n] }],
  none: null,
};
const PLACE: Place = ['trade', 'state', 'ab', 1];
/** Amounts as they are in memory, where a change made a text of digits. */
const withAmounts = (value: unknown): unknown => {
  if (typeof value === 'string' && /^\d{1,30}$/.test(value)) return BigInt(value);
  if (Array.isArray(value)) return value.map(withAmounts);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withAmounts(item)]));
};

export const journalDecoders = (): Decoder[] => {
  const vault = createVault(new Uint8Array(32).fill(1));
  const sealed = vault.seal(PLACE, VALUE);
  const values = mutatedJson(
    fc.constant(
      JSON.parse(
        JSON.stringify(VALUE, (_, one: unknown) => (typeof one === 'bigint' ? one.toString() : one)),
      ),
    ),
  );
  return [
    decoder<unknown>({
      name: 'journal-codec',
      inputs: values.map(withAmounts),
      feed(value) {
        let text: string;
        try {
          text = encodeJson(value as Json);
        } catch (error) {
          return codeOfRefusal(error);
        }
        mustEqual('written again', encodeJson(decodeJson(text)), text);
        return 'decoded';
      },
    }),
    decoder<Uint8Array>({
      name: 'journal-vault',
      inputs: mutatedBytes(fc.constant(Uint8Array.from(sealed))),
      feed: (bytes) =>
        judged(
          () => vault.open(PLACE, bytes),
          (value) => {
            if (!sealed.equals(bytes)) throw new Error('changed bytes were opened');
            mustEqual('the value', encodeJson(value), encodeJson(VALUE));
          },
        ),
    }),
  ];
};
