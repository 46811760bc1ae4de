// Exit code 0 while the daemon of this container serves: grpc.health.v1.Health/Check (github.com/grpc/grpc, doc/health-checking.md).
// By hand over HTTP/2 because it runs every few seconds: loading the daemon's own client costs a second of CPU, this costs 60 ms.
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect } from 'node:http2';
import { join } from 'node:path';

const patienceMs = 4000;
/** An empty HealthCheckRequest in its gRPC frame: not compressed, length 0. */
const request = Buffer.alloc(5);
/** HealthCheckResponse { status: SERVING } in its frame: length 2, field 1 as varint, 1. */
const serving = Buffer.from([0, 0, 0, 0, 2, 8, 1]);

const own = readFileSync(join(process.env.TERCET_DATA_DIR, 'tls.cert'));
const port = process.env.TERCET_LISTEN.split(':').at(-1);
const session = connect(`https://localhost:${port}`, {
  ca: own,
  checkServerIdentity: (_, shown) =>
    shown.raw.equals(new X509Certificate(own).raw)
      ? undefined
      : new Error('not the certificate of this daemon'),
});
const fail = (why) => {
  console.error(why);
  process.exit(1);
};
setTimeout(fail, patienceMs, `no answer within ${patienceMs} ms`).unref();
session.on('error', (error) => fail(error.message));

const call = session.request({
  ':method': 'POST',
  ':path': '/grpc.health.v1.Health/Check',
  'content-type': 'application/grpc',
  te: 'trailers',
});
const parts = [];
call.on('data', (part) => parts.push(part));
call.on('error', (error) => fail(error.message));
call.on('end', () => {
  const answer = Buffer.concat(parts);
  if (!answer.equals(serving)) fail(`not serving (${answer.toString('hex') || 'no answer'})`);
  session.close();
});
call.end(request);
