// A server starts, says why it does not, and ends with who started it.

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { StartError, Timetwin } from 'timetwin';

const folder = mkdtempSync(path.join(tmpdir(), 'timetwin-'));
after(() => rmSync(folder, { recursive: true }));

const STARTS = `
  import { Timetwin } from 'timetwin';
  const twin = await Timetwin.start({ scenario: 'bare' });
  console.log(twin.url);
`;

function run(script) {
  return spawn(process.execPath, ['--input-type=module', '-e', STARTS + script], {
    stdio: ['ignore', 'pipe', 'ignore'],
    cwd: import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname),
    detached: true,
  });
}

async function answers(url) {
  try {
    await Timetwin.attach(url);
    return true;
  } catch (error) {
    assert.ok(error instanceof StartError);
    return false;
  }
}

async function ends(url) {
  for (let n = 0; n < 100; n += 1) {
    if (!(await answers(url))) return true;
    await sleep(50);
  }
  return false;
}

test('a server ends when it is closed', async () => {
  const twin = await Timetwin.start({ scenario: 'bare', at: '2026-06-12T10:00:00Z', limits: 'off', journal: 5 });
  const { limits, now } = await twin.main.info();
  assert.deepEqual([limits, now.toISOString()], ['off', '2026-06-12T10:00:00.000Z']);
  assert.match(await twin.version(), /^\d+\.\d+\.\d+$/);
  await twin.close();
  assert.ok(!(await answers(twin.url)));
  await twin.close();
});

for (const end of ['', 'throw new Error("x");', 'process.exit(3);', 'setTimeout(() => {}, 60_000);']) {
  test(`a server ends with its process: ${end || 'nothing left to do'}`, async () => {
    const child = run(end);
    const url = String((await child.stdout.take(1).toArray())[0]).trim();
    if (end.startsWith('setTimeout')) {
      assert.ok(await answers(url));
      child.kill('SIGKILL');
    }
    assert.ok(await ends(url));
  });
}

test('an interrupt leaves the server to the tests', async () => {
  const child = run(`
    process.on('SIGINT', async () => {
      console.log((await twin.main.info()).name);
      process.exit();
    });
    setTimeout(() => process.kill(-process.pid, 'SIGINT'), 50);
    setTimeout(() => {}, 60_000);
  `);
  const lines = Buffer.concat(await child.stdout.toArray()).toString().trim().split('\n');
  assert.equal(lines[1], 'main');
});

test('a server that does not start says why', async () => {
  await assert.rejects(Timetwin.start({ scenario: 'studoi' }), /exit code 2.*there is no built-in scenario of this/);
  await assert.rejects(Timetwin.start({ scenary: 'bare' }), /a start has no member 'scenary'/);
  const twin = await Timetwin.start({ scenario: 'bare', controlToken: 't' });
  await assert.rejects(Timetwin.start({ listen: twin.url.slice(7) }), /exit code 3.* is in use/);
  await assert.rejects((await Timetwin.attach(twin.url)).worlds(), /requires its token/);
  assert.equal((await (await Timetwin.attach(twin.url, { controlToken: 't' })).worlds())[0].name, 'main');
  await twin.close();
  await assert.rejects(Timetwin.start({ binary: path.join(folder, 'nothing') }), /cannot run/);
  await assert.rejects(Timetwin.attach('127.0.0.1:8463'), /is not a URL/);
  const sleeper = path.join(folder, 'sleeper');
  writeFileSync(sleeper, '#!/bin/sh\nexec sleep 60\n');
  chmodSync(sleeper, 0o755);
  await assert.rejects(Timetwin.start({ binary: sleeper, timeout: 300 }), /no answer in 0.3 seconds/);
});

test('settings of the environment apply but for the address', async () => {
  Object.assign(process.env, { TIMETWIN_PLAN: 'free', TIMETWIN_PORT: '1' });
  const twin = await Timetwin.start({ scenario: 'bare' });
  assert.equal((await twin.main.info()).plan, 'free');
  process.env.TIMETWIN_URL = twin.url;
  assert.equal((await Timetwin.attach()).url, twin.url);
  await twin.close();
  for (const name of ['TIMETWIN_PLAN', 'TIMETWIN_PORT', 'TIMETWIN_URL']) delete process.env[name];
});

test('the program is found, and runs by npx too', async () => {
  const given = process.env.TIMETWIN_BIN;
  process.env.TIMETWIN_BIN = '/nothing/here';
  await assert.rejects(Timetwin.start(), /TIMETWIN_BIN names '\/nothing\/here', which is no program/);
  delete process.env.TIMETWIN_BIN;
  await (await Timetwin.start({ scenario: 'bare' })).close();
  const { stdout } = await promisify(execFile)('npx', ['--no', '--', 'timetwin', '--version']);
  assert.match(stdout, /^timetwin \d+\.\d+\.\d+\n$/);
  await assert.rejects(promisify(execFile)('npx', ['--no', '--', 'timetwin', 'fly']), (error) => error.code === 2);
  if (given) process.env.TIMETWIN_BIN = given;
});
