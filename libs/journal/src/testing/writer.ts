/**
 * A process that steps trades until it is killed or each of them is at a sequence; tests run it built, beside others like it.
 * Arguments: database URL, sequence to stop at, names of the trades. Prints `<name> <sequence>` for each step that was answered.
 */
import { height } from '@tercet/protocol';
import { openJournal } from '../open.js';
import { KEY, step, tradeId } from './samples.js';

const [url = '', last = '0', ...names] = process.argv.slice(2);
const journal = await openJournal({ url, key: KEY });

const stepToLast = async (name: string): Promise<void> => {
  const trade = tradeId(name);
  let sequence = 0;
  while (sequence < Number(last)) {
    const next = sequence + 1;
    const answer = await journal.commit(
      step(trade, sequence, {
        effects: [{ kind: 'send', body: { next } }],
        deadlines: { set: [{ name: `d${next}`, at: { height: height(next) } }], clear: [`d${sequence}`] },
        hashes: [{ hash: `${name}/${next}`, purpose: 'escrow' }],
        ...(sequence > 0 && { finishes: { effectKey: `${trade}/${sequence}/0`, outcome: 'sent' } }),
      }),
    );
    if (answer.result === 'committed') process.stdout.write(`${name} ${answer.sequence}\n`);
    sequence = answer.result === 'committed' ? next : ((await journal.load(trade))?.sequence ?? 0);
  }
};

await Promise.all(names.map(stepToLast));
await journal.close();
