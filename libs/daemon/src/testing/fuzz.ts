/** `@tercet/daemon/fuzz`: configuration, token files, gRPC requests and the answers of others. Test code only. */
import type { Decoder } from '@tercet/protocol/fuzz';
import { agentAnswerDecoder, invoiceCheckDecoder } from './fuzz/answers.js';
import { callDecoder } from './fuzz/calls.js';
import { configDecoder } from './fuzz/config.js';
import { tokenDecoder } from './fuzz/tokens.js';

export { invoiceFault } from '../effects/check-invoice.js';

export const daemonDecoders = (): Decoder[] => [
  agentAnswerDecoder(),
  invoiceCheckDecoder(),
  configDecoder(),
  tokenDecoder(),
  callDecoder(),
];
