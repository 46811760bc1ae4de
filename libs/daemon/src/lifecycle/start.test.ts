import { TercetError } from '@tercet/protocol';
import type { Shutdown } from './shutdown.js';
import { runDaemon, type Host } from './start.js';

/** A process that records, and resolves `exited` with the first exit code. */
const fakeHost = () => {
  const printed: string[] = [];
  let signal: (name: 'SIGTERM' | 'SIGINT') => void = () => undefined;
  let fault: (error: unknown) => void = () => undefined;
  let exit: (code: number) => void = () => undefined;
  const codes: number[] = [];
  const exited = new Promise<number>((resolve) => {
    exit = (code) => {
      codes.push(code);
      resolve(code);
    };
  });
  const host: Host = {
    onSignal: (listener) => (signal = listener),
    onFault: (listener) => (fault = listener),
    exit: (code) => exit(code),
    print: (line) => printed.push(line),
  };
  return {
    host,
    printed,
    codes,
    exited,
    send: (name: 'SIGTERM' | 'SIGINT') => signal(name),
    fail: (error: unknown) => fault(error),
  };
};

const opening =
  (closed: string[], ...parts: string[]) =>
  (shutdown: Shutdown): Promise<void> => {
    for (const part of parts) shutdown.onClose(part, () => void closed.push(part));
    return Promise.resolve();
  };

const wrongNode = new TercetError('NETWORK_MISMATCH', 'The node is on signet.', {
  wayOut: 'Use another node.',
});

describe('a start that fails', () => {
  test.each([
    ['a refusal', wrongNode, 3, 'agent: The node is on signet. Use another node. [NETWORK_MISMATCH]'],
    [
      'a wrong configuration',
      new TercetError('CONFIG_INVALID', 'listen is wrong.', { wayOut: 'Correct it.' }),
      2,
      'agent: listen is wrong. Correct it. [CONFIG_INVALID]',
    ],
    ['a bug', new TypeError('x is undefined'), 1, 'no words for (x is undefined)'],
  ])('%s: one line, no stack, everything closed', async (_, error, code, line) => {
    const { host, printed, exited } = fakeHost();
    const closed: string[] = [];
    await runDaemon(
      'agent',
      async (shutdown) => {
        await opening(closed, 'store', 'node')(shutdown);
        throw error;
      },
      host,
    );
    expect(await exited).toBe(code);
    expect(closed).toEqual(['node', 'store']);
    expect(printed).toHaveLength(1);
    expect(printed[0]).toContain(line);
    expect(printed[0]).not.toMatch(/\n|\.ts/);
  });

  test('S36 a secret in the failure is not printed', async () => {
    const { host, printed, exited } = fakeHost();
    await runDaemon('agent', () => Promise.reject(new Error('postgres://me:hunter2@db refused')), host);
    await exited;
    expect(printed.join()).not.toContain('hunter2');
  });
});

describe('signals', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('%s closes in reverse order and ends with 0', async (name) => {
    const { host, send, exited, codes } = fakeHost();
    const closed: string[] = [];
    await runDaemon('agent', opening(closed, 'store', 'node', 'jobs'), host);
    expect(codes).toEqual([]);
    send(name);
    expect(await exited).toBe(0);
    expect(closed).toEqual(['jobs', 'node', 'store']);
  });

  test('a second one ends at once', async () => {
    const { host, send, codes } = fakeHost();
    let letGo: () => void = () => undefined;
    const slow = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    await runDaemon(
      'agent',
      (shutdown) => {
        shutdown.onClose('slow', () => slow, 60);
        return Promise.resolve();
      },
      host,
    );
    send('SIGTERM');
    send('SIGINT');
    expect(codes).toEqual([130]);
    letGo();
  });

  test('a part that fails to close is told, and the code is 4', async () => {
    const { host, send, exited, printed } = fakeHost();
    await runDaemon(
      'agent',
      (shutdown) => {
        shutdown.onClose('node', () => Promise.reject(new Error('busy')));
        return Promise.resolve();
      },
      host,
    );
    send('SIGTERM');
    expect(await exited).toBe(4);
    expect(printed).toEqual(['agent: node failed to close: Error: busy']);
  });

  test('during the start: the start stops at its next part, all is closed, nothing is printed', async () => {
    const { host, send, exited, printed } = fakeHost();
    const closed: string[] = [];
    await runDaemon(
      'agent',
      async (shutdown) => {
        await opening(closed, 'store')(shutdown);
        send('SIGTERM');
        await Promise.resolve();
        await opening(closed, 'node')(shutdown);
        closed.push('never reached');
      },
      host,
    );
    expect(await exited).toBe(0);
    expect(closed.sort()).toEqual(['node', 'store']);
    expect(printed).toEqual([]);
  });
});

test('an exception nobody caught closes in order and ends with 1', async () => {
  const { host, fail, exited, printed } = fakeHost();
  const closed: string[] = [];
  await runDaemon('agent', opening(closed, 'store', 'node'), host);
  fail(new Error('lost'));
  expect(await exited).toBe(1);
  expect(closed).toEqual(['node', 'store']);
  expect(printed[0]).toContain('lost');
});
