/** A daemon's Lightning node as it reaches it: each call and each word of a stream is a happening, and may go wrong. */
import type { LightningNode, MemoryNode } from '@tercet/lightning';
import { TercetError } from '@tercet/protocol';
import type { Life, World } from './port.js';

/** How long lnd may say that it knows nothing of what it has, once it is up again. */
const FORGETFUL_MS = 10 * 60 * 1000;
const DEADLINE_MS = 15_000;

export function nodePort(node: MemoryNode, life: Life, world: World): LightningNode {
  const call = <Answer>(name: string, act: () => Promise<Answer>): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const { random, faults } = world;
      const fail: (error: unknown) => void = reject;
      const lose = () => life.later(DEADLINE_MS, `${name} gets no answer`, () => reject(noAnswer(name)));
      if (faults.strikes('callFails')) {
        lose();
        return;
      }
      world.later(random.skewed(5, 400), name, () => {
        // What was sent before the process died gets there or not.
        if (life.isOver && random.chance(0.5)) return;
        const answered = act();
        if (faults.strikes('answerLost')) {
          answered.then(lose, lose);
        } else if (faults.strikes('answerLate')) {
          const late = (tell: () => void) =>
            life.later(random.skewed(500, 12_000), `${name} answers late`, tell);
          answered.then(
            (answer) => late(() => resolve(answer)),
            (error: unknown) => late(() => fail(error)),
          );
        } else {
          answered.then(resolve, reject);
        }
      });
    });

  /** As the node says it, or, soon after its start, `absent`. */
  const lookUp = <State extends { state: string }>(
    name: string,
    act: () => Promise<State>,
  ): Promise<State | { state: 'absent' }> =>
    call(name, async () => {
      const state = await act();
      return isForgetful() ? { state: 'absent' as const } : state;
    });
  const isForgetful = () =>
    world.nowMs - world.parties.of(node).cameUpMs < FORGETFUL_MS && world.faults.strikes('lookUpAbsent');

  /** An invoice that nobody pays is cancelled by its node in time. */
  const lapsing = <Answer>(expirySeconds: number, answer: Promise<Answer>): Promise<Answer> => {
    world.later(expirySeconds * 1000, 'an invoice lapses', () => world.network.passTime(0));
    return answer;
  };

  async function* stream<Word>(
    name: string,
    signal: AbortSignal,
    open: (signal: AbortSignal) => AsyncIterable<Word>,
  ): AsyncGenerator<Word> {
    await call(name, () => Promise.resolve());
    for await (const word of open(signal)) {
      await life.wait(world.random.skewed(5, 900), `${name} tells`);
      if (world.faults.strikes('streamBreaks')) throw noAnswer(name);
      yield word;
    }
  }

  return {
    identity: () => call('identity', () => node.identity()),
    tip: () => call('tip', () => node.tip()),
    watchTip: (signal) => stream('watchTip', signal, (ends) => node.watchTip(ends)),
    holdExpiryDelta: () => call('holdExpiryDelta', () => node.holdExpiryDelta()),
    createHold: (request) =>
      call('createHold', () => lapsing(request.expirySeconds, node.createHold(request))),
    createInvoice: (request) =>
      call('createInvoice', () => lapsing(request.expirySeconds, node.createInvoice(request))),
    lookUpInvoice: (hash) => lookUp('lookUpInvoice', () => node.lookUpInvoice(hash)),
    watchInvoice: (hash, signal) => stream('watchInvoice', signal, (ends) => node.watchInvoice(hash, ends)),
    watchEnds: (signal) => stream('watchEnds', signal, (ends) => node.watchEnds(ends)),
    settleHold: (hash, preimage) =>
      call('settleHold', () => {
        world.log.note(node, { kind: 'settleHold', hash });
        return node.settleHold(hash, preimage);
      }),
    cancelHold: (hash) =>
      call('cancelHold', () => {
        world.log.note(node, { kind: 'cancelHold', hash });
        return node.cancelHold(hash);
      }),
    decode: (request) => call('decode', () => node.decode(request)),
    pay: (request) =>
      call('pay', () => {
        world.log.note(node, { kind: 'pay', hash: request.hash, request });
        return node.pay(request);
      }),
    lookUpPayment: (hash) => lookUp('lookUpPayment', () => node.lookUpPayment(hash)),
    watchPayment: (hash, signal) => stream('watchPayment', signal, (ends) => node.watchPayment(hash, ends)),
    probe: (request) => call('probe', () => node.probe(request)),
    channelsActive: (ids) => call('channelsActive', () => node.channelsActive(ids)),
    close: () => node.close(),
  };
}

const noAnswer = (name: string): TercetError =>
  new TercetError('NODE_UNAVAILABLE', `The node gave no answer to ${name}.`, {
    wayOut: 'It is tried again.',
  });
