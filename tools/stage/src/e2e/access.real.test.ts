import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connectDaemon, SCOPES, tokenPath, type DaemonConnection, type Scope } from '@tercet/daemon';
import { hasCode, rpc, TercetError } from '@tercet/protocol';
import { MemoryStage } from '../bench/memory-stage.js';
import { PARTIES, type PartyName } from '../stage/layout.js';

/** Written by hand, from what each method does: who may call what at which daemon. What isn't here, nobody may (S30). */
const TRADE: Record<string, Scope | 'public'> = {
  listTrades: 'read',
  getTrade: 'read',
  watchTrades: 'read',
  confirmSent: 'trade',
  release: 'trade',
  cancel: 'trade',
  getEvidence: 'read',
  listAgents: 'read',
};
const EVERY = {
  DaemonService: { getStatus: 'read' },
  PeerService: { deliver: 'public' },
  TradeService: TRADE,
} as const;
const SERVED: Record<PartyName, Record<string, Record<string, Scope | 'public'>>> = {
  maker: { ...EVERY, MakerService: { createOffer: 'trade', listOffers: 'read', withdrawOffer: 'trade' } },
  taker: { ...EVERY, TakerService: { inspectOrder: 'read', take: 'trade' } },
  agent: {
    ...EVERY,
    AgentService: { query: 'public', getAnnouncement: 'public', getEscrowStatus: 'public' },
  },
};
/** Which tokens let one in, written anew. */
const OPENS: Record<Scope, readonly Scope[]> = {
  read: ['read', 'trade', 'admin'],
  trade: ['trade', 'admin'],
  'arbiter-read': ['arbiter-read', 'arbiter-rule', 'admin'],
  'arbiter-rule': ['arbiter-rule', 'admin'],
  admin: ['admin'],
};
const DEFINITIONS = [
  rpc.AgentServiceDefinition,
  rpc.ArbiterServiceDefinition,
  rpc.DaemonServiceDefinition,
  rpc.MakerServiceDefinition,
  rpc.PeerServiceDefinition,
  rpc.TakerServiceDefinition,
  rpc.TradeServiceDefinition,
] as const;
const METHODS = DEFINITIONS.flatMap((definition) =>
  Object.keys(definition.methods).map((method) => ({ definition, service: definition.name, method })),
);
const HOLDERS = ['none', 'wrong', ...SCOPES] as const;
type Holder = (typeof HOLDERS)[number];

let stage: MemoryStage;
const connections = new Map<string, DaemonConnection>();
beforeAll(async () => {
  stage = await MemoryStage.put({ call: 0, arrival: 0, settlement: 0, payment: 0 }, () => ({}));
  for (const party of PARTIES) {
    const { dir, address } = stage.places[party];
    for (const holder of HOLDERS) {
      const token = await tokenOf(dir, holder);
      connections.set(
        `${party} ${holder}`,
        await connectDaemon({ address, pin: { certPath: join(dir, 'tls.cert') }, token }),
      );
    }
  }
}, 60_000);
afterAll(async () => {
  for (const connection of connections.values()) connection.close();
  await stage.strike();
}, 60_000);

async function tokenOf(dir: string, holder: Holder): Promise<string | undefined> {
  if (holder === 'none') return undefined;
  return holder === 'wrong' ? 'x'.repeat(43) : (await readFile(tokenPath(dir, holder), 'utf8')).trim();
}

/** `in`: the method was reached, whatever it then said of an empty request. */
async function outcome(
  party: PartyName,
  holder: Holder,
  { definition, method }: (typeof METHODS)[number],
): Promise<string> {
  const connection = connections.get(`${party} ${holder}`);
  if (!connection) throw new Error(`no connection of ${party} ${holder}`);
  const call: unknown = Reflect.get(connection.client(definition), method);
  if (typeof call !== 'function') throw new Error(`there is no ${method}`);
  try {
    const answer: unknown = Reflect.apply(call, undefined, [{ tradeId: 'zz' }]);
    if (isStream(answer)) await answer[Symbol.asyncIterator]().next();
    else await answer;
    return 'in';
  } catch (error) {
    if (hasCode(error, 'NOT_SERVED')) return 'not served';
    if (!(error instanceof TercetError)) throw error;
    return error.code.startsWith('TOKEN_') ? error.code : 'in';
  }
}
const isStream = (answer: unknown): answer is AsyncIterable<unknown> =>
  typeof answer === 'object' && answer !== null && Symbol.asyncIterator in answer;

function expected(party: PartyName, holder: Holder, service: string, method: string): string {
  const needed = SERVED[party][service]?.[method];
  if (needed === undefined) return 'not served';
  if (needed === 'public') return 'in';
  if (holder === 'none') return 'TOKEN_MISSING';
  if (holder === 'wrong') return 'TOKEN_UNKNOWN';
  return OPENS[needed].includes(holder) ? 'in' : 'TOKEN_SCOPE';
}

describe(`S30 ${METHODS.length * HOLDERS.length * PARTIES.length} cells of method x token x daemon`, () => {
  test.each(PARTIES.flatMap((party) => HOLDERS.map((holder) => [party, holder] as const)))(
    `${METHODS.length} methods of the %s, token: %s`,
    async (party, holder) => {
      const cells = await Promise.all(
        METHODS.map(async (one) => [`${one.service}.${one.method}`, await outcome(party, holder, one)]),
      );
      const wanted = METHODS.map(({ service, method }) => [
        `${service}.${method}`,
        expected(party, holder, service, method),
      ]);
      expect(Object.fromEntries(cells)).toEqual(Object.fromEntries(wanted));
    },
  );
});
