import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a person has to do, in plain words; printed without a stack. */
export class Stop extends Error {}

/** Runs docker and gives back what it prints; undefined where it fails. */
export function ask(...args) {
  const { status, stdout } = spawnSync('docker', args, { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

/** The label that says from what an image was built. */
export const inputsLabel = 'tercet.inputs';

/**
 * Builds an image unless it is there already from the same inputs; says whether it did. The builder without BuildKit is
 * part of every engine; its output is kept back, and shown when it fails.
 * @param {{ tag: string, dockerfile: string, inputs: string, layOut: (folder: string) => void, args?: Record<string, string> }} spec
 *   `inputs` changes when the context would; `layOut` fills it, an empty folder
 */
export async function build({ tag, dockerfile, inputs, layOut, args = {} }) {
  const given = Object.entries(args).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]);
  const key = createHash('sha256')
    .update([inputs, readFileSync(dockerfile, 'utf8'), ...given].join('\0'))
    .digest('hex');
  if (ask('image', 'inspect', '--format', `{{index .Config.Labels "${inputsLabel}"}}`, tag) === key)
    return false;
  const context = mkdtempSync(join(tmpdir(), 'tercet-image-'));
  try {
    layOut(context);
    const label = ['--label', `${inputsLabel}=${key}`];
    await run(['build', '--rm', '--tag', tag, '--file', dockerfile, ...label, ...given, context]);
  } finally {
    rmSync(context, { recursive: true, force: true });
  }
  return true;
}

function run(command) {
  return new Promise((done, failed) => {
    const child = spawn('docker', command, {
      env: { ...process.env, DOCKER_BUILDKIT: '0' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const printed = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => printed.push(part));
    child.once('error', failed);
    child.once('close', (code) => {
      if (code === 0) return done();
      failed(new Stop(`${Buffer.concat(printed)}\ndocker ${command.join(' ')} ended with code ${code}`));
    });
  });
}
