/** BOLT-11 invoices grown from real ones: changed as text, or in their data with a checksum that fits again. Test code only. */
import { bech32 } from '@scure/base';
import fc from 'fast-check';
import { mutatedBytes, mutatedText } from './mutate.js';

/** Longer than any invoice; BIP-173's 90 signs don't hold for BOLT-11. */
const LONGEST = 8_000;
/** Amounts, networks and prefixes that are near to a real one. */
const PREFIXES = [
  'lnbcrt',
  'lnbcrt1m',
  'lnbcrt100u',
  'lnbcrt99999999999p',
  'lnbcrt1p',
  'lnbcrt0m',
  'lnbc100u',
  'lntb100u',
  'lntbs100u',
  'ln',
  'lno',
  'LNBCRT',
];

export function mutatedInvoice(valid: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const read = valid.map((invoice) => bech32.decode(invoice as `${string}1${string}`, LONGEST));
  const words = fc.tuple(read, fc.nat()).chain(([{ prefix, words }, pick]) =>
    fc.record({
      prefix: pick % 4 === 0 ? fc.constantFrom(...PREFIXES) : fc.constant(prefix),
      words: mutatedBytes(fc.constant(Uint8Array.from(words)), 3),
    }),
  );
  const summed = words.map(({ prefix, words: data }) =>
    bech32.encode(
      prefix.toLowerCase(),
      Array.from(data, (word) => word & 31),
      LONGEST,
    ),
  );
  return fc.oneof(
    { weight: 1, arbitrary: valid },
    { weight: 1, arbitrary: valid.map((invoice) => invoice.toUpperCase()) },
    { weight: 12, arbitrary: summed },
    { weight: 6, arbitrary: mutatedText(valid, 2) },
  );
}
