import { expect, test } from '@jest/globals';
import { KeyedLock } from './keyed-lock.js';

const gate = () => {
  let open: () => void = () => undefined;
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, passed };
};

test('S22 S28: in order per key, other keys do not wait, and nothing is kept afterwards', async () => {
  const lock = new KeyedLock();
  const { open, passed } = gate();
  const done: string[] = [];
  const work = (name: string, after?: Promise<void>) => async () => {
    await after;
    done.push(name);
  };
  const all = [lock.run('a', work('a1', passed)), lock.run('a', work('a2')), lock.run('b', work('b1'))];
  await all[2];
  expect(done).toEqual(['b1']);
  expect(lock.size).toBe(1);
  open();
  await Promise.all(all);
  expect(done).toEqual(['b1', 'a1', 'a2']);
  expect(lock.size).toBe(0);
});

test('work that fails fails alone', async () => {
  const lock = new KeyedLock();
  const broken = lock.run('a', () => Promise.reject(new Error('no')));
  const next = lock.run('a', () => Promise.resolve('yes'));
  await expect(broken).rejects.toThrow('no');
  expect(await next).toBe('yes');
  expect(lock.size).toBe(0);
});
