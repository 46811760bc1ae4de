import type { ContractNetwork } from './network.js';
import { freshPreimage, hashOf, heldHold, holdRequest, payRequest } from './network.js';

/** Reads a watch to its end and gives the names of the states, without repeats in a row. */
const statesOf = async (
  watch: AsyncIterable<{ state: string }>,
  onState?: (state: string) => Promise<unknown>,
) => {
  const names: string[] = [];
  for await (const { state } of watch) {
    if (names.at(-1) === state) continue;
    names.push(state);
    await onState?.(state);
  }
  return names;
};

const HELD = { state: 'accepted' };

export const streamContract = (network: () => ContractNetwork): void => {
  describe('S23 streams: the state now, then each change, until the last', () => {
    const forever = () => new AbortController().signal;

    test('of an invoice, from before it exists', async () => {
      const { host, payer } = network();
      const preimage = freshPreimage();
      const hash = hashOf(preimage);
      const names = await statesOf(host.watchInvoice(hash, forever()), async (state) => {
        if (state === 'absent') await host.createHold(holdRequest(hash));
        if (state === 'open') {
          const request = await host.createHold(holdRequest(hash));
          await payer.pay(payRequest(request, hash));
        }
        if (state === 'accepted') await host.settleHold(hash, preimage);
      });
      expect(names).toEqual(['absent', 'open', 'accepted', 'settled']);
      expect(await statesOf(host.watchInvoice(hash, forever()))).toEqual(['settled']);
    });

    test.each(['settled', 'cancelled'] as const)(
      'of the ends of holds: `ready`, then each hold that was looked up as held and is %s',
      async (end) => {
        const { host } = network();
        const [first, second] = [await heldHold(network()), await heldHold(network())];
        const abort = new AbortController();
        const words: string[] = [];
        for await (const word of host.watchEnds(abort.signal)) {
          words.push(word);
          if (word === first.hash) break;
          for (const { hash } of [first, second]) expect(await host.lookUpInvoice(hash)).toMatchObject(HELD);
          if (end === 'settled') await host.settleHold(first.hash, first.preimage);
          else await host.cancelHold(first.hash);
        }
        abort.abort();
        expect(words).toEqual(['ready', first.hash]);
        expect(await host.lookUpInvoice(first.hash)).toMatchObject({ state: end });
        expect(await host.lookUpInvoice(second.hash)).toMatchObject(HELD);
        await host.cancelHold(second.hash);
      },
    );

    test('of a payment', async () => {
      const { host, payer } = network();
      const { hash, preimage } = await heldHold(network());
      const names = await statesOf(payer.watchPayment(hash, forever()), async (state) => {
        if (state === 'inFlight') await host.settleHold(hash, preimage);
      });
      expect(names).toEqual(['inFlight', 'paid']);
      expect(await statesOf(payer.watchPayment(hash, forever()))).toEqual(['paid']);
    });

    test('of a payment that the node does not know: absent, and the end', async () => {
      expect(await statesOf(network().payer.watchPayment(hashOf(freshPreimage()), forever()))).toEqual([
        'absent',
      ]);
    });

    test('S5 each ends when its signal aborts, without an error', async () => {
      const { host, payer } = network();
      const { hash, preimage } = await heldHold(network());
      const abort = new AbortController();
      const seen: string[] = [];
      const read = async (name: string, watch: AsyncIterable<unknown>) => {
        for await (const _ of watch) {
          seen.push(name);
          if (['tip', 'invoice', 'ends', 'payment'].every((one) => seen.includes(one))) abort.abort();
        }
        return name;
      };
      const ended = await Promise.all([
        read('tip', host.watchTip(abort.signal)),
        read('invoice', host.watchInvoice(hash, abort.signal)),
        read('ends', host.watchEnds(abort.signal)),
        read('payment', payer.watchPayment(hash, abort.signal)),
      ]);
      expect(ended).toEqual(['tip', 'invoice', 'ends', 'payment']);
      expect(await statesOf(host.watchInvoice(hash, abort.signal))).toEqual([]);
      expect(await host.lookUpInvoice(hash)).toMatchObject({ state: 'accepted' });
      await host.settleHold(hash, preimage);
    });
  });
};
