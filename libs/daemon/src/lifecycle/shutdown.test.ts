import { hasCode } from '@tercet/protocol';
import { createShutdown } from './shutdown.js';

const setUp = () => {
  const events: string[] = [];
  const shutdown = createShutdown((part, why) => events.push(`${part} ${why}`));
  return { events, shutdown };
};

test('parts close in reverse order, one after another, once', async () => {
  const { events, shutdown } = setUp();
  for (const part of ['store', 'node', 'jobs']) {
    shutdown.onClose(part, async () => {
      events.push(`${part} begins`);
      await Promise.resolve();
      events.push(`${part} ends`);
    });
  }
  expect(shutdown.signal.aborted).toBe(false);
  const [first, second] = await Promise.all([shutdown.close(), shutdown.close()]);
  expect([first, second, shutdown.signal.aborted]).toEqual([true, true, true]);
  expect(events).toEqual(['jobs', 'node', 'store'].flatMap((part) => [`${part} begins`, `${part} ends`]));
});

test.each<[string, () => Promise<void>, string]>([
  ['rejects', () => Promise.reject(new Error('no')), 'jobs failed'],
  [
    'throws',
    () => {
      throw new Error('no');
    },
    'jobs failed',
  ],
  // A race without runners never ends.
  ['hangs', () => Promise.race([]), 'jobs late'],
])('a part that %s is told and holds up nobody', async (_, close, told) => {
  const { events, shutdown } = setUp();
  shutdown.onClose('store', () => void events.push('store closed'));
  shutdown.onClose('jobs', close, 0.02);
  expect(await shutdown.close()).toBe(false);
  expect(events).toEqual([told, 'store closed']);
});

test('a part opened while closing is closed too, and its start is stopped', async () => {
  const { events, shutdown } = setUp();
  await shutdown.close();
  let refused: unknown;
  try {
    shutdown.onClose('node', () => void events.push('node closed'));
  } catch (error) {
    refused = error;
  }
  expect(hasCode(refused, 'SHUTTING_DOWN')).toBe(true);
  await shutdown.close();
  expect(events).toEqual(['node closed']);
});
