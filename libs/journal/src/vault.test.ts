import { createVault, type Place } from './vault.js';

const key = new Uint8Array(32).fill(1);
const place: Place = ['trade', 'state', 'id', 1];
const damaged = expect.objectContaining({ code: 'JOURNAL_DAMAGED' }) as Error;

describe('S35 the vault', () => {
  const vault = createVault(key);

  it('gives back what it sealed, and seals the same value never the same twice', () => {
    const value = { amount: 5n };
    const sealed = vault.seal(place, value);
    expect(vault.open(place, sealed)).toEqual(value);
    expect(vault.seal(place, value).equals(sealed)).toBe(false);
    // A view into a larger buffer, as drivers answer them.
    expect(vault.open(place, Buffer.concat([Buffer.alloc(9), sealed]).subarray(9))).toEqual(value);
  });

  it.each<[string, Place]>([
    ['another table', ['fact', 'state', 'id', 1]],
    ['another column', ['trade', 'body', 'id', 1]],
    ['another id', ['trade', 'state', 'ie', 1]],
    ['another sequence', ['trade', 'state', 'id', 2]],
    ['parts divided otherwise', ['trade', 'state', 'id,1']],
  ])('opens nothing at %s', (_, elsewhere) => {
    const sealed = vault.seal(place, 'secret');
    expect(() => vault.open(elsewhere, sealed)).toThrow(damaged);
  });

  it('opens nothing that was changed, in any byte, or cut short', () => {
    const sealed = vault.seal(place, 'secret');
    for (let at = 0; at < sealed.length; at++) {
      const changed = Buffer.from(sealed);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      expect(() => vault.open(place, changed)).toThrow(damaged);
      expect(() => vault.open(place, sealed.subarray(0, at))).toThrow(damaged);
    }
  });

  it('opens nothing with another key', () => {
    const other = createVault(new Uint8Array(32).fill(2));
    expect(() => other.open(place, vault.seal(place, 'secret'))).toThrow(damaged);
  });
});
