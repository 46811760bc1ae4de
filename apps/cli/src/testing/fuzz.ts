/** `@tercet/cli/fuzz`: command lines, of a daemon that can't be reached. Test code only. */
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TercetError } from '@tercet/protocol';
import type { Decoder } from '@tercet/protocol/fuzz';
import { decoder, mutatedText } from '@tercet/protocol/fuzz';
import fc from 'fast-check';
import { runCli } from '../program.js';
import { fakeIo } from './fake-io.js';

/** Lines that reach every command; a word of each is changed, dropped or doubled. `init` writes, and has tests of its own. */
const LINES = [
  'status',
  'agents --refresh',
  'offer sell 100000 95.00 EUR --method SEPA --details IBAN --settlement-minutes 60 --shape AGENT_HELD --valid-hours 2',
  'offer buy 100000 95,00 EUR --reversible-hours 8760 --windows instant',
  'offers --all',
  'take tercet:order/e30 --agent ab --shape PEER_HELD --details x --external-wallet --yes',
  'take -',
  'trades --all --json',
  'trade 3f2a --json',
  'sent 3f2a --yes',
  'release 3f2a --yes',
  'cancel 3f2a --yes --timeout 5',
  'watch 3f2a --role taker',
  'evidence 3f2a',
  '--help',
  'trade --help',
].map((line) => line.split(' '));
const SECRET = 'IBAN DE00 5555 hidden';
/** Options whose value is a file that would be written, or read from anywhere. */
const TOUCHES = /^(--out|--data-dir|--words-file|--details-file|--token-file|--cert-file|init$)/;

const lines = fc
  .tuple(
    fc.constantFrom(...LINES),
    fc.array(fc.tuple(fc.nat(), fc.nat(3), mutatedText(fc.constantFrom(...LINES.flat()), 2)), {
      maxLength: 3,
    }),
  )
  .map(([line, changes]) =>
    changes
      .reduce((words, [at, how, word]) => {
        const index = at % words.length;
        const kept = how === 0 ? [] : how === 1 ? [word] : [words[index] ?? '', word];
        return words.toSpliced(index, 1, ...kept);
      }, line)
      .filter((word) => !TOUCHES.test(word)),
  );

/** Codes that mean a fault of this program. */
const FAULTS = /\[(CLI_FAILED|INTERNAL)\]|"(CLI_FAILED|INTERNAL)"/;

export const cliDecoders = (): Decoder[] => {
  const home = mkdtempSync(join(tmpdir(), 'tercet-fuzz-cli-'));
  return [
    decoder<string[]>({
      name: 'cli',
      share: 0.05,
      inputs: lines,
      async feed(argv) {
        const io = fakeIo(home, { stdin: SECRET });
        const exit = await runCli(
          [...argv],
          { ...io, environment: { TERCET_DATA_DIR: join(home, 'maker'), TERCET_ROLE: 'maker' } },
          () =>
            Promise.reject(new TercetError('PEER_UNREACHABLE', 'Nobody is there.', { wayOut: 'Start it.' })),
        );
        const said = io.complained();
        if (FAULTS.test(said)) throw new Error(`the command line failed: ${said}`);
        if (said.includes(SECRET)) throw new Error('an error tells what stdin held');
        return exit === 0
          ? 'decoded'
          : (/\[([A-Z_]+)\]$/.exec(said)?.[1] ?? /"code": ?"([A-Z_]+)"/.exec(said)?.[1] ?? `exit ${exit}`);
      },
      close: () => rm(home, { recursive: true, force: true }),
    }),
  ];
};
