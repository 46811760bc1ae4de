import type { Config } from './schema.js';

/** Smallest final CLTV of a payout invoice and the blocks a payer pads (protocol.md section 2): a payout needs both. */
const SHORTEST_ROUTE_BLOCKS = 24 + 3;

const marginsInOrder = ({ margins }: Pick<Config, 'margins'>): string[] => {
  const { payoutLastBlocks, decideByBlocks, forcedSettleBlocks, alarmBlocks } = margins;
  const order: [string, number, string, number][] = [
    ['margins.payoutLastBlocks', payoutLastBlocks, 'margins.decideByBlocks', decideByBlocks],
    ['margins.decideByBlocks', decideByBlocks, 'margins.forcedSettleBlocks', forcedSettleBlocks],
    ['margins.forcedSettleBlocks', forcedSettleBlocks, 'margins.alarmBlocks', alarmBlocks],
  ];
  const problems = order
    .filter(([, earlier, , later]) => earlier <= later)
    .map(
      ([name, earlier, other, later]) =>
        `${name} = ${earlier} must be greater than ${other} = ${later}: it comes first`,
    );
  const room = forcedSettleBlocks + SHORTEST_ROUTE_BLOCKS;
  if (payoutLastBlocks < room) {
    problems.push(
      `margins.payoutLastBlocks = ${payoutLastBlocks} must be at least ${room}: forcedSettleBlocks and the shortest route of ${SHORTEST_ROUTE_BLOCKS} blocks`,
    );
  }
  return problems;
};

const mainnetMeant = (
  config: Pick<Config, 'network' | 'allowMainnet'>,
  isGiven: (key: string) => boolean,
): string[] => {
  if (config.network !== 'bitcoin') return [];
  const problems: string[] = [];
  if (!config.allowMainnet)
    problems.push('network = bitcoin is real money: it needs allowMainnet = true as well');
  for (const key of ['ceilings.largestTradeSat', 'ceilings.openTrades', 'ceilings.satsPerHour']) {
    if (!isGiven(key))
      problems.push(`${key} has no default on network bitcoin: set what you can afford to lose`);
  }
  return problems;
};

const portsExist = (addresses: Record<string, string | undefined>): string[] =>
  Object.entries(addresses).flatMap(([key, address = '']) => {
    const port = Number(address.split(':').at(-1));
    return port > 65_535 ? [`${key} = ${address} has no such port: 0 to 65535`] : [];
  });

const agentsOnce = (config: Config): string[] => {
  const keys = config.role === 'agent' ? [] : config.agents.map(({ key }) => key);
  const twice = keys.find((key, at) => keys.indexOf(key) !== at);
  return twice === undefined ? [] : [`agents names ${twice} twice`];
};

const trades = (config: Config): string[] => {
  if (config.role !== 'agent' || config.smallestPriceSat <= config.ceilings.largestTradeSat) return [];
  return [
    `smallestPriceSat = ${config.smallestPriceSat} must not exceed ceilings.largestTradeSat = ${config.ceilings.largestTradeSat}`,
  ];
};

/** What is wrong between settings that are each right by themselves, as sentences. */
export const inconsistencies = (config: Config, isGiven: (key: string) => boolean): string[] => [
  ...marginsInOrder(config),
  ...mainnetMeant(config, isGiven),
  ...portsExist({
    listen: config.listen,
    publicAddress: config.publicAddress,
    metricsListen: config.metricsListen,
    'lnd.socket': config.lnd.socket,
  }),
  ...agentsOnce(config),
  ...trades(config),
];
