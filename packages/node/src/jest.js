// jest: a world of its own for the test that asks.

import { afterEach, expect } from '@jest/globals';
import { testWorld } from './tests.js';

const open = [];

/** The test that runs, as jest's runner knows it, with its errors so far. Other runners have none. */
function runningTest() {
  const symbols = Object.getOwnPropertySymbols(globalThis);
  const state = symbols.find((symbol) => symbol.description === 'JEST_STATE_SYMBOL');
  return globalThis[state]?.currentlyRunningTest;
}

/** A world named after the test that runs. It is removed when the test ends. */
export async function world(settings) {
  const { testPath, currentTestName } = expect.getState();
  const made = await testWorld(testPath, [currentTestName ?? 'setup'], settings);
  open.push({ world: made, test: runningTest() });
  return made;
}

afterEach(async () => {
  const failed = ({ test }) => test?.errors.length > 0;
  const all = open.splice(0);
  for (const { world } of all.filter(failed)) {
    console.error(`timetwin: world ${world.name}\n${await world.report()}`);
  }
  await Promise.all(all.map(({ world }) => world.discard()));
});
