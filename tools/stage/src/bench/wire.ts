/** Values over a socket between two processes of a benchmark: a length, then what V8 makes of the value (bigints too). */
import type { Socket } from 'node:net';
import { deserialize, serialize } from 'node:v8';

const LENGTH_BYTES = 4;

export function send(socket: Socket, value: unknown): void {
  if (socket.destroyed) return;
  const body = serialize(value);
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(body.length);
  socket.write(Buffer.concat([length, body]));
}

export function receive(socket: Socket, take: (value: unknown) => void): void {
  let rest: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let at = 0;
    while (rest.length - at >= LENGTH_BYTES) {
      const end = at + LENGTH_BYTES + rest.readUInt32BE(at);
      if (rest.length < end) break;
      take(deserialize(rest.subarray(at + LENGTH_BYTES, end)));
      at = end;
    }
    // A copy: a part would keep the whole.
    rest = Buffer.from(rest.subarray(at));
  });
}
