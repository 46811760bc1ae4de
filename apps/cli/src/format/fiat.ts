import type { rpc } from '@tercet/protocol';
import { usage } from '../errors.js';
import { grouped } from './amount.js';
import { plain } from './plain.js';

/** Digits after the point where they aren't two (ISO 4217). */
const DECIMALS: Readonly<Record<number, string>> = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW',
};

/** Digits after the point of a currency's amounts (ISO 4217). */
export const decimalsOf = (currency: string): number => {
  const found = Object.entries(DECIMALS).find(([, currencies]) => currencies.split(' ').includes(currency));
  return found ? Number(found[0]) : 2;
};

const LARGEST_MINOR = 10n ** 15n;

/**
 * `95.00` and `EUR` as 9500 cents, digit by digit: a float would lose some. A comma, a thousands sign or a digit too many
 * is refused, since guessing it wrong is a factor of a hundred. Throws USAGE.
 */
export const parseFiat = (text: string, currency: string): rpc.FiatAmount => {
  const code = currency.trim().toUpperCase();
  if (!/^[A-Z]{3}$/.test(code)) {
    throw usage(
      `"${currency}" is not a currency. Nothing was sent.`,
      'Write its three letters (ISO 4217), as EUR.',
    );
  }
  const decimals = decimalsOf(code);
  const [, whole = '', fraction = ''] = /^(\d{1,16})(?:\.(\d+))?$/.exec(text.trim()) ?? [];
  const amountMinor = BigInt(`${whole}${fraction.padEnd(decimals, '0')}` || '0');
  if (whole === '' || fraction.length > decimals || amountMinor <= 0n || amountMinor > LARGEST_MINOR) {
    const example = decimals === 0 ? '9500' : `95.${'0'.repeat(decimals)}`;
    const digits =
      decimals === 0 ? 'without a point' : `with a point and at most ${decimals} digits after it`;
    throw usage(
      `"${text}" is not an amount of ${code}. Nothing was sent.`,
      `Write it ${digits}, as ${example}.`,
    );
  }
  return { currency: code, amountMinor, decimals };
};

/** `1 250.00 EUR`. */
export const showFiat = (fiat: rpc.FiatAmount | undefined): string => {
  if (!fiat) return '-';
  // More digits than any currency has would be a stranger's joke.
  const decimals = Math.min(fiat.decimals, 8);
  const digits = fiat.amountMinor.toString().padStart(decimals + 1, '0');
  const whole = grouped(BigInt(digits.slice(0, digits.length - decimals)));
  const fraction = decimals === 0 ? '' : `.${digits.slice(-decimals)}`;
  return `${whole}${fraction} ${plain(fiat.currency)}`;
};
