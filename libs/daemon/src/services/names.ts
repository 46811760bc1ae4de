/** The contract's names for the protocol's words, both ways. */
import type { Network, Role, Seat, ShapeName } from '@tercet/protocol';
import { rpc } from '@tercet/protocol';

const NETWORKS: Record<Network, rpc.Network> = {
  regtest: rpc.Network.REGTEST,
  signet: rpc.Network.SIGNET,
  testnet: rpc.Network.TESTNET,
  bitcoin: rpc.Network.BITCOIN,
};
const ROLES: Record<Role, rpc.Role> = {
  maker: rpc.Role.MAKER,
  taker: rpc.Role.TAKER,
  agent: rpc.Role.AGENT,
};
const SEATS: Record<Seat, rpc.Seat> = {
  payer: rpc.Seat.PAYER,
  payee: rpc.Seat.PAYEE,
  agent: rpc.Seat.AGENT,
};
const SHAPE_NAMES: Record<ShapeName, rpc.Shape> = {
  AGENT_HELD: rpc.Shape.AGENT_HELD,
  PEER_HELD: rpc.Shape.PEER_HELD,
};

export const rpcNetwork = (network: Network): rpc.Network => NETWORKS[network];
export const rpcRole = (role: Role | undefined): rpc.Role => (role ? ROLES[role] : rpc.Role.UNSPECIFIED);
export const rpcSeat = (seat: Seat): rpc.Seat => SEATS[seat];
export const rpcShape = (shape: ShapeName): rpc.Shape => SHAPE_NAMES[shape];
export const rpcSide = (side: 'sell' | 'buy'): rpc.Side => (side === 'sell' ? rpc.Side.SELL : rpc.Side.BUY);

/** What the maker does, seen from all three sides. */
export const rpcDirection = (side: 'sell' | 'buy'): rpc.Direction =>
  side === 'sell' ? rpc.Direction.MAKER_SELLS : rpc.Direction.MAKER_BUYS;

const back = <Name extends string, Value>(names: Record<Name, Value>, value: Value): Name | undefined =>
  (Object.keys(names) as Name[]).find((name) => names[name] === value);

/** Undefined where it is unspecified or not known here. */
export const networkOf = (network: rpc.Network): Network | undefined => back(NETWORKS, network);
/** Undefined where it is unspecified or not known here. */
export const shapeOf = (shape: rpc.Shape): ShapeName | undefined => back(SHAPE_NAMES, shape);
/** Undefined where it is unspecified or not known here. */
export const sideOf = (side: rpc.Side): 'sell' | 'buy' | undefined =>
  side === rpc.Side.SELL ? 'sell' : side === rpc.Side.BUY ? 'buy' : undefined;
