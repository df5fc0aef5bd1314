// A container of the image, by Testcontainers: `npm install --save-dev testcontainers`.

import { createRequire } from 'node:module';
import { AbstractStartedContainer, GenericContainer, Wait } from 'testcontainers';
import { durationText, given, instantText, refuseOthers } from './shapes.js';
import { Timetwin } from './twin.js';

const PORT = 8463;
const SETTINGS = [
  'image',
  'scenario',
  'at',
  'revision',
  'limits',
  'plan',
  'journal',
  'sandboxes',
  'sandboxIdle',
  'webhookAllow',
  'controlToken',
];

export class TimetwinContainer extends GenericContainer {
  #token;

  constructor(options = {}) {
    refuseOthers(options, SETTINGS, 'a container');
    super(options.image ?? (process.env.TIMETWIN_IMAGE || defaultImage()));
    this.#token = options.controlToken;
    const settings = given({
      SCENARIO: options.scenario,
      AT: instantText(options.at),
      REVISION: options.revision,
      LIMITS: options.limits,
      PLAN: options.plan,
      JOURNAL: options.journal,
      SANDBOXES: options.sandboxes,
      SANDBOX_IDLE: options.sandboxIdle && durationText(options.sandboxIdle),
      WEBHOOK_ALLOW: options.webhookAllow?.join(',') || undefined,
      CONTROL_TOKEN: options.controlToken,
    });
    const entries = Object.entries(settings).map(([name, value]) => [`TIMETWIN_${name}`, String(value)]);
    this.withEnvironment(Object.fromEntries(entries))
      .withExposedPorts(PORT)
      .withWaitStrategy(Wait.forHttp('/_twin/health', PORT))
      .withDroppedCapabilities('ALL');
    Object.assign(this.hostConfig, { ReadonlyRootfs: true, SecurityOpt: ['no-new-privileges'] });
  }

  async start() {
    return new StartedTimetwinContainer(await super.start(), this.#token);
  }
}

export class StartedTimetwinContainer extends AbstractStartedContainer {
  #token;

  constructor(container, token) {
    super(container);
    this.#token = token;
  }

  get url() {
    return `http://${this.getHost()}:${this.getMappedPort(PORT)}`;
  }

  async twin() {
    return Timetwin.attach(this.url, { controlToken: this.#token });
  }
}

/** The image of this version. */
function defaultImage() {
  return `timetwin:${createRequire(import.meta.url)('../package.json').version}`;
}
