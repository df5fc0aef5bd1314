// A world does what the control API can do.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after } from 'node:test';
import { NotAsExpected, ProblemError, Timetwin, TimetwinError } from 'timetwin';
import { test as timetwinTest } from 'timetwin/node-test';
import { NOON, call, startTimer, stopTimer } from './calls.js';

process.env.TIMETWIN_AT ??= NOON.toISOString();
const twin = await Timetwin.start();
process.env.TIMETWIN_URL = twin.url;
after(() => twin.close());

const test = (name, run) => timetwinTest(name, (t, world) => run(world, t));

test('credentials are of this world', async (world) => {
  const anna = await world.credentials('clockify', 'anna@studio.example');
  assert.deepEqual(anna.headers, { 'X-Api-Key': `demo-clockify-anna~${world.name}` });
  assert.match(anna.reportsBaseUrl, /\/v1$/);
  const [status, me] = await call(anna, 'GET', '/user');
  assert.deepEqual([status, me.email], [200, 'anna@studio.example']);
  const everybody = await world.credentials('clockify');
  assert.equal(everybody[0].role, 'OWNER');
  assert.deepEqual(Object.keys((await world.credentials('time-tracker', 'anna')).query), ['Apikey']);
  await assert.rejects(world.credentials('toggl'), /there is no surface 'toggl', only clockify, /);
  await assert.rejects(world.credentials('clockify', 'zoe'), /'zoe' has no credential of clockify, only anna@/);
});

test('the clock freezes, moves and runs', async (world) => {
  const { clock } = world;
  assert.deepEqual(await clock.now(), NOON);
  assert.deepEqual(await clock.advance({ hours: 1, minutes: 30 }), new Date('2026-06-12T11:30:00Z'));
  assert.deepEqual(await clock.advance('PT0.5S'), new Date('2026-06-12T11:30:00.500Z'));
  assert.deepEqual(await clock.set('2030-01-01T00:00:00+01:00'), new Date('2029-12-31T23:00:00Z'));
  assert.equal((await world.info()).clockMode, 'frozen');
  assert.ok((await clock.run(NOON)) - NOON < 60_000);
  assert.equal((await world.info()).clockMode, 'real');
  await clock.freeze();
  assert.deepEqual(await clock.now(), await clock.now());
  await assert.rejects(clock.advance('1h'), (error) => {
    assert.ok(error instanceof ProblemError && error instanceof TimetwinError);
    assert.deepEqual([error.name, error.status, error.type], ['ProblemError', 400, 'urn:timetwin:bad-time']);
    assert.deepEqual([error.detail, error.message], [error.problem.detail, error.problem.detail]);
    return true;
  });
  await assert.rejects(clock.advance({ hour: 1 }), /a duration has no member 'hour', only days, hours/);
});

test('an hour of work is in the ledger', async (world) => {
  assert.equal(await startTimer(world), 200);
  await world.clock.advance('PT1H');
  assert.equal(await stopTimer(world), 200);
  const line = (await world.ledger('jira')).at(-1);
  assert.deepEqual([line.who, line.what, line.start, line.seconds], ['anna@studio.example', 'SSP-13', NOON, 3600]);
  assert.match(line.nativeId, /^\d+$/);
  assert.equal(new Set((await world.ledger()).map((each) => each.system)).size, 3);
});

test('faults fire and are counted', async (world) => {
  const anna = await world.credentials('clockify', 'anna');
  const busy = { surface: 'clockify', operation: 'getLoggedUser', first: 1, rateLimited: true };
  const slow = { person: 'ben@studio.example', probability: 0, seed: 7, delay: { milliseconds: 1 }, slow: 500 };
  const odd = { path: '/api/v1/user', every: 2, contentType: 'text/html', delayLognormal: ['PT0.001S', 0.5] };
  await world.faults.set(busy, slow, odd);
  const statuses = [];
  for (let n = 0; n < 3; n += 1) statuses.push((await call(anna, 'GET', '/user'))[0]);
  assert.deepEqual(statuses, [429, 200, 200]);
  assert.deepEqual(
    (await world.faults.counts()).map(({ matched, fired }) => [matched, fired]),
    [[3, 1], [0, 0], [2, 1]],
  );
  const rules = await world.faults.rules();
  assert.deepEqual(rules, [busy, { ...slow, delay: 'PT0.001S' }, odd]);
  assert.deepEqual((await world.requests()).map((each) => each.fault), [0, null, 2]);
  await assert.rejects(world.faults.set({ operation: 'stealTimeEntries', status: 503 }), /names no operation/);
  await assert.rejects(world.faults.set({ operaton: 'x', status: 503 }), /a fault has no member 'operaton'/);
  assert.equal((await world.faults.rules()).length, 3);
  await world.faults.clear();
  assert.deepEqual(await world.faults.rules(), []);
});

test('a reset connection is a fault too', async (world) => {
  await world.faults.set({ reset: 'after', operation: 'startTimer' });
  await assert.rejects(startTimer(world), TypeError);
  const request = await world.request(1);
  assert.equal(request.versionAfter, request.versionBefore + 1);
  assert.equal((await world.faults.rules())[0].reset, 'after');
});

test('the journal is filtered, counted and cleared', async (world) => {
  await startTimer(world);
  const ben = await world.credentials('clockify', 'ben');
  await call(ben, 'GET', '/user?colour=red');
  await call(ben, 'GET', '/usr');
  const [timer, user, nothing] = await world.requests();
  assert.deepEqual([timer.operation, timer.status, timer.at], ['startTimer', 200, NOON]);
  assert.deepEqual([timer.body, timer.bodyBytes], [{ issue_key: 'SSP-13' }, 22]);
  assert.ok(timer.duration < 30_000);
  assert.deepEqual([user.person, user.unknownParameters], ['ben@studio.example', ['colour']]);
  assert.equal(nothing.status, 404);
  assert.ok(nothing.nearMisses.some((near) => near.operation === 'getLoggedUser'));
  assert.deepEqual(await world.requests({ surface: 'clockify', status: 200 }), [user]);
  assert.deepEqual(await world.requests({ since: timer.id, operation: 'getLoggedUser' }), [user]);
  assert.equal(await world.requestCount({ person: 'ben@studio.example', method: 'GET', since: NOON }), 1);
  assert.deepEqual([await world.request(user.id), await world.request(2)], [user, user]);
  await assert.rejects(world.requests({ verb: 'GET' }), /a filter of requests has no member 'verb'/);
  await world.clearRequests();
  assert.deepEqual(await world.requests(), []);
});

test('expectations are met or named', async (world) => {
  await startTimer(world);
  await stopTimer(world);
  const started = { operation: 'startTimer', body: { issue_key: 'SSP-13' }, exactly: 1 };
  assert.deepEqual(await world.verify([started, { operation: 'stopTimer', atMost: 1 }], { inOrder: true }), [1, 1]);
  assert.deepEqual(await world.verify(started), [1]);
  const wrong = { operation: 'startTimer', body: { issue_key: 'SSP-14' } };
  await assert.rejects(world.verify(wrong), (error) => {
    assert.ok(error instanceof NotAsExpected && error instanceof ProblemError);
    assert.match(error.message, /body\.issue_key is "SSP-13", not "SSP-14"/);
    assert.deepEqual(error.problem.matched, [0]);
    return true;
  });
  await assert.rejects(world.verify({ operation: 'fly' }), /there is no operation 'fly'/);
});

test('what is planted is compared', async (world) => {
  assert.ok((await world.ledgerDiff('jira', 'jira')).isEmpty);
  const zoe = 'zoe@studio.example';
  const work = (start, system) => ({ who: 'zoe', on: 'SSP-13', start, seconds: 3600, in: [system] });
  await world.plant({
    people: [{ id: 'zoe', name: 'Zoe', email: zoe, zone: 'UTC', role: 'member' }],
    work: [
      work('2026-06-01T08:00:00Z', 'jira'),
      work('2026-06-09T08:00:00Z', 'jira'),
      work('2026-06-09T08:00:20Z', 'clockify'),
    ],
  });
  const options = { zone: 'Europe/Berlin', compare: ['note', 'billable'] };
  const whole = await world.ledgerDiff('jira', 'clockify', options);
  assert.deepEqual(whole.different.filter(({ left }) => left.who === zoe).map(({ fields }) => fields), [['start']]);
  assert.ok(!whole.isEmpty && whole.missing.some((line) => line.who === zoe));
  const near = await world.ledgerDiff('jira', 'clockify', { tolerance: { minutes: 1 } });
  assert.ok(!near.different.some(({ left }) => left.who === zoe));
  const nowhere = { who: 'zoe', on: 'XYZ-1', start: 'd-1 09:00', seconds: 60 };
  await assert.rejects(world.plant({ work: [nowhere] }), /work\[0\]\.on: there is no project or task 'XYZ-1'/);
});

test('states are kept and restored', async (world) => {
  await world.checkpoint('before');
  await startTimer(world);
  const other = await world.fork('a-fork', { salt: 'other' });
  const content = await world.snapshot();
  assert.equal(Buffer.from(content).subarray(0, 15).toString(), 'SQLite format 3');
  assert.deepEqual(await world.checkpoints(), ['before']);
  await world.restore('before');
  assert.deepEqual([await stopTimer(world), await stopTimer(other)], [422, 200]);
  await world.putSnapshot(content);
  assert.equal(await stopTimer(world), 200);
  await world.checkpoint('after');
  await world.forget('after');
  await assert.rejects(world.restore('after'), /no checkpoint/);
  await world.reset();
  assert.equal(await stopTimer(world), 200, 'a reset returns to the snapshot');
  await other.discard();
  assert.ok(!(await twin.worlds()).some((each) => each.name === 'a-fork'));
});

test('settings make a world anew', async () => {
  const settings = { scenario: 'bare', at: NOON, revision: 'current', limits: 'off', plan: 'free', salt: 's' };
  const small = await twin.world('small', settings);
  const { now, version, revision, limits, plan, salt } = await small.info();
  assert.deepEqual([now, version, revision, limits, plan, salt], [NOON, 0, 'current', 'off', 'free', 's']);
  assert.deepEqual(await small.ledger(), []);
  await startTimer(small, 'DEMO-1');
  assert.equal((await (await twin.world('small')).info()).version, 1, 'one that exists is taken as it is');
  assert.equal((await (await twin.world('small', { fresh: true })).info()).version, 0);
  await assert.rejects(twin.world('no name'), (error) => error.status === 400);
  await assert.rejects(twin.world('small', { scenary: 'bare' }), /a world has no member 'scenary'/);
  await small.discard();
});

test('quirks are explained', async (world) => {
  await call(await world.credentials('clockwork', 'anna'), 'GET', '/worklogs');
  const [quirk] = await world.quirks();
  assert.deepEqual(await twin.quirk(quirk.id), quirk);
  assert.ok((await twin.quirks('clockwork')).some((each) => each.id === quirk.id));
  assert.ok((await world.report()).includes(`${quirk.id} (${quirk.grade}): ${quirk.title}`));
  await assert.rejects(twin.quirk('XYZ-001'), /there is no quirk 'XYZ-001'/);
});

test('a report names what nobody read', async (world) => {
  assert.equal(await world.report(), 'No request reached this world.');
  const anna = await world.credentials('clockwork', 'anna');
  for (let n = 0; n < 3; n += 1) await call(anna, 'POST', '/start_timer?x=1', { issue_key: 'SSP-13', colour: 1 });
  const lines = (await world.report({ last: 1 })).split('\n');
  assert.equal(lines[0], '2 earlier requests');
  assert.ok(lines.includes("  field 'colour' of startTimer") && lines.includes("  parameter 'x' of startTimer"));
  assert.match(await world.report({ last: 0 }), /^3 earlier requests\nnot read:/);
});

test('webhooks are listed and sent again', async (world) => {
  const got = [];
  const receiver = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => (body += part));
    request.on('end', () => {
      got.push(JSON.parse(body).name);
      response.writeHead(204).end();
    });
  });
  await new Promise((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const anna = await world.credentials('clockify', 'anna');
  const [, [{ id: home }]] = await call(anna, 'GET', '/workspaces');
  const [status, hook] = await call(anna, 'POST', `/workspaces/${home}/webhooks`, {
    name: 'ours',
    url: `http://127.0.0.1:${receiver.address().port}/hook`,
    webhookEvent: 'NEW_TAG',
    triggerSourceType: 'WORKSPACE_ID',
    triggerSource: [home],
  });
  assert.equal(status, 201);
  await call(anna, 'POST', `/workspaces/${home}/tags`, { name: 'remote' });
  await world.clock.advance('PT1S');
  const [delivery] = await world.deliveries({ event: 'NEW_TAG' });
  assert.deepEqual([delivery.state, delivery.attempts[0].status, delivery.hook], ['delivered', 204, hook.id]);
  assert.deepEqual(await world.deliveries({ state: 'failed' }), []);
  assert.equal(delivery.headers['clockify-webhook-event-type'], 'NEW_TAG');
  assert.equal((await world.resend(delivery.id)).attempts.length, 2);
  assert.deepEqual(got, ['remote', 'remote']);
  receiver.close();
});
