import { randomBytes } from 'node:crypto';

import type { Engine } from './engine.js';

/** A network in which each name has one address, over all the containers that bear it. */
export interface OwnNetwork {
  readonly name: string;
  addressOf(container: string): string;
  remove(): Promise<void>;
}

/** The engine's gateway is the first address of a subnet. */
const FIRST_HOST = 2;

/** An engine gives fixed addresses only in a network whose subnet was named: its own choice is asked for, then named. */
export async function createNetwork(
  { container: { dockerode } }: Engine,
  labels: Record<string, string>,
): Promise<OwnNetwork> {
  const name = `tercet-regtest-${randomBytes(4).toString('hex')}`;
  const create = (subnet?: string) =>
    dockerode.createNetwork({
      Name: name,
      Driver: 'bridge',
      Labels: labels,
      ...(subnet !== undefined && { IPAM: { Config: [{ Subnet: subnet }] } }),
    });
  const proposed = await create();
  const { IPAM: ipam } = (await proposed.inspect()) as { IPAM?: { Config?: { Subnet?: string }[] } };
  await proposed.remove();
  const subnet = ipam?.Config?.[0]?.Subnet;
  if (subnet === undefined) throw new Error('The container engine names no subnet for a new network');
  const network = await create(subnet);

  const prefix = subnet.split('.').slice(0, 3).join('.');
  const names: string[] = [];
  return {
    name,
    addressOf(container) {
      if (!names.includes(container)) names.push(container);
      return `${prefix}.${String(FIRST_HOST + names.indexOf(container))}`;
    },
    async remove() {
      await network.remove();
    },
  };
}
