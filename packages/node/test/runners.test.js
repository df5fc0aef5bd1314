// The helpers in real runs of vitest, jest and node:test, each with four workers on one server.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Timetwin } from 'timetwin';

const here = path.dirname(fileURLToPath(import.meta.url));
const bin = (name) => path.join(here, '../node_modules/.bin', name);
const folders = [];
after(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

/** What every story does: starts a timer in a world where nothing has happened, and notes where it was. */
const STORY = `
  import { appendFileSync } from 'node:fs';
  export async function story(twin) {
    const { baseUrl, headers } = await twin.credentials('clockwork', 'anna');
    const body = new URLSearchParams({ issue_key: 'SSP-13', colour: 'red' });
    const answer = await fetch(baseUrl + '/start_timer', { method: 'POST', headers, body });
    await new Promise((resolve) => setTimeout(resolve, 300));
    const server = baseUrl.replace('/v1', '');
    appendFileSync('runs', [server, process.pid, twin.name, answer.status, await twin.requestCount()].join(' ') + '\\n');
  }
`;

function project(files) {
  const folder = mkdtempSync(path.join(here, 'run-'));
  folders.push(folder);
  const stories = { 'package.json': '{"type":"module"}', 'story.js': STORY };
  for (const [name, text] of Object.entries({ ...stories, ...files })) writeFileSync(path.join(folder, name), text);
  return folder;
}

/** Four copies of a file of two tests. */
function four(text) {
  return Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [`${name}.test.js`, text]));
}

function run(folder, command, args, env = {}) {
  const { NODE_TEST_CONTEXT, NODE_OPTIONS, TIMETWIN_URL, ...clean } = process.env;
  const options = { cwd: folder, env: { ...clean, NO_COLOR: '1', ...env }, timeout: 120_000 };
  return new Promise((resolve) => {
    execFile(command, args, options, (error, stdout, stderr) => {
      resolve({ code: error ? error.code : 0, output: stdout + stderr });
    });
  });
}

async function expectOneServer(folder, { code, output }, { workers = 4 } = {}) {
  assert.equal(code, 0, output);
  const runs = readFileSync(path.join(folder, 'runs'), 'utf8').trim().split('\n').map((line) => line.split(' '));
  assert.equal(runs.length, 8, output);
  const distinct = (column) => new Set(runs.map((each) => each[column])).size;
  assert.deepEqual([distinct(0), distinct(1), distinct(2)], [1, workers, 8], JSON.stringify(runs));
  assert.ok(runs.every(([, , , status, requests]) => status === '200' && requests === '1'));
  await assert.rejects(Timetwin.attach(runs[0][0]), /no answer/, 'the server has ended');
}

test('vitest: four workers on one server, a world for each test', async () => {
  const story = `
    import { test } from 'timetwin/vitest';
    import { story } from './story.js';
    test('first', ({ twin }) => story(twin));
    test('second', ({ twin }) => story(twin));
  `;
  const config = (pool) => `export default {
    test: { globalSetup: ['timetwin/setup'], pool: '${pool}', maxWorkers: 4, minWorkers: 4, ${pool === 'forks' ? '' : 'maxConcurrency: 1,'} },
  };`;
  const forks = project({ 'vitest.config.js': config('forks'), ...four(story) });
  await expectOneServer(forks, await run(forks, bin('vitest'), ['run']));
  const threads = project({ 'vitest.config.js': config('threads'), ...four(story) });
  await expectOneServer(threads, await run(threads, bin('vitest'), ['run']), { workers: 1 });
});

test('vitest: settings of a world, and the journal of a failed test', async () => {
  const folder = project({
    'a.test.js': `
      import { describe, expect } from 'vitest';
      import { test, testWith } from 'timetwin/vitest';
      import { story } from './story.js';
      test('fails', async ({ twin }) => { await story(twin); expect(1).toBe(2); });
      describe('small', () => {
        const small = testWith({ scenario: 'bare', plan: 'free' });
        small('is bare', async ({ twin }) => {
          expect((await twin.info()).plan).toBe('free');
          expect(await twin.ledger()).toEqual([]);
        });
      });
    `,
  });
  const { code, output } = await run(folder, bin('vitest'), ['run']);
  assert.equal(code, 1, output);
  assert.match(output, /1 failed \| 1 passed/);
  assert.match(output, /timetwin: world fails-[0-9a-f]{8}\n200 POST \/v1\/start_timer {2}\(startTimer, anna@/);
  assert.match(output, /not read:\n {2}field 'colour' of startTimer/);
});

test('jest: four workers on one server, a world for each test', async () => {
  const folder = project({
    'jest.config.js': `export default {
      globalSetup: 'timetwin/setup', transform: {}, maxWorkers: 4, cacheDirectory: './cache', haste: { enableSymlinks: false },
    };`,
    ...four(`
      import { world } from 'timetwin/jest';
      import { story } from './story.js';
      test('first', async () => story(await world()));
      test('second', async () => story(await world({ limits: 'off' })));
    `),
  });
  const esm = { NODE_OPTIONS: '--experimental-vm-modules' };
  await expectOneServer(folder, await run(folder, bin('jest'), [], esm));
});

test('jest: the journal of a failed test', async () => {
  const folder = project({
    'jest.config.js': `export default { transform: {}, cacheDirectory: './cache', haste: { enableSymlinks: false } };`,
    'a.test.js': `
      import { world } from 'timetwin/jest';
      import { story } from './story.js';
      test('fails', async () => { await story(await world()); expect(1).toBe(2); });
      test('rejects', async () => { await story(await world()); throw new Error('no'); });
      test('passes', async () => { await story(await world()); });
    `,
  });
  const { code, output } = await run(folder, bin('jest'), [], { NODE_OPTIONS: '--experimental-vm-modules' });
  assert.equal(code, 1, output);
  assert.match(output, /2 failed, 1 passed/);
  const worlds = [...output.matchAll(/timetwin: world (\w+)-[0-9a-f]{8}\n\s*200 POST \/v1\/start_timer {2}\(startTimer, anna@/g)];
  assert.deepEqual(worlds.map((match) => match[1]), ['fails', 'rejects'], output);
  assert.match(output, /not read:\n\s*field 'colour' of startTimer/);
});

test('node:test: four files on one server, a world for each test', async () => {
  const folder = project(
    four(`
      import { test } from 'timetwin/node-test';
      import { story } from './story.js';
      test('first', (t, twin) => story(twin));
      test('second', { twin: { limits: 'off' } }, (t, twin) => story(twin));
    `),
  );
  await expectOneServer(folder, await run(folder, bin('timetwin-test'), ['--test-concurrency=4']));
});

test('node:test: the journal of a failed test', async () => {
  const folder = project({
    'a.test.js': `
      import { test } from 'timetwin/node-test';
      import { story } from './story.js';
      test('fails', async (t, twin) => { await story(twin); throw new Error('no'); });
    `,
  });
  const { code, output } = await run(folder, process.execPath, ['--test']);
  assert.equal(code, 1, output);
  assert.match(output, /timetwin: world fails-[0-9a-f]{8}\n.*200 POST \/v1\/start_timer {2}\(startTimer, anna@/);
  assert.match(output, /field 'colour' of startTimer/);
});
