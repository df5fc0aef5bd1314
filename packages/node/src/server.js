// The server as a process of its own, which ends with this one.

import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { StartError } from './errors.js';

const IS_WINDOWS = process.platform === 'win32';
const NAME = IS_WINDOWS ? 'timetwin.exe' : 'timetwin';
const LOG_LINES = 1000;

/** The program: `TIMETWIN_BIN`, that of the package for this platform, or that of the path. */
export function findBinary({ onPath = true } = {}) {
  const named = process.env.TIMETWIN_BIN;
  if (named) {
    if (isProgram(named)) return path.resolve(named);
    throw new StartError(`TIMETWIN_BIN names '${named}', which is no program`);
  }
  const platform = `@timetwin/${process.platform}-${process.arch}`;
  try {
    return createRequire(import.meta.url).resolve(`${platform}/bin/${NAME}`);
  } catch {
    // Not installed, or not made for this platform.
  }
  const folders = onPath ? (process.env.PATH ?? '').split(path.delimiter) : [];
  const found = folders.map((folder) => path.join(folder, NAME)).find(isOther);
  if (found) return found;
  throw new StartError(
    `the program 'timetwin' is not here: ${platform} is not installed. ` +
      'Install it, name a program in TIMETWIN_BIN, or lead TIMETWIN_URL to a running server',
  );
}

function isProgram(file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** Whether it is a program, and not the link to `bin/timetwin.js` that npm makes. */
function isOther(file) {
  return isProgram(file) && !file.includes(`node_modules${path.sep}.bin`);
}

export class Server {
  #child;
  #ended;
  #lines = [];

  /** Starts a server and waits until it answers. */
  static async start(binary, flags, timeout) {
    const server = new Server();
    // Its input closes with this process, whatever becomes of it.
    server.url = await server.#run([binary, 'serve', '--until-stdin-closes', ...flags], timeout);
    return server;
  }

  /** The newest lines of its log. */
  get log() {
    return this.#lines.join('\n');
  }

  async #run([program, ...args], timeout) {
    // A group of its own: Ctrl-C is for the tests, which then end the server.
    const options = { stdio: 'pipe', env: environment(), detached: !IS_WINDOWS, windowsHide: true };
    const child = spawn(program, args, options);
    this.#child = child;
    this.#ended = new Promise((resolve) => {
      child.on('error', (error) => resolve({ error }));
      child.on('close', (code) => resolve({ code }));
    });
    child.stdin.on('error', () => {});
    createInterface({ input: child.stderr }).on('line', (line) => {
      this.#lines.push(line);
      if (this.#lines.length > LOG_LINES) this.#lines.shift();
    });
    let timer;
    const line = await Promise.race([
      new Promise((resolve) => createInterface({ input: child.stdout }).once('line', resolve)),
      this.#ended,
      new Promise((resolve) => (timer = setTimeout(resolve, timeout))),
    ]);
    clearTimeout(timer);
    const ready = typeof line === 'string' ? / listening on (\S+) Ready\.$/.exec(line) : null;
    if (ready) {
      // The server must not keep this process: with it, its input closes, and it ends.
      for (const each of [child, child.stdin, child.stdout, child.stderr]) each.unref();
      child.stdout.resume();
      return ready[1];
    }
    if (line?.error) throw new StartError(`cannot run ${program}: ${line.error.message}`, { cause: line.error });
    if (line === undefined) child.kill('SIGKILL');
    const { code } = await this.stop();
    const why = this.log || (line === undefined ? `no answer in ${timeout / 1000} seconds` : 'no reason given');
    throw new StartError(`timetwin did not start (exit code ${code}): ${why}`);
  }

  /** Ends it and waits for its end. */
  async stop() {
    const child = this.#child;
    for (const each of [child, child.stdout, child.stderr]) each.ref();
    child.stdin.end();
    const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
    const end = await this.#ended;
    clearTimeout(timer);
    return end;
  }
}

/** Settings of this process apply, but for the address: it has a free port. */
function environment() {
  const { TIMETWIN_LISTEN, TIMETWIN_PORT, TIMETWIN_PORT_FILE, ...rest } = process.env;
  return rest;
}
