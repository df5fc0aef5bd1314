import { AbstractStartedContainer, GenericContainer, type StartedTestContainer } from 'testcontainers';
import type { StartOptions, Timetwin } from './index.js';

/** The settings of `Timetwin.start` that make sense in a container; `scenario` is the name of a built-in one. */
export interface ContainerOptions extends Omit<StartOptions, 'state' | 'listen' | 'binary' | 'timeout'> {
  /** By default that of `TIMETWIN_IMAGE`, or the one that `packages/build image` makes of this version. */
  image?: string;
}

/** A server in a container, with a read-only root file system and without capabilities. */
export class TimetwinContainer extends GenericContainer {
  constructor(options?: ContainerOptions);
  start(): Promise<StartedTimetwinContainer>;
}

export class StartedTimetwinContainer extends AbstractStartedContainer {
  constructor(container: StartedTestContainer, token?: string);
  /** Where this process reaches it, without a slash at the end. */
  readonly url: string;
  /** The server and its worlds. */
  twin(): Promise<Timetwin>;
}
