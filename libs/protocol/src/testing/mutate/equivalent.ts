/** Mutants that change nothing anybody could see, each with the reason. Few: what can be tested is tested. */
const HEARD_OR_NOT = 'the one row is for a performer that was heard, the other for one that was not';
export const EQUIVALENT: Record<string, string> = {
  'AGENT_HELD.agent creating holdCreated#0: to open':
    'the deal answers "hosted" with "agreed" in the same step, which leads there',
  'PEER_HELD.agent idle host#0: to waiting':
    'the deal answers "hosted" with "agreed" in the same step, which leads there',
  'AGENT_HELD.agent lostPerformed due:decideBy#2: below #3': HEARD_OR_NOT,
  'AGENT_HELD.agent custody due:custodyEnd#2: below #3': HEARD_OR_NOT,
  'PEER_HELD.payee unreleased ruling#3: below #4': 'a ruling is for the one or for the other',
  'debt resting due:nextTry#1: below #3': 'what was paid after all is never void',
  'PEER_HELD.agent held due:holdOver#7: below #8': HEARD_OR_NOT,
};
