import type { Change } from '@tercet/daemon';
import type { Party } from '../world/party.js';
import type { World } from '../world/world.js';

export interface Violation {
  number: string;
  what: string;
}

export function checkNow(_world: World, _step?: { party: Party; change: Change }): Violation[] {
  return [];
}
export function checkEnd(_world: World): Violation[] {
  return [];
}
