import type { LightningNode } from '../port.js';
import { shortChannelId } from './channel-id.js';
import type { Connection } from './connection.js';
import type { ChannelsMessage } from './proto.js';

export const permissions = ['/lnrpc.Lightning/ListChannels'] as const;

/**
 * Whether each channel named is open and its peer there, so that its HTLCs are off chain (S54). A private channel may
 * be named by an alias.
 * lnd permission: /lnrpc.Lightning/ListChannels
 */
export const channelsActive =
  (lnd: Connection): LightningNode['channelsActive'] =>
  async (channelIds) => {
    const { channels } = await lnd.call<ChannelsMessage>('list its channels', (to, o, answer) =>
      to.default.listChannels({ active_only: true }, o, answer),
    );
    const active = new Set(
      channels.flatMap((c) => [c.chan_id, c.zero_conf_confirmed_scid, ...c.alias_scids].map(shortChannelId)),
    );
    return channelIds.every((id) => active.has(id));
  };
