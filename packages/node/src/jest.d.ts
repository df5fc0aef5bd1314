import type { World, WorldSettings } from './index.js';

/** A world named after the test that runs. It is removed when the test ends. */
export function world(settings?: WorldSettings): Promise<World>;
