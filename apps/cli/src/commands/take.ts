import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { rpc, TercetError } from '@tercet/protocol';
import type { Context, Open } from '../context.js';
import { usage } from '../errors.js';
import { shapeName } from '../format/names.js';
import { plain } from '../format/plain.js';
import { orderPage, takeQuestion } from '../pages/order.js';
import { DETAILS_HELP, paymentDetails, type DetailsOptions } from './details.js';
import { parseShape } from './shapes.js';

interface TakeOptions extends DetailsOptions {
  agent?: string;
  shape?: string;
  externalWallet?: boolean;
  yes?: boolean;
}

/** Larger than any order: 16 agents with their contacts. */
const LARGEST_ORDER = 64 * 1024;

const readOrder = async (context: Context, order: string): Promise<string> => {
  if (order.startsWith('tercet:')) return order.trim();
  try {
    const text = (order === '-' ? await context.io.stdin() : readFileSync(order, 'utf8')).trim();
    if (text !== '' && text.length <= LARGEST_ORDER) return text;
  } catch (error) {
    throw usage(
      `${order} is not an order, and can't be read as a file: ${error instanceof Error ? error.message : String(error)}. Nothing was sent.`,
      'Give the line that begins with tercet:order/, or the file of the order.',
    );
  }
  throw usage(
    `${order} is empty, or too large for an order. Nothing was sent.`,
    'Ask its maker for the file again.',
  );
};

/** Agents by the first digits of their key, as pages show them. */
const agentKey = (order: rpc.InspectOrderResponse, typed: string | undefined): string => {
  if (typed === undefined) return '';
  const [found, ...more] = order.agents.filter(({ key }) => key.startsWith(typed.toLowerCase()));
  if (found && more.length === 0) return found.key;
  throw usage(
    found
      ? `Several agents of this order begin with ${typed}. Nothing was sent.`
      : `${typed} is not an agent of this order. Nothing was sent.`,
    'Write its key as the order shows it.',
  );
};

const chosenPreview = async (
  context: Context,
  order: rpc.InspectOrderResponse,
  { shape, yes = false }: TakeOptions,
): Promise<rpc.TermsSummary | undefined> => {
  const { previews } = order;
  if (shape !== undefined) {
    const wanted = parseShape(shape);
    const found = previews.find((preview) => preview.shape === wanted);
    if (found) return found;
    throw usage(
      `The order can't be taken under ${shapeName(wanted)}. Nothing was sent.`,
      `Choose one of: ${previews.map((preview) => shapeName(preview.shape)).join(', ') || 'none is open now'}.`,
    );
  }
  if (previews.length < 2 || yes || context.json || !context.io.interactive) return previews[0];
  const answer = await context.io.ask.choose(
    'Which shape? (the maker prefers the first)',
    previews.map((preview) => ({
      value: shapeName(preview.shape),
      label: shapeName(preview.shape),
      hint: plain(preview.trust?.whoCouldTakeSats ?? ''),
    })),
  );
  return previews.find((preview) => shapeName(preview.shape) === answer);
};

const refuseObstacles = (order: rpc.InspectOrderResponse): void => {
  if (order.obstacles.length === 0) return;
  throw new TercetError(
    'ORDER_NOT_TAKEABLE',
    `This order can't be taken now: ${order.obstacles.map(plain).join(' ')} Nothing was promised or paid.`,
    {
      wayOut:
        'Remove the obstacle ("tercet agents --refresh" asks your agents again), or take another order.',
    },
  );
};

const take = async (context: Context, source: string, options: TakeOptions): Promise<void> => {
  const orderUri = await readOrder(context, source);
  const daemon = await context.daemon();
  const order = await daemon.taker.inspectOrder({ orderUri });
  if (!context.json) context.io.out(`${orderPage(order, context.io)}\n`);
  refuseObstacles(order);
  const preview = await chosenPreview(context, order, options);
  const request = {
    orderUri,
    agentKey: agentKey(order, options.agent),
    shape: preview?.shape ?? rpc.Shape.UNSPECIFIED,
    paymentDetails: await paymentDetails(context, order.side === rpc.Side.BUY, options),
    externalWallet: options.externalWallet ?? false,
  };
  await context.agree(takeQuestion(order, preview), options.yes ?? false);
  const { tradeId } = await daemon.taker.take(request);
  context.show({ order, tradeId }, () =>
    [
      `Trade ${tradeId} has begun. Your daemon goes on by itself.`,
      `  tercet watch ${tradeId.slice(0, 8)}   every change as it happens`,
      `  tercet trade ${tradeId.slice(0, 8)}   where are my sats, what can I do${request.externalWallet ? '; the invoice for your wallet, once it is there' : ''}`,
    ].join('\n'),
  );
};

/** `tercet take ORDER`: shows what an order means, asks, and starts the trade. */
export const takeCommand = (program: Command, open: Open): void => {
  program
    .command('take')
    .description('take an order: shows who could take the sats and until when, then asks (taker)')
    .argument('<order>', 'the line that begins with tercet:order/, or the file of the order; - is stdin')
    .option('--agent <key>', 'which agent (default: the first ready one that both sides trust)')
    .option('--shape <shape>', 'which escrow shape (default: the first of the order that works here)')
    .option('--details <text>', DETAILS_HELP)
    .option('--details-file <file>', 'the same from a file; - is stdin')
    .option(
      '--external-wallet',
      'another wallet pays the escrow (AGENT_HELD): "tercet trade ID" shows the invoice',
    )
    .option('--yes', 'do not ask')
    .action((order: string, options: TakeOptions, command: Command) =>
      take(open(command, { only: 'taker' }), order, options),
    );
};
