import { loadConfig } from './load.js';
import { settingsOf } from './settings.js';
import { configHelp, configTable } from './table.js';

const roles = ['maker', 'taker', 'agent'] as const;

test.each(roles)('%s: every setting has words, a range, and a name nobody else has', (role) => {
  const settings = settingsOf(role);
  for (const { key, description, allowed } of settings) {
    expect([key, description, allowed]).not.toContain('');
    expect([key, allowed]).not.toContain('text');
  }
  for (const name of ['key', 'environment', 'flag'] as const) {
    expect(new Set(settings.map((setting) => setting[name])).size).toBe(settings.length);
  }
});

test.each(roles)('%s: every default is accepted when it is given', (role) => {
  const file = settingsOf(role).filter(({ fallback }) => fallback !== undefined);
  const argv = file.flatMap(({ flag, fallback }) => [
    `${flag}=${typeof fallback === 'string' ? fallback : JSON.stringify(fallback)}`,
  ]);
  expect(loadConfig(role, argv, { HOME: '/h' })).toEqual(loadConfig(role, [], { HOME: '/h' }));
});

test('the table and the help name each setting', () => {
  for (const { key, flag } of settingsOf('agent')) {
    expect(configTable('agent')).toContain(`\`${key}\``);
    expect(configHelp('agent')).toContain(flag);
  }
  expect(configTable('maker')).not.toContain('leaseBlocks');
});
