/** What a statement may speak of is seen to have moved, each by itself. */
import { expect, test } from '@jest/globals';
import { performing, Tampered } from '../testing/tampered.js';
import { Moves } from './moves.js';

const WAYS: readonly [string, (trade: Tampered, moves: Moves) => void][] = [
  ['a step', (_, moves) => (moves.steps += 1)],
  ['a block', ({ world }) => world.network.skip(1)],
  ['a reorg', ({ world }) => world.network.reorg(1)],
  ['an invoice', ({ world, hash, host }) => world.parties[host].node.invoices.cancel(hash)],
  ['a payment', ({ world, hash }) => world.wallet.payments.set(hash, { state: 'absent' })],
  ['a call to a node', ({ world, hash }) => world.log.note(world.wallet, { kind: 'cancelHold', hash })],
  ['a message', (trade) => trade.letter('agent', trade.sight.payee, { type: 'fiatSent' })],
  [
    'an outage',
    ({ world: { log, network } }) =>
      log.outages.push({ role: 'agent', of: 'node', from: network.height, until: network.height }),
  ],
  ['a fault that is logged', ({ world }) => world.parties.agent.errors.push('oh')],
  ['a look', ({ world }) => (world.parties.taker.looks += 1)],
  ['a node down', ({ world }) => (world.parties.maker.node.faults.down = true)],
  ['a channel closed', ({ world }) => (world.parties.agent.node.channelActive = false)],
  ['a node behind', ({ world }) => (world.parties.agent.node.lagBlocks = 1)],
  ['a party gone', ({ world }) => (world.parties.taker.isGone = true)],
  ['a liar', ({ world }) => world.hostile.add('taker')],
];

test.each(WAYS)('%s is a move, once', async (_, move) => {
  const trade = await Tampered.at('AGENT_HELD', performing);
  const moves = new Moves(trade.world);
  expect([moves.some(), moves.some()]).toEqual([true, false]);
  trade.world.nowMs += 1_000;
  expect(moves.some()).toBe(false);
  move(trade, moves);
  expect([moves.some(), moves.some()]).toEqual([true, false]);
});
