import fc from 'fast-check';
import { decimalsOf, parseFiat, showFiat } from './fiat.js';

describe('fiat is read digit by digit', () => {
  test.each([
    ['95.00', 'EUR', 9500n],
    ['95', 'eur', 9500n],
    ['95.5', 'EUR', 9550n],
    ['0.01', 'USD', 1n],
    ['0.29', 'USD', 29n],
    ['1.005', 'KWD', 1005n],
    ['9500', 'JPY', 9500n],
    ['70368744177664.13', 'EUR', undefined],
    ['4503599627370.49', 'EUR', 450359962737049n],
  ])('%s %s', (text, currency, minor) => {
    if (minor === undefined) expect(() => parseFiat(text, currency)).toThrow('is not an amount of');
    else expect(parseFiat(text, currency).amountMinor).toBe(minor);
  });

  test.each([
    '',
    '.',
    '.5',
    '5.',
    '-1',
    '1,50',
    '1.000,00',
    '1 000.00',
    '1.005',
    '0',
    '0.00',
    '1e3',
    'NaN',
    '٣',
  ])('%j EUR is refused', (text) => expect(() => parseFiat(text, 'EUR')).toThrow('is not an amount of EUR'));

  test.each(['', 'EU', 'EURO', '€', 'E R'])('%j is no currency', (currency) =>
    expect(() => parseFiat('1.00', currency)).toThrow('is not a currency'),
  );

  test('what is shown is what was read, for every amount and number of decimals', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 1n, max: 10n ** 15n }),
        fc.constantFrom('EUR', 'JPY', 'KWD', 'UYW'),
        (amountMinor, currency) => {
          const shown = showFiat({ currency, amountMinor, decimals: decimalsOf(currency) });
          const text = shown.replace(` ${currency}`, '').replaceAll(' ', '');
          expect(parseFiat(text, currency)).toEqual({
            currency,
            amountMinor,
            decimals: decimalsOf(currency),
          });
        },
      ),
    );
  });

  test('a stranger names as many decimals as it likes', () => {
    expect(showFiat({ currency: 'E\u001b[2JR', amountMinor: 12345n, decimals: 4_000_000_000 })).toBe(
      '0.00012345 E [2JR',
    );
    expect(showFiat(undefined)).toBe('-');
  });
});
