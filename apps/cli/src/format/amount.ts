import { usage } from '../errors.js';
import { sat, type Msat } from '@tercet/protocol';

/** Every satoshi there can be. */
const ALL_SATS = 2_100_000_000_000_000n;

/** 1234567 as `1 234 567`. */
export const grouped = (n: bigint | number): string => String(n).replace(/\B(?=(\d{3})+(?!\d))/g, ' ');

/** `95 000 sat`; with a remainder `95 000 sat 500 msat`. */
export const showMsat = (amountMsat: bigint): string => {
  const sign = amountMsat < 0n ? '-' : '';
  const whole = amountMsat < 0n ? -amountMsat : amountMsat;
  const [sats, rest] = [whole / 1000n, whole % 1000n];
  if (rest === 0n) return `${sign}${grouped(sats)} sat`;
  return sats === 0n ? `${sign}${rest} msat` : `${sign}${grouped(sats)} sat ${rest} msat`;
};

/** `height 812 345`. */
export const showHeight = (height: number): string => `height ${grouped(height)}`;

/** A whole number of sat, as people type it: `95000`, `95_000`, `95 000`. Throws USAGE. */
export const parseSat = (text: string): Msat => {
  const digits = text.trim().replace(/(?<=\d)[_ ](?=\d)/g, '');
  const amount = /^\d{1,16}$/.test(digits) ? BigInt(digits) : 0n;
  if (amount <= 0n || amount > ALL_SATS) {
    throw usage(
      `"${text}" is not an amount of sat. Nothing was sent.`,
      'Write a whole number of satoshi, as 95000.',
    );
  }
  return sat(amount);
};
