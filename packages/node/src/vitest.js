// vitest: `test` with a world of its own as `twin`.

import { test as base } from 'vitest';
import { testWorld } from './tests.js';

export const test = base.extend({
  twinSettings: {},
  twin: async ({ task, twinSettings }, use) => {
    const names = [];
    for (let each = task; each && each !== task.file; each = each.suite) names.unshift(each.name);
    const world = await testWorld(task.file.filepath, names, twinSettings);
    await use(world);
    if (task.result?.state === 'fail') {
      console.error(`timetwin: world ${world.name}\n${await world.report()}`);
    }
    await world.discard();
  },
});

export { test as it };
