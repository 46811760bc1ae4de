/** The last good answer of each agent, as it was signed: a document of kind `agent`. */
import type { Journal } from '@tercet/journal';
import type { SignedEvent } from '@tercet/protocol';
import { z } from 'zod';

const KIND = 'agent';

const kept = z.strictObject({
  challenge: z.string(),
  event: z.strictObject({
    id: z.string(),
    pubkey: z.string(),
    created_at: z.number(),
    kind: z.number(),
    tags: z.array(z.array(z.string())),
    content: z.string(),
    sig: z.string(),
  }),
});

export interface KeptAnswer {
  challenge: string;
  event: SignedEvent;
}

export const keepAnswer = (
  journal: Pick<Journal, 'putDocument'>,
  agentKey: string,
  { challenge, event }: KeptAnswer,
): Promise<void> => journal.putDocument(KIND, agentKey, { challenge, event: { ...event } });

/** Undefined where there is none that can be read: it is asked for anew. */
export async function keptAnswer(
  journal: Pick<Journal, 'document'>,
  agentKey: string,
): Promise<KeptAnswer | undefined> {
  return kept.safeParse(await journal.document(KIND, agentKey)).data;
}
