import { rpc } from '@tercet/protocol';
import { showMsat } from '../format/amount.js';
import { showFiat } from '../format/fiat.js';
import { networkName, readinessName, shapeName } from '../format/names.js';
import { plain } from '../format/plain.js';
import { fields, wrap } from '../format/table.js';
import { showMinutes, showTime } from '../format/time.js';
import { bold, section, yellow, type Look } from './page.js';
import { costPairs, signedPairs, trustLines } from './trust.js';

/** `SEPA instant, arrives within 10 min, can be called back for 48 h`. */
export const methodText = (method: rpc.PaymentMethod | undefined): string => {
  if (!method) return '-';
  const back = method.reversibleHours === 0 ? 'final' : `can be called back for ${method.reversibleHours} h`;
  return `${plain(method.name)}, arrives within ${showMinutes(method.settlementMinutes)}, ${back}`;
};

/** What the taker of an order would do with bitcoin. */
const takerDoes = (order: Pick<rpc.InspectOrderResponse, 'side' | 'amountMsat' | 'fiat'>): string => {
  const verb = order.side === rpc.Side.SELL ? 'buy' : 'sell';
  return `You ${verb} ${showMsat(order.amountMsat)} for ${showFiat(order.fiat)}`;
};

const agentLine = (agent: rpc.AgentInfo): string => {
  const why = agent.why === '' ? '' : `: ${plain(agent.why)}`;
  return `  ${agent.key.slice(0, 16)}  ${agent.trusted ? 'you trust it' : 'not yours'}, ${readinessName(agent.readiness)}${why}`;
};

/** An order before it is taken: what it asks, what each shape means, and why it can't be taken, if so. */
export const orderPage = (order: rpc.InspectOrderResponse, look: Look): string =>
  [
    bold(takerDoes(order), look),
    ...fields(
      [
        ['order', order.orderId],
        ['network', networkName(order.network)],
        ['paid by', methodText(order.method)],
        ['windows', plain(order.windowsPreset)],
        ['expires', showTime(order.expiresAtMs)],
      ],
      look.width,
    ),
    ...section('Agents on this order', order.agents.map(agentLine), look),
    ...section(
      'What each escrow shape means',
      order.previews.flatMap((terms, at) => [
        ...(at === 0 ? [] : ['']),
        ...trustLines(terms, look),
        ...fields([...costPairs(terms), ...signedPairs(terms)], look.width, 4),
      ]),
      look,
    ),
    ...section(
      "It can't be taken now",
      order.obstacles
        .flatMap((obstacle) => wrap(plain(obstacle), look.width, 2))
        .map((line) => yellow(line, look)),
      look,
    ),
  ].join('\n');

/** Said once more, right before the question. */
export const takeQuestion = (
  order: rpc.InspectOrderResponse,
  chosen: rpc.TermsSummary | undefined,
): string => {
  const shape = chosen ? ` under ${shapeName(chosen.shape)}` : '';
  const fee = chosen ? ` The retain fee of ${showMsat(chosen.retainFeeMsat)} is paid at once.` : '';
  return `${takerDoes(order)}${shape}.${fee} Take it?`;
};
