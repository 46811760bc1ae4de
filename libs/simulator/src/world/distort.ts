/** A message of a liar's own daemon, with one thing in it changed: a height, an amount, a hash, a signature. */
import { open, TercetError, type Envelope, type Role } from '@tercet/protocol';
import { sealByHand, type Written } from './forge.js';
import type { World } from './port.js';
import type { Trade } from './trade.js';

type Holder = Record<string, unknown>;

/** The message as it is where nothing in it can be changed so that it still reads as one. */
export function distort(world: World, role: Role, envelope: Envelope): Envelope {
  const { body, to, sequence, tradeId } = open(envelope);
  const changed = structuredClone(body);
  const places = placesIn(changed);
  const place = places[world.random.between(0, Math.max(0, places.length - 1))];
  if (!place) return envelope;
  place.holder[place.name] = another(world, place.holder[place.name]);
  return sealed(world, world.trade(tradeId), { role, to, sequence, body: changed }) ?? envelope;
}

function sealed(world: World, trade: Trade, written: Written): Envelope | undefined {
  try {
    const made = sealByHand(world, trade, written);
    open(made);
    return made;
  } catch (error) {
    // What is no message any more: schemas throw their own errors while it is written, the envelope ours while it is read.
    if (error instanceof TercetError || (error instanceof Error && error.name.startsWith('Zod')))
      return undefined;
    if (error instanceof Error && error.name === '$ZodEncodeError') return undefined;
    throw error;
  }
}

/** Everything in it that is a value, but its type. */
function placesIn(holder: Holder): { holder: Holder; name: string }[] {
  return Object.entries(holder).flatMap(([name, value]) => {
    if (name === 'type' || value === null || value === undefined) return [];
    return typeof value === 'object' ? placesIn(value as Holder) : [{ holder, name }];
  });
}

function another({ random }: World, value: unknown): unknown {
  switch (typeof value) {
    case 'number':
      return Math.max(0, value + random.pick([-100, -1, 1, 100]));
    case 'bigint':
      return random.chance(0.5) ? value + 1n : value / 2n;
    case 'boolean':
      return !value;
    case 'string':
      return /^[0-9a-f]{32,}$/.test(value)
        ? `${value.slice(0, -2)}${value.endsWith('00') ? '11' : '00'}`
        : value;
    default:
      return value;
  }
}
