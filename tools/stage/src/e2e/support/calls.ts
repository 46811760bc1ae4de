/** What a call was refused with. */
import { TercetError } from '@tercet/protocol';

/** The code that a call was refused with; fails where it went through. */
export async function codeOf(call: Promise<unknown>): Promise<string> {
  return (await refusalOf(call)).code;
}

/** The refusal itself: its words are part of what is promised. */
export async function refusalOf(call: Promise<unknown>): Promise<TercetError> {
  try {
    await call;
  } catch (error) {
    if (error instanceof TercetError) return error;
    throw error;
  }
  throw new Error('the call went through');
}
