import { lightningContract } from '../contract.js';
import { MemoryLightning } from './network.js';

const setup = (hops: number) => () => {
  const network = new MemoryLightning({ routes: { hops, feePerHopMsat: 1_050n } });
  const [host, payer, stranger, unreachable] = ['host', 'payer', 'stranger', 'gone'].map((name) =>
    network.node(name),
  );
  if (!host || !payer || !stranger || !unreachable) throw new Error('A node is missing.');
  network.cut(payer, stranger);
  unreachable.goDown();
  const mine = (count: number) => {
    network.mine(count);
    return Promise.resolve();
  };
  return Promise.resolve({ host, payer, stranger, unreachable, mine, stop: () => Promise.resolve() });
};

lightningContract('in memory, direct channels', setup(0));
lightningContract('in memory, through two nodes', setup(2));
