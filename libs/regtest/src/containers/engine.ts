import { getContainerRuntimeClient, type ContainerRuntimeClient } from 'testcontainers';

/** The engine as testcontainers found it: DOCKER_HOST first. */
export type Engine = ContainerRuntimeClient;

/** Names that tools/images gives to the images it builds. */
export const IMAGES = {
  btcd: 'tercet-regtest/btcd',
  lnd: 'tercet-regtest/lnd',
  redis: 'tercet-local/redis',
  postgres: 'tercet-local/postgres',
  maker: 'tercet/maker-daemon',
  taker: 'tercet/taker-daemon',
  agent: 'tercet/escrow-agent',
} as const;

/** tools/images/test.mjs says which, where the engine has it: it is public, and can't be had where no registry is reachable. */
export function bitcoindImage(environment = process.env): string {
  const image = environment['BITCOIND_IMAGE'];
  if (image === undefined) throw new Error('BITCOIND_IMAGE names no image of bitcoind');
  return image;
}

/** Throws an Error that says what to do where no engine answers, or an image hasn't been built in it. */
export async function openEngine(): Promise<Engine> {
  // Its cleaner is one more image to pull, and couldn't tell one run from another's; what a killed run left goes by label.
  process.env['TESTCONTAINERS_RYUK_DISABLED'] = 'true';
  let engine: Engine;
  try {
    engine = await getContainerRuntimeClient();
  } catch (error) {
    throw new Error(
      'No container engine answers. Start one and set DOCKER_HOST to it, or run `npm run test:containers`, which starts one of its own as root.',
      { cause: error },
    );
  }
  const present = await engine.container.dockerode.listImages();
  const tags = new Set(present.flatMap(({ RepoTags: names }) => names ?? []));
  const missing = Object.values(IMAGES).filter((image) => !tags.has(`${image}:latest`));
  if (missing.length > 0)
    throw new Error(`Not built yet: ${missing.join(', ')}. Run \`npm run images -- --regtest\``);
  return engine;
}
