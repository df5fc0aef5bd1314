#!/usr/bin/env node
// `node --test` with one server for all files. Arguments are those of `node --test`.

import { spawn } from 'node:child_process';
import { setup } from '../src/setup.js';

let stop;
try {
  stop = await setup();
} catch (error) {
  console.error(`timetwin-test: ${error.message}`);
  process.exit(1);
}
const tests = spawn(process.execPath, ['--test', ...process.argv.slice(2)], { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => tests.kill(signal));
tests.on('exit', async (code) => {
  await stop();
  process.exit(code ?? 1);
});
