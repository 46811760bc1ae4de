import type { Role } from './schema.js';
import { settingsOf, type Setting } from './settings.js';

const fallback = ({ fallback }: Setting): string =>
  fallback === undefined ? '' : typeof fallback === 'string' ? fallback : JSON.stringify(fallback);

/** Every setting of a daemon as a Markdown table, for the documentation. */
export const configTable = (role: Role): string =>
  [
    '| key | environment | flag | default | allowed | what it is |',
    '|---|---|---|---|---|---|',
    ...settingsOf(role).map((setting) =>
      [
        '',
        ` \`${setting.key}\` `,
        ` \`${setting.environment}\` `,
        ` \`${setting.flag}\` `,
        fallback(setting) === '' ? ' ' : ` \`${fallback(setting)}\` `,
        ` ${setting.allowed} `,
        ` ${setting.description} `,
        '',
      ].join('|'),
    ),
    '',
  ].join('\n');

/** Every setting of a daemon as plain text, for `--help`. */
export const configHelp = (role: Role): string =>
  [
    'Settings come from flags, TERCET_... variables, a JSON file (--config FILE, else config.json in the data folder), defaults.',
    '',
    ...settingsOf(role).flatMap((setting) => [
      `  ${setting.flag}`,
      `      ${setting.description}.`,
      `      ${setting.allowed}${fallback(setting) === '' ? '' : `; default ${fallback(setting)}`}`,
    ]),
    '',
  ].join('\n');
