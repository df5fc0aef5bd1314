#!/usr/bin/env node
// Runs the program with these arguments, this terminal and these signals.

import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { findBinary } from '../src/server.js';

let binary;
try {
  binary = findBinary({ onPath: false });
} catch (error) {
  console.error(`timetwin: ${error.message}`);
  process.exit(1);
}
const child = spawn(binary, process.argv.slice(2), { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  // A signal of the terminal reaches both.
  process.on(signal, () => child.kill(signal));
}
child.on('error', (error) => {
  console.error(`timetwin: cannot run ${binary}: ${error.message}`);
  process.exit(1);
});
child.on('exit', (code, signal) => {
  process.exit(code ?? 128 + (constants.signals[signal] ?? 0));
});
