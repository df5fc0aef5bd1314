// The types are those of the code: tsc takes good programs, refuses bad ones, and each declared member exists.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import * as timetwin from 'timetwin';

const here = path.dirname(fileURLToPath(import.meta.url));
const tsc = path.join(here, '../node_modules/.bin/tsc');

const GOOD = `
import { NotAsExpected, ProblemError, Timetwin, type Credential, type LedgerLine, type World } from 'timetwin';
import { setup } from 'timetwin/setup';
import { test as vitest, testWith } from 'timetwin/vitest';
import { test as node } from 'timetwin/node-test';
import { world } from 'timetwin/jest';

async function all(): Promise<void> {
  await using twin = await Timetwin.start({ scenario: 'bare', at: new Date(), webhookAllow: ['example.com'] });
  const first: World = await twin.world('first', { plan: 'free', fresh: true });
  const anna: Credential = await first.credentials('clockify', 'anna');
  const everybody: Credential[] = await first.credentials('clockify');
  const now: Date = await first.clock.advance({ hours: 1 });
  await first.faults.set({ operation: 'getLoggedUser', first: 1, rateLimited: true }, { reset: 'after' });
  const lines: LedgerLine[] = await first.ledger('jira');
  const matched: number[] = await first.verify({ operation: 'startTimer', exactly: 1 }, { inOrder: true });
  const snapshot: Uint8Array = await first.snapshot();
  try {
    await (await Timetwin.attach()).main.restore('x');
  } catch (error) {
    if (error instanceof NotAsExpected || error instanceof ProblemError) console.log(error.problem.detail, error.status);
  }
  console.log(anna.baseUrl, everybody, now, lines[0]?.seconds, matched, snapshot);
  const end: () => Promise<void> = await setup({ revision: 'current' });
  await end();
}
vitest('x', async ({ twin }) => { await twin.clock.freeze(); });
testWith({ scenario: 'bare' })('x', async ({ twin }) => { await twin.reset(); });
node('x', { timeout: 5, twin: { limits: 'off' } }, async (t, twin) => { t.diagnostic(twin.name); });
export const made: Promise<World> = world({ salt: 's' });
export { all };
`;

const BAD = [
  "import { Timetwin } from 'timetwin'; Timetwin.start({ scenary: 'bare' });",
  "import { Timetwin } from 'timetwin'; new Timetwin();",
  "import type { World } from 'timetwin'; export const f = (world: World) => world.credentials('toggl', 'anna');",
  "import type { World } from 'timetwin'; export const f = (world: World) => world.faults.set({ rate_limited: true });",
  "import { test } from 'timetwin/vitest'; test('x', ({ win }) => {});",
];

test('tsc takes what is right and refuses what is not', async () => {
  const files = { good: GOOD, ...BAD };
  const names = Object.entries(files).map(([name, text]) => {
    writeFileSync(path.join(here, `types-${name}.ts`), text);
    return `types-${name}.ts`;
  });
  const flags = ['--noEmit', '--strict', '--target', 'es2022', '--lib', 'es2023,esnext.disposable'];
  const modules = ['--module', 'nodenext', '--types', 'node', '--skipLibCheck', 'false'];
  const output = await new Promise((resolve) => {
    execFile(tsc, [...flags, ...modules, ...names], { cwd: here }, (_, stdout) => resolve(stdout));
  });
  names.forEach((name) => rmSync(path.join(here, name)));
  const wrong = new Set([...output.matchAll(/^types-(\w+)\.ts/gm)].map(([, name]) => name));
  assert.deepEqual([...wrong].sort(), Object.keys(BAD), output);
  const ours = output.split('\n').filter((line) => /node_modules\/timetwin/.test(line));
  assert.deepEqual(ours, []);
});

test('each declared member exists, and no other', () => {
  const file = path.join(here, '../node_modules/timetwin/src/index.d.ts');
  const classes = [...readFileSync(file, 'utf8').matchAll(/^export class (\w+)[^{]*\{(.*?)\n?\}$/gms)];
  assert.deepEqual(classes.map(([, name]) => name).sort(), Object.keys(timetwin).sort());
  for (const [, name, body] of classes) {
    const own = [...body.matchAll(/^ {2}(?:static |readonly )*(\w+)(?=[(:])/gm)].map(([, member]) => member);
    const declared = new Set(own.filter((member) => member !== 'constructor'));
    const value = timetwin[name];
    const real = [...Object.getOwnPropertyNames(value.prototype), ...Object.getOwnPropertyNames(value)];
    const known = new Set(real.filter((member) => !['constructor', 'length', 'name', 'prototype'].includes(member)));
    // What a constructor sets.
    for (const field of { World: ['name', 'clock', 'faults'], ProblemError: ['problem'] }[name] ?? []) known.add(field);
    assert.deepEqual([...declared].sort(), [...known].sort(), name);
  }
});
