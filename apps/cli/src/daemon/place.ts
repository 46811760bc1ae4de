import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Io } from '../io.js';
import { chooseRole, type Role } from './role.js';

/** Options that every command takes. */
export interface GlobalOptions {
  role?: string;
  dataDir?: string;
  address?: string;
  tokenFile?: string;
  certFile?: string;
  json?: boolean;
  timeout?: number;
}

type World = Pick<Io, 'environment' | 'home'>;

const expand = (path: string, home: string): string =>
  resolve(path === '~' || path.startsWith('~/') ? join(home, path.slice(1)) : path);

const standardFolder = (role: Role, home: string): string => join(home, '.tercet', role);

/** A daemon's folder is there once `init` or its first start has made it. */
export const roleFor = (options: GlobalOptions, { environment, home }: World, only?: Role): Role =>
  chooseRole({
    flag: options.role,
    environment: environment['TERCET_ROLE'],
    only,
    isSetUp: (role) => existsSync(standardFolder(role, home)),
  });

/** `--data-dir`, else TERCET_DATA_DIR as the daemons read it, else ~/.tercet/ROLE. */
export const folderFor = (options: GlobalOptions, { environment, home }: World, role: () => Role): string => {
  const named = options.dataDir ?? environment['TERCET_DATA_DIR'];
  return named === undefined || named === '' ? standardFolder(role(), home) : expand(named, home);
};

/** The address to call a daemon that listens on all interfaces is the loopback. */
export const callable = (listen: string): string =>
  listen.replace(/^0\.0\.0\.0:/, '127.0.0.1:').replace(/^\[(?:::|0:0:0:0:0:0:0:0)\]:/, '[::1]:');

/** What of the environment is the daemons': the role of the command line isn't a setting of theirs. */
export const daemonEnvironment = ({ environment, home }: World): Record<string, string | undefined> => ({
  ...environment,
  HOME: home,
  TERCET_ROLE: undefined,
});
