import { rpc } from '@tercet/protocol';

const name = (value: string, prefix: string): string => {
  const rest = value.startsWith(prefix) ? value.slice(prefix.length) : value;
  return rest === 'UNSPECIFIED' || rest === 'UNRECOGNIZED' ? '-' : rest;
};

/** `AGENT_HELD`. */
export const shapeName = (shape: rpc.Shape): string => name(shape, 'SHAPE_');
/** `maker`. */
export const roleName = (role: rpc.Role): string => name(role, 'ROLE_').toLowerCase();
/** `payer`. */
export const seatName = (seat: rpc.Seat): string => name(seat, 'SEAT_').toLowerCase();
/** `regtest`. */
export const networkName = (network: rpc.Network): string => name(network, 'NETWORK_').toLowerCase();
/** `ready`. */
export const readinessName = (readiness: rpc.Readiness): string =>
  name(readiness, 'READINESS_').toLowerCase();
/** `unknown`; words that are two have a blank between them. */
export const paymentStatusName = (status: rpc.PaymentStatus): string =>
  name(status, 'PAYMENT_STATUS_').toLowerCase().replace('_', ' ');
/** `open`. */
export const offerStateName = (state: rpc.OfferState): string => name(state, 'OFFER_STATE_').toLowerCase();
/** `sell`. */
export const sideName = (side: rpc.Side): string => name(side, 'SIDE_').toLowerCase();

/** What the asking party does with bitcoin; an agent does neither. */
export const doing = ({ direction, role, seat }: Pick<rpc.Trade, 'direction' | 'role' | 'seat'>): string => {
  if (role === rpc.Role.AGENT) {
    return direction === rpc.Direction.MAKER_SELLS ? 'maker sells' : 'maker buys';
  }
  return seat === rpc.Seat.PAYER ? 'you sell' : 'you buy';
};

const WHERE: Readonly<Record<string, string>> = {
  own: 'yours',
  nothing: 'nothing moved',
  underWay: 'on their way into the hold',
  held: 'held',
  returning: 'on their way back',
  releasing: 'on their way to the buyer',
  custody: "in the agent's custody",
  owed: 'owed to you',
  owing: 'owed by you',
  taken: 'taken without a release',
  returned: 'returned',
  released: 'released',
};

/** The place of sats in words; a place this version doesn't know keeps its name. */
export const whereName = (where: string): string => WHERE[where] ?? where;
