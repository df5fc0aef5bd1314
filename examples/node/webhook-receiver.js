// A receiver of Clockify's webhooks: it checks the signature, and is down for the first attempt.
//
// Run: node webhook-receiver.js

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { Timetwin } from 'timetwin';

let token;
let isDown = true;
const got = [];

/** The code under test. */
const receiver = createServer(async (request, response) => {
  let body = '';
  for await (const part of request) body += part;
  if (isDown) {
    isDown = false;
    response.writeHead(503).end();
  } else if (request.headers['clockify-signature'] !== token) {
    response.writeHead(401).end();
  } else {
    got.push(JSON.parse(body));
    response.writeHead(204).end();
  }
});
await new Promise((resolve) => receiver.listen(0, '127.0.0.1', resolve));

const twin = await Timetwin.start({ at: '2026-06-12T10:00:00Z' });
const anna = await twin.main.credentials('clockify', 'anna');
const call = async (method, path, body) => {
  const headers = { ...anna.headers, 'Content-Type': 'application/json' };
  const answer = await fetch(anna.baseUrl + path, { method, headers, body: body && JSON.stringify(body) });
  assert.ok(answer.ok, await answer.clone().text());
  return answer.json();
};
const [{ id: home }] = await call('GET', '/workspaces');
const hook = await call('POST', `/workspaces/${home}/webhooks`, {
  name: 'our receiver',
  url: `http://127.0.0.1:${receiver.address().port}/clockify`,
  webhookEvent: 'NEW_TIME_ENTRY',
  triggerSourceType: 'WORKSPACE_ID',
  triggerSource: [home],
});
token = hook.authToken;

const entry = { start: '2026-06-12T08:00:00Z', end: '2026-06-12T09:00:00Z', description: 'Tidying up' };
await call('POST', `/workspaces/${home}/time-entries`, entry);
await twin.main.clock.advance('P1D'); // The retry is due within the day; it happens now.

const [delivery] = await twin.main.deliveries();
const statuses = delivery.attempts.map((attempt) => attempt.status);
console.log(statuses, delivery.state, got[0].description);
assert.deepEqual(statuses, [503, 204]);
assert.deepEqual(got.map((message) => message.description), ['Tidying up']);
await twin.close();
receiver.close();
