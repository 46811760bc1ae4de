/** What somebody does who doesn't keep to the rules. */
import type { World } from './world.js';

export class Liars {
  constructor(private readonly world: World) {}

  begin(): void {
    this.world.note(`hostile: ${[...this.world.hostile].join(', ') || 'nobody'}`);
  }

  look(): void {
    this.world.note('');
  }
}
