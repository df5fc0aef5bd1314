import type { TestAPI } from 'vitest';
import type { World, WorldSettings } from './index.js';

/** vitest's `test` with a world of its own as `twin`. */
export const test: TestAPI<{ twin: World }>;
export { test as it };

/** `test` whose worlds have other settings. */
export function testWith(settings: WorldSettings): TestAPI<{ twin: World }>;
