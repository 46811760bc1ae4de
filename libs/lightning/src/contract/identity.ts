import { height } from '@tercet/protocol';
import type { ContractNetwork } from './network.js';
import { codeOf, drain, freshPreimage, hashOf } from './network.js';

export const identityContract = (network: () => ContractNetwork): void => {
  describe('identity and chain', () => {
    test('says who it is and on which network', async () => {
      const { host, payer } = network();
      const [one, other] = [await host.identity(), await payer.identity()];
      expect(one.nodeId).toMatch(/^0[23][0-9a-f]{64}$/);
      expect(one.network).toBe('regtest');
      expect(other.nodeId).not.toBe(one.nodeId);
    });

    test('S14 tells its own D', async () => {
      expect(await network().host.holdExpiryDelta()).toBe(18);
    });

    test('watchTip begins with the tip and tells each new one', async () => {
      const { host, mine } = network();
      const { isSynced, ...before } = await host.tip();
      expect(isSynced).toBe(true);
      expect(before.hash).toMatch(/^[0-9a-f]{64}$/);
      const abort = new AbortController();
      const heights: number[] = [];
      for await (const tip of host.watchTip(abort.signal)) {
        if (heights.length === 0) expect(tip).toEqual(before);
        heights.push(tip.height);
        if (heights.length === 1) await mine(2);
        if (tip.height === height(before.height + 2)) break;
      }
      expect(heights).toEqual([0, 1, 2].map((n) => before.height + n));
      expect((await host.tip()).height).toBe(before.height + 2);
    });

    test('S5 an unreachable node is NODE_UNAVAILABLE, soon', async () => {
      const { unreachable } = network();
      const hash = hashOf(freshPreimage());
      const { signal } = new AbortController();
      expect(await codeOf(unreachable.tip())).toBe('NODE_UNAVAILABLE');
      expect(await codeOf(unreachable.lookUpInvoice(hash))).toBe('NODE_UNAVAILABLE');
      expect(await codeOf(unreachable.lookUpPayment(hash))).toBe('NODE_UNAVAILABLE');
      expect(await codeOf(drain(unreachable.watchTip(signal)))).toBe('NODE_UNAVAILABLE');
      expect(await codeOf(drain(unreachable.watchInvoice(hash, signal)))).toBe('NODE_UNAVAILABLE');
      expect(await codeOf(drain(unreachable.watchPayment(hash, signal)))).toBe('NODE_UNAVAILABLE');
    }, 10_000);
  });
};
