// A world: one sandbox of a server, with its clock, its faults and its journal.

import { NotAsExpected, ProblemError, TimetwinError } from './errors.js';
import { met, report } from './report.js';
import {
  durationText,
  expectationMembers,
  faultRule,
  given,
  instantText,
  readCredential,
  readDelivery,
  readDiff,
  readFault,
  readLine,
  readRequest,
  readWorldInfo,
  refuseOthers,
} from './shapes.js';

const FILTER = ['surface', 'operation', 'method', 'person', 'status', 'since'];

export class World {
  #control;
  #quirks;
  #path;

  constructor(control, quirks, name) {
    this.name = name;
    this.clock = new Clock(control, name);
    this.faults = new Faults(control, name);
    this.#control = control;
    this.#quirks = quirks;
    this.#path = `/sandboxes/${encodeURIComponent(name)}`;
  }

  get url() {
    return `${this.#control.url}/~${this.name}`;
  }

  async info() {
    return readWorldInfo(await this.#control.json('GET', this.#path));
  }

  async credentials(surface, person) {
    const listed = await this.#control.json('GET', '/credentials', { query: { sandbox: this.name } });
    const surfaces = [...new Set(listed.map((each) => each.surface))];
    if (!surfaces.includes(surface)) {
      throw new TimetwinError(`there is no surface '${surface}', only ${surfaces.join(', ')}`);
    }
    const found = listed.filter((each) => each.surface === surface).map(readCredential);
    if (person === undefined) return found;
    const one = found.find((each) => [each.person, each.person.split('@')[0]].includes(person));
    if (one) return one;
    const people = found.map((each) => each.person).join(', ');
    throw new TimetwinError(`'${person}' has no credential of ${surface}, only ${people}`);
  }

  async requests(filter = {}) {
    const listed = await this.#control.json('GET', `${this.#path}/requests`, { query: query(filter) });
    return listed.requests.map(readRequest);
  }

  async request(id) {
    return readRequest(await this.#control.json('GET', `${this.#path}/requests/${encodeURIComponent(id)}`));
  }

  async requestCount(filter = {}) {
    return (await this.#control.json('GET', `${this.#path}/requests/count`, { query: query(filter) })).count;
  }

  async clearRequests() {
    await this.#control.json('DELETE', `${this.#path}/requests`);
  }

  async verify(expectations, { inOrder = false } = {}) {
    const body = { expectations: [expectations].flat().map(expectationMembers), in_order: inOrder };
    try {
      return (await this.#control.json('POST', `${this.#path}/requests/verify`, { body })).matched;
    } catch (error) {
      const isDifferent = error instanceof ProblemError && error.type === 'urn:timetwin:not-as-expected';
      throw isDifferent ? new NotAsExpected(error.problem) : error;
    }
  }

  async report({ last = 20 } = {}) {
    const [requests, { revision }] = await Promise.all([this.requests(), this.info()]);
    return report(requests, this.#quirks, revision, last);
  }

  async quirks() {
    return met(await this.requests(), this.#quirks);
  }

  async plant(fragment) {
    await this.#control.json('POST', `${this.#path}/plant`, { body: fragment });
  }

  async ledger(system) {
    return (await this.#control.json('GET', `${this.#path}/ledger`, { query: { system } })).map(readLine);
  }

  async ledgerDiff(left, right, options = {}) {
    refuseOthers(options, ['tolerance', 'zone', 'compare'], 'a comparison');
    const { tolerance, zone, compare = [] } = options;
    const query = {
      left,
      right,
      tolerance: tolerance && durationText(tolerance),
      zone,
      compare: compare.join(',') || undefined,
    };
    return readDiff(await this.#control.json('GET', `${this.#path}/ledger/diff`, { query }));
  }

  async reset() {
    await this.#control.json('POST', `${this.#path}/reset`);
  }

  async discard() {
    await this.#control.json('DELETE', this.#path);
  }

  async fork(name, { salt } = {}) {
    const body = given({ from: this.name, salt });
    await this.#control.json('PUT', `/sandboxes/${encodeURIComponent(name)}`, { body });
    return new World(this.#control, this.#quirks, name);
  }

  async checkpoint(name) {
    await this.#control.json('PUT', this.#checkpoint(name));
  }

  async restore(name) {
    await this.#control.json('POST', `${this.#checkpoint(name)}/restore`);
  }

  async forget(name) {
    await this.#control.json('DELETE', this.#checkpoint(name));
  }

  async checkpoints() {
    return (await this.#control.json('GET', `${this.#path}/checkpoints`)).map((each) => each.name);
  }

  #checkpoint(name) {
    return `${this.#path}/checkpoints/${encodeURIComponent(name)}`;
  }

  async snapshot() {
    return this.#control.bytes('GET', `${this.#path}/snapshot`);
  }

  async putSnapshot(content) {
    await this.#control.bytes('PUT', `${this.#path}/snapshot`, { body: content });
  }

  async deliveries(filter = {}) {
    refuseOthers(filter, ['hook', 'event', 'state'], 'a filter of deliveries');
    const listed = await this.#control.json('GET', `${this.#path}/deliveries`, { query: filter });
    return listed.deliveries.map(readDelivery);
  }

  async resend(id) {
    const path = `${this.#path}/deliveries/${encodeURIComponent(id)}/resend`;
    return readDelivery(await this.#control.json('POST', path));
  }
}

export class Clock {
  #control;
  #path;

  constructor(control, world) {
    this.#control = control;
    this.#path = `/sandboxes/${encodeURIComponent(world)}/clock`;
  }

  async now() {
    return new Date((await this.#control.json('GET', this.#path)).now);
  }

  freeze(at) {
    return this.#put('frozen', at);
  }

  run(at) {
    return this.#put('real', at);
  }

  set(at) {
    return this.#put(undefined, at);
  }

  async advance(by) {
    const body = { by: durationText(by) };
    return new Date((await this.#control.json('POST', `${this.#path}/advance`, { body })).now);
  }

  async #put(mode, at) {
    const body = given({ mode, now: instantText(at) });
    return new Date((await this.#control.json('PUT', this.#path, { body })).now);
  }
}

export class Faults {
  #control;
  #path;

  constructor(control, world) {
    this.#control = control;
    this.#path = `/sandboxes/${encodeURIComponent(world)}/faults`;
  }

  async set(...faults) {
    await this.#control.json('PUT', this.#path, { body: { rules: faults.flat().map(faultRule) } });
  }

  async clear() {
    await this.#control.json('DELETE', this.#path);
  }

  async rules() {
    return (await this.#control.json('GET', this.#path)).rules.map(readFault);
  }

  async counts() {
    return (await this.#control.json('GET', this.#path)).counts;
  }
}

function query(filter) {
  refuseOthers(filter, FILTER, 'a filter of requests');
  return { ...filter, since: instantText(filter.since) };
}
