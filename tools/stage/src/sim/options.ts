/** What can be asked of `npm run sim`. */
import { parseArgs } from 'node:util';
import { SHAPES, TercetError, type ShapeName } from '@tercet/protocol';
import { readDeath, type ScheduleOptions } from '@tercet/simulator';

export const USAGE = `npm run sim -- [--schedules N] [--seed S] [--engine fiat] [--shape ${SHAPES.join('|')}] [--trades 1|2] [--systematic]
  --schedules N     so many schedules, of the seeds from S on; without it one where a seed is given, else 1000
  --seed S          a whole number; drawn from the time unless given, and printed
  --trades N        so many trades at once, 1 or 2; one schedule in twenty has two unless told
  --systematic      instead: every process dies at every one of its commits, in N trades of each shape (4 unless told)
of one schedule, as a failing one prints it:
  --faults 3,17     only these of its faults happen; "none" for none
  --calm-after N    nothing goes wrong after the Nth happening
  --death WHO:COMMIT:before|after:MS   that one process dies, and nothing else goes wrong
  --trace           prints everything that happens
`;

export interface SimOptions {
  schedules: number | undefined;
  seed: number;
  shape: ShapeName | undefined;
  trades: 1 | 2 | undefined;
  systematic: boolean;
  trace: boolean;
  /** One schedule alone. */
  single: Pick<ScheduleOptions, 'only' | 'calmAfter' | 'death'> | undefined;
}

const wrong = (what: string): TercetError =>
  new TercetError('SIM_OPTIONS', what, { wayOut: 'See what there is with: npm run sim -- --help' });

/** @throws SIM_OPTIONS. Undefined where help is asked for. */
export function readOptions(args: readonly string[], drawSeed: () => number): SimOptions | undefined {
  const { values } = parse(args);
  if (values.help) return undefined;
  const { schedules, seed, shape, engine, faults, death } = values;
  if (engine !== undefined && engine !== 'fiat')
    throw wrong(`There is no engine "${engine}"; there is fiat.`);
  const known = SHAPES.find((one) => one === shape);
  if (shape !== undefined && !known)
    throw wrong(`There is no shape "${shape}"; there are ${SHAPES.join(', ')}.`);
  const planned = death === undefined ? undefined : readDeath(death);
  if (death !== undefined && !planned) throw wrong(`--death ${death} isn't WHO:COMMIT:before|after:MS.`);
  const calmAfter = count('--calm-after', values['calm-after']);
  const isSingle = (seed !== undefined && schedules === undefined && !values.systematic) || values.trace;
  if (!isSingle && (faults ?? calmAfter ?? death) !== undefined)
    throw wrong(
      '--faults, --calm-after and --death are of one schedule: give its --seed and no --schedules.',
    );
  return {
    schedules: count('--schedules', schedules),
    seed: count('--seed', seed) ?? drawSeed(),
    shape: known,
    trades: tradesOf(values.trades),
    systematic: values.systematic,
    trace: values.trace,
    single: isSingle
      ? { only: faults === undefined ? undefined : numbers(faults), calmAfter, death: planned }
      : undefined,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        schedules: { type: 'string' },
        seed: { type: 'string' },
        engine: { type: 'string' },
        trades: { type: 'string' },
        shape: { type: 'string' },
        systematic: { type: 'boolean', default: false },
        faults: { type: 'string' },
        'calm-after': { type: 'string' },
        death: { type: 'string' },
        trace: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw wrong(error instanceof Error ? error.message : String(error));
  }
}

function tradesOf(text: string | undefined): 1 | 2 | undefined {
  const trades = count('--trades', text);
  if (trades !== undefined && trades !== 1 && trades !== 2)
    throw wrong(`--trades ${String(trades)}: one trade or two are played at once.`);
  return trades;
}

function count(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(number))
    throw wrong(`${option} ${text} is no whole number.`);
  return number;
}

const numbers = (text: string): Set<number> =>
  new Set(text === 'none' ? [] : text.split(',').map((one) => count('--faults', one) ?? 0));
