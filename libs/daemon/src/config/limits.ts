import type { Limits } from '@tercet/protocol';
import type { Config } from './schema.js';

/** What the configuration decides about each trade of this daemon, as the core wants it. */
export const limitsOf = ({
  margins,
  handshakeSeconds,
}: Pick<Config, 'margins' | 'handshakeSeconds'>): Limits => ({
  margins: {
    payoutStart: margins.payoutLastBlocks,
    forcedSettle: margins.forcedSettleBlocks,
    alarm: margins.alarmBlocks,
    decide: margins.decideByBlocks,
  },
  negotiationMs: handshakeSeconds * 1000,
});
