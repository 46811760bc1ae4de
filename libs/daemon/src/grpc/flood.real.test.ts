import { rpc } from '@tercet/protocol';
import { hostileClient } from './testing/hostile-client.js';
import { sampleDaemon } from './testing/sample-daemon.js';
import { temporaryFolders } from './testing/temporary-folder.js';

const folders = temporaryFolders();
afterAll(() => folders.remove());

/** Both ends of each are in this process: at a daemon it is half of that. */
const MOST_BYTES_PER_CONNECTION = 256 * 1024;

test('S37 1 000 idle connections: an honest client is answered, memory stays bounded, and they end', async () => {
  const daemon = await sampleDaemon(await folders.make(), { idleMs: 15_000 });
  const before = process.memoryUsage().rss;
  const idle = [];
  // Two addresses, each under its ceiling of 512.
  for (let n = 0; n < 1_000; n += 1) idle.push(await hostileClient(daemon, `127.0.0.${2 + (n % 2)}`));
  const connection = await daemon.connect();
  const client = connection.client(rpc.PeerServiceDefinition);
  const times: number[] = [];
  for (let n = 0; n < 100; n += 1) {
    const from = performance.now();
    expect(await client.deliver({ envelope: { id: 'e1' } })).toMatchObject({ receipt: { envelopeId: 'e1' } });
    times.push(performance.now() - from);
  }
  expect((process.memoryUsage().rss - before) / 1_000).toBeLessThan(MOST_BYTES_PER_CONNECTION);
  expect(times.sort((a, b) => a - b)[50]).toBeLessThan(1_000);
  await Promise.all(idle.map(({ gone }) => gone));
  connection.close();
  await daemon.server.shutdown(0);
});
