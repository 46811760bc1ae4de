/** What all who follow the node's streams do about one that breaks. */
import { TercetError } from '@tercet/protocol';

const RETRY_MS = 1000;
const LONGEST = 10;

/** How long to wait before a stream is taken up again that broke so often in a row: doubled each time up to ten times as long. */
export const waitMs = (retryMs = RETRY_MS, broken = 0): number => retryMs * Math.min(2 ** broken, LONGEST);

/** A node that shuts down ends its streams without a word: that is no final state. */
export const streamEnded = () =>
  new TercetError('NODE_UNAVAILABLE', 'The node ended a stream before it was over.', {
    wayOut: 'It is taken up again by itself.',
  });
