import { ServerCredentials } from '@grpc/grpc-js';
import type { DaemonTls } from './tls.js';

/** The daemon's certificate, and an end for handshakes that aren't finished: Node waits two minutes for each (S37). */
export class BoundedCredentials extends ServerCredentials {
  constructor({ certPem, keyPem }: Pick<DaemonTls, 'certPem' | 'keyPem'>, handshakeMs: number) {
    super({ requestCert: false, handshakeTimeout: handshakeMs }, { cert: certPem, key: keyPem });
  }

  _equals(other: ServerCredentials): boolean {
    return this === other;
  }
}
