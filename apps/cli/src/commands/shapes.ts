import { rpc } from '@tercet/protocol';
import { usage } from '../errors.js';

const SHAPES: Readonly<Record<string, rpc.Shape>> = {
  AGENT_HELD: rpc.Shape.AGENT_HELD,
  PEER_HELD: rpc.Shape.PEER_HELD,
};

/** `agent-held` and `AGENT_HELD` alike. Throws USAGE. */
export const parseShape = (text: string): rpc.Shape => {
  const shape = SHAPES[text.trim().toUpperCase().replaceAll('-', '_')];
  if (shape !== undefined) return shape;
  throw usage(
    `"${text}" is not an escrow shape. Nothing was sent.`,
    `Write ${Object.keys(SHAPES).join(' or ')}.`,
  );
};
