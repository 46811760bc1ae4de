import { letGo } from './let-go.js';

describe('what is let go', () => {
  it('has no memory any more, and may be let go again', () => {
    const bytes = new Uint8Array(8_192);
    letGo(bytes);
    letGo(bytes);
    expect([bytes.byteLength, bytes.buffer.byteLength]).toEqual([0, 0]);
  });

  it('takes nothing from others: a part of something larger stays, and so does what threads share', () => {
    const whole = Buffer.from('one and the other');
    letGo(whole.subarray(4));
    expect(whole.toString()).toBe('one and the other');
    const shared = new Uint8Array(new SharedArrayBuffer(8));
    letGo(shared);
    expect(shared.byteLength).toBe(8);
  });
});
