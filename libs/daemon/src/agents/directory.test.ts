import type { AgentPolicy, SignedEvent, UnixMs } from '@tercet/protocol';
import { agentTermsHashOf, blocks, rpc, sat, TercetError, unixMs } from '@tercet/protocol';
import { toWire } from '../grpc/index.js';
import { Documents } from '../services/testing/documents.js';
import { keyOf, NOW, policyOf, signerOf, trusted } from '../services/testing/samples.js';
import { announcer } from './announce.js';
import type { TrustedAgent } from './ask.js';
import { AgentDirectory } from './directory.js';
import { AGENT_TERMS_KIND, signAgentTerms } from './terms-event.js';

const DAY = 24 * 3_600_000;

interface World {
  now: UnixMs;
  asked: rpc.QueryRequest[];
  answer: (request: rpc.QueryRequest, agent: TrustedAgent) => SignedEvent;
  journal: Documents;
}

const world = (policy: AgentPolicy = policyOf('agent')): World => ({
  now: NOW,
  asked: [],
  answer: ({ challenge }) => signAgentTerms(policy, challenge, NOW, signerOf('agent')),
  journal: new Documents(),
});

const directoryIn = (w: World, agents = ['agent']) =>
  new AgentDirectory({
    agents: agents.map(trusted),
    network: 'regtest',
    journal: w.journal,
    now: () => w.now,
    ask: (agent, request) => {
      w.asked.push(request);
      return Promise.resolve().then(() => toWire(w.answer(request, agent)));
    },
  });

const standingIn = async (w: World) => (await directoryIn(w).current())[0]?.standing;

describe('A2 an answer is good for 24 hours', () => {
  test('asked with a fresh challenge, then not again, not even after a start', async () => {
    const w = world();
    const directory = directoryIn(w);
    expect(await directory.ready()).toMatchObject([
      { standing: { termsHash: agentTermsHashOf(policyOf('agent')) } },
    ]);
    await directory.ready();
    await directoryIn(w).ready();
    expect(w.asked).toMatchObject([
      { network: rpc.Network.REGTEST, challenge: expect.stringMatching(/^[0-9a-f]{32}$/) as string },
    ]);
    expect(await directoryIn(w).policyOf(keyOf('agent'))).toEqual(policyOf('agent'));
  });

  test('asked again when it is over, on refresh, and where other terms are expected', async () => {
    const w = world();
    w.answer = ({ challenge }) => signAgentTerms(policyOf('agent'), challenge, w.now, signerOf('agent'));
    const directory = directoryIn(w);
    await directory.current();
    w.now = unixMs(NOW + DAY - 1);
    await directory.current();
    expect(w.asked).toHaveLength(1);
    w.now = unixMs(NOW + DAY);
    expect(await directory.list()).toMatchObject([{ standing: { readiness: 'unknown' } }]);
    await directory.current();
    await directory.refresh();
    await directory.currentOf(keyOf('agent'), 'ab'.repeat(32) as never);
    expect(new Set(w.asked.map(({ challenge }) => challenge)).size).toBe(4);
  });

  test('two who ask at the same time share one question', async () => {
    const w = world();
    const directory = directoryIn(w);
    await Promise.all([directory.current(), directory.current(), directory.refresh()]);
    expect(w.asked).toHaveLength(1);
  });

  test('nobody is asked by listing', async () => {
    const w = world();
    expect(await directoryIn(w).list()).toMatchObject([{ standing: { readiness: 'unknown' } }]);
    expect(w.asked).toEqual([]);
  });
});

describe('an answer that is not used', () => {
  const good = policyOf('agent');
  const signed =
    (policy: AgentPolicy, at = NOW as number, by = 'agent') =>
    (request: rpc.QueryRequest) =>
      signAgentTerms(policy, request.challenge, unixMs(at), signerOf(by));

  test.each<[string, World['answer'], string]>([
    ['signed by another key', signed(good, NOW, 'mallory'), "isn't signed"],
    ['naming another key', signed(policyOf('mallory')), 'name another key'],
    ['to another challenge', () => signAgentTerms(good, '00'.repeat(16), NOW, signerOf('agent')), 'old one'],
    ['of yesterday', signed(good, NOW - DAY), 'old one'],
    ['good for longer than a day', signed(good, NOW + DAY), 'old one'],
    ['of another network', signed(policyOf('agent', { network: 'signet' })), 'is on signet'],
    [
      'of another kind',
      (request) => ({ ...signed(good)(request), kind: AGENT_TERMS_KIND + 1 }),
      "isn't signed",
    ],
    ['changed', (request) => ({ ...signed(good)(request), content: '{}' }), "isn't signed"],
    [
      'lets go of holds too early',
      signed(policyOf('agent', { holdExpiryDelta: blocks(20) })),
      '20 blocks early',
    ],
    ['a lease too long', signed(policyOf('agent', { leaseBlocks: blocks(7) })), 'lease of 7'],
    ['takes no price', signed(policyOf('agent', { largestPriceMsat: sat(1) })), 'no price'],
  ])('%s', async (_, answer, why) => {
    const w = { ...world(), answer };
    expect(await standingIn(w)).toMatchObject({
      readiness: 'unfit',
      why: expect.stringContaining(why) as string,
    });
    expect(await w.journal.documents('agent')).toEqual([]);
  });

  test('none: out of reach, and asked again the next time', async () => {
    const w = world();
    const { answer } = w;
    w.answer = () => {
      throw new TercetError('PEER_UNREACHABLE', 'Nobody answers.', { wayOut: 'Wait.' });
    };
    const directory = directoryIn(w);
    expect(await directory.current()).toMatchObject([
      { standing: { readiness: 'unreachable', why: 'Nobody answers.' } },
    ]);
    await expect(directory.policyOf(keyOf('agent'))).rejects.toMatchObject({ code: 'AGENT_NOT_READY' });
    w.answer = answer;
    expect(await directory.ready()).toHaveLength(1);
  });

  test('one agent that fails leaves the others', async () => {
    const w = world();
    const { answer } = w;
    w.answer = (request, agent) => {
      if (agent.key === keyOf('agent')) return answer(request, agent);
      throw new TercetError('PEER_UNREACHABLE', 'Nobody answers.', { wayOut: 'Wait.' });
    };
    expect(await directoryIn(w, ['gone', 'agent']).ready()).toHaveLength(1);
  });

  test('an agent that is not configured', async () => {
    await expect(directoryIn(world()).policyOf(keyOf('mallory'))).rejects.toMatchObject({
      code: 'AGENT_NOT_TRUSTED',
    });
  });
});

describe("the agent's side", () => {
  const agent = announcer({ policy: policyOf('agent'), signer: signerOf('agent'), now: () => NOW });

  test.each([
    ['another network', { challenge: '00'.repeat(16), network: rpc.Network.SIGNET }, 'WRONG_NETWORK'],
    ['no network', { challenge: '00'.repeat(16), network: rpc.Network.UNSPECIFIED }, 'WRONG_NETWORK'],
    ['a short challenge', { challenge: '00', network: rpc.Network.REGTEST }, 'ARGUMENT_INVALID'],
  ])('%s is refused', (_, request, code) => {
    expect(() => agent.answer(request)).toThrow(expect.objectContaining({ code }) as Error);
  });

  test('what it answers is what the trader takes', async () => {
    const w = world();
    const directory = new AgentDirectory({
      agents: [trusted('agent')],
      network: 'regtest',
      journal: w.journal,
      now: () => NOW,
      ask: (_, request) => Promise.resolve(agent.answer(request)),
    });
    expect(await directory.policyOf(keyOf('agent'))).toEqual(policyOf('agent'));
  });

  test('the announcement names one address per network', () => {
    const { tags, pubkey } = agent.announcement();
    expect(pubkey).toBe(keyOf('agent'));
    expect(tags.map(({ values }) => values)).toContainEqual(['d', 'tercet-regtest']);
  });
});
