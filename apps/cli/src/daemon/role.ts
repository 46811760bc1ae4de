import { TercetError } from '@tercet/protocol';
import { usage } from '../errors.js';

export const ROLES = ['maker', 'taker', 'agent'] as const;
export type Role = (typeof ROLES)[number];

const isRole = (text: string): text is Role => ROLES.some((role) => role === text);

/** A role as typed. Throws USAGE. */
export const parseRole = (text: string, source: string): Role => {
  if (isRole(text)) return text;
  throw usage(
    `${source} is "${text}", which is not a role. Nothing was sent.`,
    `Write one of ${ROLES.join(', ')}.`,
  );
};

export interface RoleSources {
  /** `--role`. */
  flag?: string;
  /** TERCET_ROLE. */
  environment?: string;
  /** The one role that serves the command: offers are a maker's. */
  only?: Role;
  /** Whether a role has a data folder on this machine. */
  isSetUp: (role: Role) => boolean;
}

/**
 * Which daemon is meant: the flag, else the environment, else the only one that is set up here, else the only one that
 * serves the command. Throws USAGE, ROLE_UNCLEAR.
 */
export const chooseRole = ({ flag, environment, only, isSetUp }: RoleSources): Role => {
  if (flag !== undefined) return parseRole(flag, '--role');
  if (environment !== undefined && environment !== '') return parseRole(environment, 'TERCET_ROLE');
  const here = ROLES.filter(isSetUp);
  const [single] = here;
  if (single !== undefined && here.length === 1) return single;
  if (only !== undefined && here.includes(only)) return only;
  if (here.length === 0) {
    throw new TercetError(
      'ROLE_UNCLEAR',
      'No daemon is set up for this user on this machine. Nothing was done.',
      {
        wayOut:
          'Set one up with "tercet init", or name the one you mean: --role with --data-dir, or --address, --cert-file and --token-file.',
      },
    );
  }
  throw new TercetError(
    'ROLE_UNCLEAR',
    `Several daemons are set up here (${here.join(', ')}), and it isn't clear which one you mean. Nothing was done.`,
    { wayOut: `Add --role ${here.join(' or --role ')}, or set TERCET_ROLE.` },
  );
};
