import { rpc } from '@tercet/protocol';
import { statusPage } from './status.js';

const LOOK = { width: 100, colour: false };
const [key, fingerprint] = ['ab'.repeat(32), 'cd'.repeat(32)];
const status = (role: rpc.Role): rpc.GetStatusResponse =>
  rpc.GetStatusResponse.fromPartial({
    role,
    identityKey: key,
    peerContact: { address: '127.0.0.1:10301', certFingerprint: fingerprint },
  });

test('an agent shows the line by which traders name it, others have none', () => {
  const line = `  ${key}@127.0.0.1:10301#${fingerprint}`;
  expect(statusPage(status(rpc.Role.AGENT), LOOK)).toContain(line);
  expect(statusPage(status(rpc.Role.MAKER), LOOK)).not.toContain(line);
});

test('a node that is out of reach or behind is said to be', () => {
  const page = (lightning: Partial<rpc.LightningStatus>): string =>
    statusPage({ ...status(rpc.Role.MAKER), lightning: rpc.LightningStatus.fromPartial(lightning) }, LOOK);
  expect(page({ reachable: false })).toContain('out of reach');
  expect(page({ reachable: true, synced: false })).toContain('behind the tip');
  expect(page({ reachable: true, synced: true })).toContain('sees the tip');
});

test('S35 a stop, and what was sent within the hour, are said', () => {
  const page = statusPage(
    {
      ...status(rpc.Role.MAKER),
      stopped: { reason: 'odd payments', by: 'admin', sinceMs: 1_790_000_000_000n },
      spending: { sentMsat: 60_000_000n, capMsat: 100_000_000n, waiting: 2 },
    },
    LOOK,
  );
  expect(page).toContain('stopped since 2026-09-21 14:13 UTC: odd payments');
  expect(page).toContain('60 000 sat of at most 100 000 sat; 2 payments wait');
});
