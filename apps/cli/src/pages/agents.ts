import type { rpc } from '@tercet/protocol';
import { grouped, showMsat } from '../format/amount.js';
import { readinessName, shapeName } from '../format/names.js';
import { plain } from '../format/plain.js';
import { fields } from '../format/table.js';
import { showTime } from '../format/time.js';
import { bold, type Look } from './page.js';

const feesText = (fees: rpc.AgentFees | undefined): string =>
  fees
    ? `retain ${showMsat(fees.retainBaseMsat)} + ${grouped(fees.retainPpmPer1000Blocks)} ppm per 1 000 blocks; success ${grouped(fees.successPpm)} ppm`
    : '';

const agentLines = (agent: rpc.AgentInfo, look: Look): string[] => [
  bold(agent.key, look),
  ...fields(
    [
      ['state', `${readinessName(agent.readiness)}${agent.trusted ? '' : ', not one of yours'}`],
      ['why', plain(agent.why)],
      ['address', plain(agent.contact?.address ?? '')],
      ['certificate', plain(agent.contact?.certFingerprint ?? '')],
      ['node', plain(agent.nodeId)],
      ['shapes', agent.shapes.map(shapeName).join(' ')],
      ['fees', feesText(agent.fees)],
      [
        'prices',
        agent.largestPriceMsat === 0n
          ? ''
          : `${showMsat(agent.smallestPriceMsat)} to ${showMsat(agent.largestPriceMsat)}`,
      ],
      ['terms good until', agent.validUntilMs === 0n ? '' : showTime(agent.validUntilMs)],
    ],
    look.width,
  ),
];

/** The agents a daemon knows, and whether they are ready. */
export const agentsPage = (agents: readonly rpc.AgentInfo[], look: Look): string =>
  agents.length === 0
    ? 'No agents. Name those you trust in the configuration of the daemon ("agents").'
    : agents.map((agent) => agentLines(agent, look).join('\n')).join('\n\n');
