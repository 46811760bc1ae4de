import { canonicalJson, signEvent } from '@tercet/protocol';
import { keyOf, NOW, policyOf, signerOf } from '../services/testing/samples.js';
import { openAgentTerms, signAgentTerms } from './terms-event.js';

const challenge = '11'.repeat(16);
const { id: _, sig: __, ...good } = signAgentTerms(policyOf('agent'), challenge, NOW, signerOf('agent'));
const expected = { agentKey: keyOf('agent'), challenge, network: 'regtest' as const, now: NOW };
const opened = (content: string) => () =>
  openAgentTerms(signEvent({ ...good, content }, signerOf('agent').sign), expected);

describe('S31 what an agent signed is what is read', () => {
  test('the canonical text', () => expect(opened(good.content)()).toMatchObject({ challenge }));

  test.each([
    ['other spaces', JSON.stringify(JSON.parse(good.content), null, 1)],
    ['a key twice', good.content.replace('{', '{"challenge":"x",')],
    ['a key more', canonicalJson({ ...(JSON.parse(good.content) as object), more: 1 })],
    ['no JSON', 'agent-terms'],
  ])('not in %s', (___, content) =>
    expect(opened(content)).toThrow(expect.objectContaining({ code: 'AGENT_ANSWER_UNREADABLE' }) as Error),
  );
});
