import { afterAll, expect, test } from '@jest/globals';
import { rpc } from '@tercet/protocol';
import { hostileClient } from '../grpc/testing/hostile-client.js';
import { sampleDaemon } from '../grpc/testing/sample-daemon.js';
import { temporaryFolders } from '../grpc/testing/temporary-folder.js';
import { FakeTrades } from '../services/testing/fake-trades.js';
import { beginNowhere } from './begin.js';
import { Inbox } from './inbox.js';
import { peerService } from './peer-service.js';
import { peerRates } from './rates.js';

const folders = temporaryFolders();
afterAll(() => folders.remove());

/** A Deliver call with an envelope that can't be opened, framed for gRPC. */
const junk = (): Uint8Array => {
  const body = rpc.DeliverRequest.encode({ envelope: rpc.Envelope.fromPartial({ id: 'junk' }) }).finish();
  const frame = Buffer.alloc(5 + body.length);
  frame.writeUInt32BE(body.length, 1);
  frame.set(body, 5);
  return frame;
};

test('S28 S37 an address that sends too fast is refused, and another one is heard', async () => {
  const inbox = new Inbox({
    trades: new FakeTrades(),
    begin: beginNowhere,
    onRefused: () => undefined,
    onHeard: () => undefined,
    rates: peerRates({ messagesPerMinute: 2, newTradesPerMinute: 1 }, () => 0),
  });
  const daemon = await sampleDaemon(await folders.make(), { services: [peerService(inbox)] });
  const deliver = async (address: string): Promise<string> => {
    const client = await hostileClient(daemon, address);
    const { stream, ended } = client.begin(junk());
    stream.end();
    const code = await ended;
    client.close();
    return code;
  };
  const codes: string[] = [];
  for (const address of ['127.0.0.2', '127.0.0.2', '127.0.0.2', '127.0.0.3'])
    codes.push(await deliver(address));
  await daemon.server.shutdown(0);
  expect(codes).toEqual(['ENVELOPE_VERSION', 'ENVELOPE_VERSION', 'TOO_FAST', 'ENVELOPE_VERSION']);
});
