/** Mutants that change nothing anybody could see, each with the reason. Few: what can be tested is tested. */
export const EQUIVALENT: Record<string, string> = {
  'AGENT_HELD.agent creating holdCreated#0: to open':
    'the deal answers "hosted" with "agreed" in the same step, which leads there',
  'PEER_HELD.agent idle host#0: to waiting':
    'the deal answers "hosted" with "agreed" in the same step, which leads there',
};
