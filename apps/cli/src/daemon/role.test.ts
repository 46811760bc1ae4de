import { chooseRole, type Role } from './role.js';
import { callable } from './place.js';

const choose = (here: Role[], more: Partial<Parameters<typeof chooseRole>[0]> = {}): Role =>
  chooseRole({ isSetUp: (role) => here.includes(role), ...more });

test.each<[string, Role[], Parameters<typeof choose>[1], Role]>([
  ['the flag before all', ['taker'], { flag: 'agent', environment: 'maker' }, 'agent'],
  ['the environment before what is here', ['taker'], { environment: 'maker' }, 'maker'],
  ['the only one here', ['taker'], {}, 'taker'],
  ['the only one here, whatever the command', ['taker'], { only: 'maker' }, 'taker'],
  ['of several, the one that serves the command', ['maker', 'taker'], { only: 'maker' }, 'maker'],
])('%s', (_, here, more, role) => expect(choose(here, more)).toBe(role));

test.each<[string, Role[], Parameters<typeof choose>[1], string]>([
  ['none here', [], {}, 'No daemon is set up'],
  ['several here', ['maker', 'agent'], {}, 'Several daemons are set up here (maker, agent)'],
  ['several here, none serves the command', ['maker', 'agent'], { only: 'taker' }, 'Several daemons'],
  ['no role', ['maker'], { flag: 'boss' }, '--role is "boss"'],
])('%s', (_, here, more, message) => expect(() => choose(here, more)).toThrow(message));

test.each([
  ['0.0.0.0:10101', '127.0.0.1:10101'],
  ['[::]:1', '[::1]:1'],
  ['10.0.0.1:1', '10.0.0.1:1'],
])('%s is called at %s', (listen, address) => expect(callable(listen)).toBe(address));
