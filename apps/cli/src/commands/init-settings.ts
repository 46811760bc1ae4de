import { InvalidArgumentError } from 'commander';

export interface Agent {
  key: string;
  address: string;
  fingerprint: string;
}

export interface InitOptions {
  network?: string;
  lndSocket?: string;
  lndCert?: string;
  lndMacaroon?: string;
  listen?: string;
  publicAddress?: string;
  agent?: Agent[];
  allowMainnet?: boolean;
  largestTradeSat?: number;
  openTrades?: number;
  satsPerHour?: number;
  wordsFile?: string;
  /** False with --no-input. */
  input?: boolean;
}

/** A configuration file as the daemons read it; whatever isn't in it has its default. */
export type Settings = Record<string, unknown>;

const AGENT = /^([0-9a-f]{64})@([^@#\s]+:\d{1,5})#([0-9a-f]{64})$/;

/** An agent as `KEY@HOST:PORT#FINGERPRINT`, or undefined where the text isn't one. */
export const readAgent = (text: string): Agent | undefined => {
  const [, key, address, fingerprint] = AGENT.exec(text.trim().toLowerCase()) ?? [];
  return key !== undefined && address !== undefined && fingerprint !== undefined
    ? { key, address, fingerprint }
    : undefined;
};

/** Collects `--agent`. */
export const parseAgent = (text: string, before: Agent[] | undefined): Agent[] => {
  const agent = readAgent(text);
  if (!agent)
    throw new InvalidArgumentError('Write KEY@HOST:PORT#FINGERPRINT; an agent says it with "tercet status".');
  return [...(before ?? []), agent];
};

const given = (group: Settings): Settings =>
  Object.fromEntries(Object.entries(group).filter(([, value]) => value !== undefined));

const groupOf = (name: string, group: Settings): Settings => {
  const values = given(group);
  return Object.keys(values).length === 0 ? {} : { [name]: values };
};

/** The settings that options name, and nothing that has its default. */
export const settingsFrom = (options: InitOptions): Settings => ({
  ...given({
    network: options.network,
    allowMainnet: options.allowMainnet,
    listen: options.listen,
    publicAddress: options.publicAddress,
    agents: options.agent,
  }),
  ...groupOf('lnd', {
    socket: options.lndSocket,
    certPath: options.lndCert,
    macaroonPath: options.lndMacaroon,
  }),
  ...groupOf('ceilings', {
    largestTradeSat: options.largestTradeSat,
    openTrades: options.openTrades,
    satsPerHour: options.satsPerHour,
  }),
});
