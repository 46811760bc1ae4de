export type { Announcer } from './announce.js';
export { announcer } from './announce.js';
export type { AskAgent, TrustedAgent } from './ask.js';
export { askOverGrpc } from './ask.js';
export type { KnownAgent, ReadyAgent, Standing } from './directory.js';
export { AgentDirectory, notReady, notTrusted } from './directory.js';
export { agentPolicyOf } from './policy.js';
export type { Signer } from './terms-event.js';
