import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What the engine's own command line prints; `input` is what it reads. */
export async function docker(args: readonly string[], input = ''): Promise<string> {
  const running = run('docker', args, { env: { ...process.env, DOCKER_BUILDKIT: '0' } });
  running.child.stdin?.end(input);
  return (await running).stdout;
}

/** Builds what a next version would be, for the engine another image: the same programs under another tag and label. */
export async function nextImage(image: string): Promise<string> {
  const tag = `${image}:next`;
  const recipe = `FROM ${image}\nLABEL org.opencontainers.image.version=next\n`;
  await docker(['build', '--quiet', '--tag', tag, '-'], recipe);
  return tag;
}
