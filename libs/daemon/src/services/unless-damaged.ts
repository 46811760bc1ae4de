import { hasCode } from '@tercet/protocol';

/** Undefined for a row that can't be read: it fails alone, and the others are shown (S25). */
export async function unlessDamaged<Row>(reading: Promise<Row>): Promise<Row | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (hasCode(error, 'JOURNAL_DAMAGED')) return undefined;
    throw error;
  }
}
