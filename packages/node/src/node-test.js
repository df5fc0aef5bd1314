// node:test: `test` with a world of its own as second argument.

import { test as base } from 'node:test';
import { testWorld } from './tests.js';

export function test(name, options, fn) {
  const [given, run] = typeof options === 'function' ? [{}, options] : [options, fn];
  const { twin: settings, ...rest } = given;
  return base(name, rest, async (t) => {
    const world = await testWorld(process.argv[1], [t.fullName ?? t.name], settings);
    try {
      await run(t, world);
    } catch (error) {
      t.diagnostic(`timetwin: world ${world.name}`);
      for (const line of (await world.report()).split('\n')) t.diagnostic(line);
      throw error;
    } finally {
      await world.discard();
    }
  });
}

export { test as it };
