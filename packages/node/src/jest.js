// jest: a world of its own for the test that asks.

import { afterEach, expect } from '@jest/globals';
import { testWorld } from './tests.js';

const open = [];

/** A world named after the test that runs. It is removed when the test ends. */
export async function world(settings) {
  const { testPath, currentTestName } = expect.getState();
  const made = await testWorld(testPath, [currentTestName ?? 'setup'], settings);
  open.push(made);
  return made;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.discard()));
});
