/** `@tercet/protocol/fuzz`: the fuzzer, and the decoders of this package. Test code only. */
import { documentDecoders } from './fuzz/documents.js';
import { envelopeDecoder } from './fuzz/messages.js';

export { mutatedInvoice } from './fuzz/bolt11.js';
export { codeOfRefusal, decoder, judged, mustEqual, type Decoder } from './fuzz/decoder.js';
export { honestBodies } from './fuzz/messages.js';
export { mutatedBytes, mutatedJson, mutatedText } from './fuzz/mutate.js';
export { fuzz, type FuzzReport } from './fuzz/run.js';

export const protocolDecoders = () => [envelopeDecoder(), ...documentDecoders()];
