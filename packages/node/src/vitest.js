// vitest: `test` with a world of its own as `twin`.

import { test as base } from 'vitest';
import { testWorld } from './tests.js';

/** `test` whose worlds have other settings. */
export function testWith(settings) {
  return base.extend({
    twin: async ({ task }, use) => {
      const names = [];
      for (let each = task; each && each !== task.file; each = each.suite) names.unshift(each.name);
      const world = await testWorld(task.file.filepath, names, settings);
      await use(world);
      if (task.result?.state === 'fail') {
        console.error(`timetwin: world ${world.name}\n${await world.report()}`);
      }
      await world.discard();
    },
  });
}

export const test = testWith({});
export { test as it };
