import type { StartOptions } from './index.js';

/** Starts a server, unless `TIMETWIN_URL` names one, and leads the workers to it. The result ends it. */
export function setup(options?: StartOptions): Promise<() => Promise<void>>;

/** `globalSetup` of vitest and jest: one server for all workers. */
declare function globalSetup(): Promise<() => Promise<void>>;
export default globalSetup;
