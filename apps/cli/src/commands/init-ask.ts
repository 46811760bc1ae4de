import type { Context } from '../context.js';
import type { Role } from '../daemon/role.js';
import { declined } from '../errors.js';
import { readAgent, settingsFrom, type Agent, type InitOptions, type Settings } from './init-settings.js';

const LND_FOLDER: Readonly<Record<string, string>> = { bitcoin: 'mainnet' };

const wholeNumber = (text: string): string | undefined =>
  /^[1-9]\d{0,14}$/.test(text.trim()) ? undefined : 'Write a whole number.';

/** On mainnet nothing has a default that could cost somebody more than meant (S37). */
const askMainnet = async ({ io }: Context, options: InitOptions): Promise<Partial<InitOptions>> => {
  const agreed =
    options.allowMainnet === true ||
    (await io.ask.confirm('This is real money, and you can lose it. Trade on mainnet with this daemon?'));
  if (!agreed) throw declined();
  const ask = async (set: number | undefined, question: string): Promise<number> =>
    set ?? Number((await io.ask.text(question, { check: wholeNumber })).trim());
  return {
    allowMainnet: true,
    largestTradeSat: await ask(options.largestTradeSat, 'Largest price of one trade, in sat'),
    openTrades: await ask(options.openTrades, 'Most trades at one time'),
    satsPerHour: await ask(options.satsPerHour, 'Most that may leave your node in an hour, in sat'),
  };
};

const askAgents = async ({ io }: Context): Promise<Agent[]> => {
  const agents: Agent[] = [];
  for (;;) {
    const text = await io.ask.text(
      agents.length === 0
        ? 'An agent you trust, as KEY@HOST:PORT#FINGERPRINT (empty: none for now)'
        : 'One more (empty: no)',
      {
        check: (typed) =>
          typed.trim() === '' || readAgent(typed) ? undefined : 'That is not KEY@HOST:PORT#FINGERPRINT.',
      },
    );
    const agent = readAgent(text);
    if (!agent) return agents;
    agents.push(agent);
  }
};

/** Asks for what no option has said. */
export const askSettings = async (context: Context, role: Role, options: InitOptions): Promise<Settings> => {
  const { ask } = context.io;
  const network =
    options.network ??
    (await ask.choose('Which network?', [
      { value: 'regtest', label: 'regtest', hint: 'your own, for trying out' },
      { value: 'signet', label: 'signet' },
      { value: 'testnet', label: 'testnet' },
      { value: 'bitcoin', label: 'bitcoin', hint: 'mainnet: real money' },
    ]));
  const folder = `~/.lnd/data/chain/bitcoin/${LND_FOLDER[network] ?? network}`;
  const path = async (set: string | undefined, question: string, initial: string): Promise<string> =>
    set ??
    (
      await ask.text(question, { initial, check: (text) => (text.trim() === '' ? 'Name it.' : undefined) })
    ).trim();
  return settingsFrom({
    ...options,
    network,
    ...(network === 'bitcoin' ? await askMainnet(context, options) : {}),
    lndSocket: await path(options.lndSocket, "lnd's gRPC address", '127.0.0.1:10009'),
    lndCert: await path(options.lndCert, "lnd's certificate", '~/.lnd/tls.cert'),
    lndMacaroon: await path(
      options.lndMacaroon,
      'A macaroon of lnd that may bake others',
      `${folder}/admin.macaroon`,
    ),
    agent: role === 'agent' ? undefined : (options.agent ?? (await askAgents(context))),
  });
};
