// A Clockwork timer becomes an hour of work in Jira.
//
// Run: node --test timer.test.js

import assert from 'node:assert/strict';
import { test } from 'timetwin/node-test';

test('a timer becomes an hour', async (t, twin) => {
  await twin.clock.freeze('2030-01-07T10:00:00Z');
  const { baseUrl, headers } = await twin.credentials('clockwork', 'anna');
  const post = async (action) => {
    const body = new URLSearchParams({ issue_key: 'SSP-13' });
    return (await fetch(`${baseUrl}/${action}`, { method: 'POST', headers, body })).json();
  };

  await post('start_timer');
  await twin.clock.advance('PT1H');
  const stopped = await post('stop_timer');

  assert.equal(stopped.messages[0].body, 'Will report 1h on behalf of Anna Berger');
  const { who, what, seconds } = (await twin.ledger('jira')).at(-1);
  assert.deepEqual([who, what, seconds], ['anna@studio.example', 'SSP-13', 3600]);
});
