import type { TestContext, TestOptions } from 'node:test';
import type { World, WorldSettings } from './index.js';

type Run = (t: TestContext, twin: World) => void | Promise<void>;

/** node:test's `test` with a world of its own as second argument. */
export function test(name: string, fn: Run): Promise<void>;
export function test(name: string, options: TestOptions & { twin?: WorldSettings }, fn: Run): Promise<void>;
export { test as it };
