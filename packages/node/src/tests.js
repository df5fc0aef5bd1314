// What the helpers for test runners share: the server of this process, and worlds named after tests.

import { createHash } from 'node:crypto';
import path from 'node:path';
import { Timetwin } from './twin.js';

let server;
const taken = new Map();

/** The server of `TIMETWIN_URL`, or one that is started for this process. */
export function sharedTwin() {
  server ??= process.env.TIMETWIN_URL ? Timetwin.attach() : Timetwin.start();
  return server;
}

/** A world of a test's own. Tests of one file and one name have worlds in turn. */
export async function testWorld(file, names, settings = {}) {
  const twin = await sharedTwin();
  return twin.world(worldName(file, names), { ...settings, fresh: true });
}

export function worldName(file, names) {
  const place = [path.relative(process.cwd(), file), ...names].join('::');
  const count = (taken.get(place) ?? 0) + 1;
  taken.set(place, count);
  const name = names.at(-1).replace(/[^A-Za-z0-9._]+/g, '-').replace(/^-+|-+$/g, '');
  const mark = createHash('sha256').update(place).digest('hex').slice(0, 8);
  return `${name.slice(0, 46)}-${mark}${count > 1 ? `-${count}` : ''}`;
}
