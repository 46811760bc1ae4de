/**
 * The contracts: code from proto/, the same file every time.
 *   node tools/generate.mjs                    writes libs/protocol/src/gen
 *   node tools/generate.mjs --check            fails when the committed code isn't what proto/ says, or a change breaks
 *                                              what proto/baseline.binpb promised
 *   node tools/generate.mjs --accept-baseline  makes today's contracts the promise: only with a release that says so
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(import.meta.dirname, '..');
const bin = join(root, 'node_modules/.bin');
const generated = join(root, 'libs/protocol/src/gen');
const baseline = 'proto/baseline.binpb';

/** Where buf finds its plugin, protoc-gen-ts_proto. */
const plugin = dirname(fileURLToPath(import.meta.resolve('ts-proto/package.json')));

/** Runs buf. What it prints is for the person at the terminal. */
function buf(...args) {
  const env = { ...process.env, PATH: plugin + delimiter + process.env.PATH };
  execFileSync(join(bin, 'buf'), args, { cwd: root, env, stdio: 'inherit' });
}

function generate(into) {
  buf('generate', 'proto', '--template', 'proto/buf.gen.yaml', '--path', 'proto/tercet', '-o', into);
  const image = join(into, 'descriptors.binpb');
  buf('build', 'proto', '--as-file-descriptor-set', '--exclude-source-info', '-o', image);
  const base64 = readFileSync(image).toString('base64');
  rmSync(image);
  writeFileSync(
    join(into, 'descriptors.ts'),
    `/* eslint-disable */\n/** Every file of proto/ as a google.protobuf.FileDescriptorSet: what reflection answers with. */\n` +
      `export const FILE_DESCRIPTOR_SET_BASE64 =\n  "${base64}";\n`,
  );
}

/** Relative path -> content. */
function filesIn(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return new Map(
    entries.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path.slice(folder.length + 1), readFileSync(path, 'utf8')];
    }),
  );
}

function differences(fresh) {
  const expected = filesIn(fresh);
  const committed = filesIn(generated);
  const paths = new Set([...expected.keys(), ...committed.keys()]);
  return [...paths].filter((path) => expected.get(path) !== committed.get(path)).sort();
}

function check(fresh) {
  const stale = differences(fresh);
  if (stale.length > 0) {
    console.error(
      `Generated code isn't what proto/ says: ${stale.join(', ')}\nRun "npm run generate" and commit.`,
    );
    process.exitCode = 1;
  }
  try {
    buf('breaking', 'proto', '--against', baseline);
  } catch {
    console.error(
      'The contracts broke a promise (above). Keep the old field or add a new one beside it; a break on purpose is ' +
        'accepted with "npm run generate -- --accept-baseline".',
    );
    process.exitCode = 1;
  }
}

const fresh = mkdtempSync(join(tmpdir(), 'tercet-generate-'));
try {
  generate(fresh);
  if (process.argv.includes('--check')) {
    check(fresh);
  } else {
    rmSync(generated, { recursive: true, force: true });
    cpSync(fresh, generated, { recursive: true });
    if (process.argv.includes('--accept-baseline')) {
      buf('build', 'proto', '--exclude-source-info', '-o', baseline);
    }
  }
} finally {
  rmSync(fresh, { recursive: true, force: true });
}
