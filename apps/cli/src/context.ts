import { join } from 'node:path';
import type { Command } from 'commander';
import { toJson } from './format/json.js';
import type { Daemon, Target } from './daemon/daemon.js';
import { callable, daemonEnvironment, folderFor, roleFor, type GlobalOptions } from './daemon/place.js';
import type { Role } from './daemon/role.js';
import { declined, usage } from './errors.js';
import type { Io } from './io.js';

/** What a command works with. */
export interface Context {
  io: Io;
  json: boolean;
  /** Throws ROLE_UNCLEAR. */
  role(): Role;
  dataDir(): string;
  /** Connects at the first use. */
  daemon(): Promise<Daemon>;
  /** The one answer of a command: the JSON document, or the page for people. */
  show(answer: unknown, page: () => string): void;
  /** Asks before what can't be undone; `--yes` answers. Throws USAGE where nobody can be asked, DECLINED. */
  agree(question: string, yes: boolean): Promise<void>;
  close(): void;
}

/** What a command is about, beside the options it was called with. */
export interface Needs {
  /** The one role that serves it. */
  only?: Role;
  /** The token that it shows, unless told: that of trading. */
  token?: 'trade' | 'admin';
}
/** Gives a command its context. */
export type Open = (command: Command, needs?: Needs) => Context;

export interface ContextParts {
  io: Io;
  options: GlobalOptions;
  needs?: Needs;
  open: (target: Target) => Promise<Daemon>;
}

const DEFAULT_TIMEOUT_S = 60;

/** Where the daemon listens by its own configuration, read only when no address was given. */
const configuredAddress = async (role: Role, dataDir: string, io: Io): Promise<string> => {
  const { loadConfig } = await import('@tercet/daemon');
  return callable(loadConfig(role, ['--data-dir', dataDir], daemonEnvironment(io)).listen);
};

const targetFor = async (
  options: GlobalOptions,
  io: Io,
  role: () => Role,
  dataDir: () => string,
  token: 'trade' | 'admin',
): Promise<Target> => {
  // Before the import, which takes a while: an unclear role is said at once.
  const certFile = options.certFile ?? join(dataDir(), 'tls.cert');
  const { tokenPath } = await import('@tercet/daemon');
  return {
    address: options.address ?? (await configuredAddress(role(), dataDir(), io)),
    certFile,
    tokenFile: options.tokenFile ?? tokenPath(dataDir(), token),
    timeoutMs: (options.timeout ?? DEFAULT_TIMEOUT_S) * 1000,
  };
};

export const createContext = ({ io, options, needs = {}, open }: ContextParts): Context => {
  const json = options.json === true;
  const role = () => roleFor(options, io, needs.only);
  const dataDir = () => folderFor(options, io, role);
  let opened: Daemon | undefined;
  return {
    io,
    json,
    role,
    dataDir,
    async daemon() {
      opened ??= await open(await targetFor(options, io, role, dataDir, needs.token ?? 'trade'));
      return opened;
    },
    show: (answer, page) => io.out(json ? toJson(answer) : page()),
    async agree(question, yes) {
      if (yes) return;
      if (json || !io.interactive) {
        throw usage(
          'This has to be agreed to, and nobody can be asked here. Nothing was done.',
          'Add --yes when you mean it.',
        );
      }
      if (!(await io.ask.confirm(question))) throw declined();
    },
    close: () => opened?.close(),
  };
};
