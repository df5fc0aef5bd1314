// A client of Clockodo waits as long as the service asks, and no longer.
//
// Run: npx vitest run retry.test.js --dir .

import { expect } from 'vitest';
import { testWith } from 'timetwin/vitest';

const pause = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

/** The code under test: lists entries, and waits when there were too many requests. */
async function entries({ baseUrl, headers }, since, until, sleep = pause) {
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const query = new URLSearchParams({ time_since: since, time_until: until });
    const answer = await fetch(`${baseUrl}/v2/entries?${query}`, { headers });
    if (answer.status !== 429) return (await answer.json()).entries;
    await sleep(Number(answer.headers.get('retry-after')));
  }
  throw new Error('Clockodo stays busy');
}

const week = ['2026-06-08T00:00:00Z', '2026-06-12T00:00:00Z'];
const test = testWith({ at: '2026-06-12T10:00:00Z' });

test('it waits when it is told to', async ({ twin }) => {
  await twin.faults.set({ surface: 'clockodo', operation: 'listEntries', first: 1, rateLimited: true });
  const waited = [];
  const sleep = async (seconds) => {
    waited.push(seconds);
    await twin.clock.advance({ seconds });
  };
  const found = await entries(await twin.credentials('clockodo', 'anna'), ...week, sleep);
  expect(found.length).toBeGreaterThan(0);
  expect(waited).toEqual([60]);
  await twin.verify([{ operation: 'listEntries', status: 429, exactly: 1 }, { status: 200, exactly: 1 }]);
});

test('it gives up in the end', async ({ twin }) => {
  await twin.faults.set({ surface: 'clockodo', rateLimited: true });
  const anna = await twin.credentials('clockodo', 'anna');
  await expect(entries(anna, ...week, async () => {})).rejects.toThrow('stays busy');
  expect(await twin.requestCount({ status: 429 })).toBe(3);
});
