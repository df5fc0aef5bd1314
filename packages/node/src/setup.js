// `globalSetup` of vitest and jest: one server for all workers.

import { Timetwin } from './twin.js';

/** Starts a server, unless `TIMETWIN_URL` names one, and leads the workers to it. The result ends it. */
export async function setup(options = {}) {
  if (process.env.TIMETWIN_URL) return async () => {};
  const twin = await Timetwin.start(options);
  process.env.TIMETWIN_URL = twin.url;
  return async () => {
    delete process.env.TIMETWIN_URL;
    await twin.close();
  };
}

/** What vitest and jest call; each hands over arguments of its own. */
export default () => setup();
