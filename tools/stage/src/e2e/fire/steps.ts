/** The steps of a trade at one daemon, as its journal and its log name them. */
import { rpc } from '@tercet/protocol';
import type { DaemonProcess } from '../../stage/daemon-process.js';

/** A fact that a daemon took in: its kind, and the how many-eth of that kind in the trade it is. */
export interface Step {
  kind: string;
  nth: number;
}

export const nameOf = ({ kind, nth }: Step): string => (nth === 1 ? kind : `${kind} ${String(nth)}`);

/** Every step that a daemon's journal holds of a trade, in their order. */
export async function stepsOf(daemon: DaemonProcess, tradeId: string): Promise<Step[]> {
  const client = await daemon.client(rpc.TradeServiceDefinition);
  const { trade } = await client.getTrade({ tradeId });
  const count = new Map<string, number>();
  return (trade?.history ?? []).map(({ kind }) => {
    const nth = (count.get(kind) ?? 0) + 1;
    count.set(kind, nth);
    return { kind, nth };
  });
}

/**
 * Acts on a daemon the moment its log says that a step is committed, before what the step asked for has been done, or
 * while it is. Once; answers how to take it back and whether it has happened.
 * @param isMeant which trades count.
 */
export function atStep(
  daemon: DaemonProcess,
  { kind, nth }: Step,
  isMeant: (tradeId: string) => boolean,
  act: () => void,
): () => void {
  let seen = 0;
  const stop = daemon.onLine((line) => {
    const step = stepLine(line);
    if (step?.kind !== kind || !isMeant(step.tradeId)) return;
    seen += 1;
    if (seen !== nth) return;
    stop();
    act();
  });
  return stop;
}

/** A line of the log that says: this fact is committed. */
function stepLine(line: string): { tradeId: string; kind: string } | undefined {
  if (!line.includes('"msg":"step"')) return undefined;
  const parsed: unknown = JSON.parse(line);
  if (typeof parsed !== 'object' || parsed === null) return undefined;
  const { tradeId, kind } = parsed as Record<string, unknown>;
  return typeof tradeId === 'string' && typeof kind === 'string' ? { tradeId, kind } : undefined;
}
