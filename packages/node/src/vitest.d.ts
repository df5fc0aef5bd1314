import type { TestAPI } from 'vitest';
import type { World, WorldSettings } from './index.js';

/** vitest's `test` with a world of its own as `twin`; `test.scoped({ twinSettings })` gives it other settings. */
export const test: TestAPI<{ twin: World; twinSettings: WorldSettings }>;
export { test as it };
