// A server: started here, or running elsewhere.

import { Control } from './control.js';
import { ProblemError } from './errors.js';
import { Quirks } from './quirks.js';
import { Server, findBinary } from './server.js';
import { durationText, given, instantText, readWorldInfo, refuseOthers } from './shapes.js';
import { World } from './world.js';

const START = [
  'scenario',
  'at',
  'revision',
  'limits',
  'plan',
  'state',
  'journal',
  'sandboxes',
  'sandboxIdle',
  'webhookAllow',
  'webhookCa',
  'controlToken',
  'listen',
  'binary',
  'timeout',
];
const WORLD = ['scenario', 'at', 'revision', 'limits', 'plan', 'salt', 'fresh'];

export class Timetwin {
  #control;
  #quirks;
  #server;

  /** Use `Timetwin.start` or `Timetwin.attach`. */
  constructor(control, server) {
    this.#control = control;
    this.#quirks = new Quirks(control);
    this.#server = server;
  }

  static async start(options = {}) {
    refuseOthers(options, START, 'a start');
    const { listen = '127.0.0.1:0', binary, timeout = 30_000, webhookAllow = [], sandboxIdle } = options;
    const settings = given({
      listen,
      scenario: options.scenario,
      at: instantText(options.at),
      revision: options.revision,
      limits: options.limits,
      plan: options.plan,
      state: options.state,
      journal: options.journal,
      sandboxes: options.sandboxes,
      'sandbox-idle': sandboxIdle && durationText(sandboxIdle),
      'webhook-allow': webhookAllow.join(',') || undefined,
      'webhook-ca': options.webhookCa,
      'control-token': options.controlToken,
    });
    const flags = Object.entries(settings).map(([name, value]) => `--${name}=${value}`);
    const server = await Server.start(binary ?? findBinary(), flags, timeout);
    return new Timetwin(new Control(server.url, token(options)), server);
  }

  static async attach(url, options = {}) {
    refuseOthers(options, ['controlToken'], 'an attachment');
    const target = url ?? (process.env.TIMETWIN_URL || 'http://127.0.0.1:8463');
    const control = new Control(target, token(options));
    await control.json('GET', '/health');
    return new Timetwin(control);
  }

  get url() {
    return this.#control.url;
  }

  get log() {
    return this.#server?.log ?? '';
  }

  async version() {
    return (await this.#control.json('GET', '/health')).version;
  }

  async close() {
    await this.#server?.stop();
  }

  async [Symbol.asyncDispose]() {
    await this.close();
  }

  get main() {
    return new World(this.#control, this.#quirks, 'main');
  }

  async world(name, settings = {}) {
    refuseOthers(settings, WORLD, 'a world');
    const { at, fresh = false, ...rest } = settings;
    const body = given({ ...rest, at: instantText(at) });
    const path = `/sandboxes/${encodeURIComponent(name)}`;
    if (fresh || Object.keys(body).length > 0 || !(await this.#exists(path))) {
      await this.#control.json('PUT', path, { body });
    }
    return new World(this.#control, this.#quirks, name);
  }

  async #exists(path) {
    try {
      await this.#control.json('GET', path);
      return true;
    } catch (error) {
      if (error instanceof ProblemError && error.status === 404) return false;
      throw error;
    }
  }

  async worlds() {
    return (await this.#control.json('GET', '/sandboxes')).map(readWorldInfo);
  }

  async quirks(surface) {
    return [...(await this.#quirks.of(surface))];
  }

  async quirk(id) {
    return this.#quirks.get(id);
  }
}

function token({ controlToken }) {
  return controlToken ?? (process.env.TIMETWIN_CONTROL_TOKEN || undefined);
}
