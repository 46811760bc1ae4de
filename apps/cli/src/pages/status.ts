import { rpc } from '@tercet/protocol';
import { grouped, showMsat } from '../format/amount.js';
import { networkName, roleName } from '../format/names.js';
import { plain } from '../format/plain.js';
import { fields, wrap } from '../format/table.js';
import { showTime } from '../format/time.js';
import { bold, section, yellow, type Look } from './page.js';

const nodeState = (node: rpc.LightningStatus | undefined): string => {
  if (!node) return 'unknown';
  if (!node.reachable) return 'out of reach';
  return node.synced ? 'reachable, sees the tip of the chain' : 'reachable, behind the tip of the chain';
};

const stateText = ({ ready, stopped }: rpc.GetStatusResponse): string => {
  if (stopped) return `stopped since ${showTime(stopped.sinceMs)}: ${plain(stopped.reason)}`;
  return ready ? 'ready for new trades' : 'takes no new trades';
};

const spent = (spending: rpc.Spending | undefined): string => {
  if (!spending) return '';
  const waiting = spending.waiting === 0 ? '' : `; ${grouped(spending.waiting)} payments wait`;
  return `${showMsat(spending.sentMsat)} of at most ${showMsat(spending.capMsat)}${waiting}`;
};

/** What a trader writes into its configuration to trust this agent, as `init --agent` reads it. */
const agentLine = ({ role, identityKey, peerContact }: rpc.GetStatusResponse): string[] =>
  role === rpc.Role.AGENT && peerContact
    ? [`  ${plain(`${identityKey}@${peerContact.address}#${peerContact.certFingerprint}`)}`]
    : [];

/** What a daemon says of itself. */
export const statusPage = (status: rpc.GetStatusResponse, look: Look): string => {
  const { lightning } = status;
  return [
    bold(`${roleName(status.role)} ${plain(status.version)} on ${networkName(status.network)}`, look),
    ...fields(
      [
        ['state', stateText(status)],
        ['open trades', grouped(status.openTrades)],
        ['owed by you', showMsat(status.owedMsat)],
        ['sent this hour', spent(status.spending)],
        ['tip', `${grouped(status.tipHeight)} ${status.tipHash}`],
        ['lightning node', nodeState(lightning)],
        ['', lightning ? plain(`${lightning.alias} ${lightning.version}`) : ''],
        ['', plain(lightning?.nodeId ?? '')],
        ['identity key', status.identityKey],
        ['peers reach it at', plain(status.peerContact?.address ?? '')],
        ['certificate', plain(status.peerContact?.certFingerprint ?? '')],
      ],
      look.width,
    ),
    ...section('For traders who trust this agent: tercet init --agent', agentLine(status), look),
    ...section(
      'Not as it should be',
      status.warnings.flatMap((text) => wrap(plain(text), look.width, 2)).map((line) => yellow(line, look)),
      look,
    ),
  ].join('\n');
};
