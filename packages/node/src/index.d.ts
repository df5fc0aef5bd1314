// Clockify, Clockodo, Clockwork and Time Tracker for Jira on this machine, with a world for each test.

/** RFC 3339 text such as `2026-06-12T10:00:00Z`, or a date. */
export type Instant = string | Date;

/** ISO 8601 text such as `PT1H30M`, or parts that are summed. */
export type Duration =
  | string
  | { days?: number; hours?: number; minutes?: number; seconds?: number; milliseconds?: number };

export type Surface = 'clockify' | 'clockodo' | 'clockwork' | 'time-tracker';
export type System = 'clockify' | 'clockodo' | 'jira';
export type Revision = 'documented' | 'current';
export type Limits = 'vendor' | 'off';
export type Plan = 'free' | 'basic' | 'standard' | 'pro' | 'enterprise';

/** The flags of `timetwin serve`; `TIMETWIN_*` variables apply where one is left out. */
export interface StartOptions {
  /** Name of a built-in scenario, or a file. */
  scenario?: string;
  /** Freezes all clocks. */
  at?: Instant;
  revision?: Revision;
  limits?: Limits;
  plan?: Plan;
  /** Keeps all worlds in this file. */
  state?: string;
  /** Requests that the journal of a world keeps. */
  journal?: number;
  sandboxes?: number;
  sandboxIdle?: Duration;
  /** Hosts besides this machine to which webhooks may go. */
  webhookAllow?: readonly string[];
  /** A file with authorities from which receivers of webhooks may have their certificates. */
  webhookCa?: string;
  controlToken?: string;
  /** Default: a free port of this machine. */
  listen?: string;
  /** The program; otherwise `TIMETWIN_BIN`, that of the package for this platform, or that of the path. */
  binary?: string;
  /** Milliseconds to wait for the server; 30,000 by default. */
  timeout?: number;
}

export interface WorldSettings {
  /** Name of a built-in scenario. */
  scenario?: string;
  /** Freezes its clock. */
  at?: Instant;
  revision?: Revision;
  limits?: Limits;
  plan?: Plan;
  /** Gives it ids that other worlds do not have. */
  salt?: string;
  /** Makes it anew even without other settings. */
  fresh?: boolean;
}

/** A server and its worlds. One that was started here ends with `close`, or with this process, however that ends. */
export class Timetwin implements AsyncDisposable {
  private constructor();
  /** Starts a server on a free port and waits until it answers. */
  static start(options?: StartOptions): Promise<Timetwin>;
  /** Uses a server that runs already; by default that of `TIMETWIN_URL`. */
  static attach(url?: string, options?: { controlToken?: string }): Promise<Timetwin>;
  /** Its URL, without a slash at the end. */
  readonly url: string;
  /** The newest lines of its log, if it was started here. */
  readonly log: string;
  /** The version of the server. */
  version(): Promise<string>;
  /** Ends the server, if it was started here. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
  /** The world of requests that name none. */
  readonly main: World;
  /**
   * A world by name: 1 to 64 letters, digits, `.`, `_` and `-`. Without settings, one that exists is taken as it
   * is. With settings, or if it has to be `fresh`, it is made anew.
   */
  world(name: string, settings?: WorldSettings): Promise<World>;
  /** All worlds there are. */
  worlds(): Promise<WorldInfo[]>;
  /** The decisions that the answers of a surface rest on where the vendor's documents do not decide. */
  quirks(surface: Surface): Promise<Quirk[]>;
  /** One decision by its id. */
  quirk(id: string): Promise<Quirk>;
}

/** All systems as one test sees them. Worlds of a server never see each other. Made by `Timetwin.world`. */
export class World {
  private constructor();
  /** Its name: what follows `~` in its credentials. */
  readonly name: string;
  readonly clock: Clock;
  readonly faults: Faults;
  /** The root of all surfaces in this world, for clients that cannot send its name in a credential. */
  readonly url: string;
  /** Its version, clock and settings. */
  info(): Promise<WorldInfo>;
  /** How to call a surface as a person, named by e-mail or by the part before the `@`. */
  credentials(surface: Surface, person: string): Promise<Credential>;
  /** How to call a surface as each person, owners first. */
  credentials(surface: Surface): Promise<Credential[]>;
  /** Its requests, oldest first. */
  requests(filter?: RequestFilter): Promise<RequestRecord[]>;
  /** A request by its id, or by its number: 1 is the first. */
  request(id: string | number): Promise<RequestRecord>;
  requestCount(filter?: RequestFilter): Promise<number>;
  /** Empties the journal. */
  clearRequests(): Promise<void>;
  /** How many requests met each expectation. A difference is `NotAsExpected`. */
  verify(expectations: Expectation | readonly Expectation[], options?: { inOrder?: boolean }): Promise<number[]>;
  /** What was asked of it, in words: the last requests, the quirks that they met, and what nobody read. */
  report(options?: { last?: number }): Promise<string>;
  /** The quirks that its requests met, in the order of their ids. */
  quirks(): Promise<Quirk[]>;
  /** Adds people, clients, projects, tasks, work or settings: all of the fragment, or nothing. */
  plant(fragment: Fragment): Promise<void>;
  /** The work in a system, or in all of them, ordered by start. */
  ledger(system?: System): Promise<LedgerLine[]>;
  /** How two systems differ; the left one is the expected side. A side is a system, `scenario` or `scenario:NAME`. */
  ledgerDiff(
    left: string,
    right: string,
    options?: { tolerance?: Duration; zone?: string; compare?: readonly ('note' | 'billable')[] },
  ): Promise<LedgerDiff>;
  /** Returns it to its first state. */
  reset(): Promise<void>;
  /** Removes it. */
  discard(): Promise<void>;
  /** A new world in the state of this one. */
  fork(name: string, options?: { salt?: string }): Promise<World>;
  /** Saves its state under a name. */
  checkpoint(name: string): Promise<void>;
  /** Returns to a checkpoint. */
  restore(name: string): Promise<void>;
  /** Removes a checkpoint. */
  forget(name: string): Promise<void>;
  checkpoints(): Promise<string[]>;
  /** Its state as a SQLite file. */
  snapshot(): Promise<Uint8Array>;
  /** Replaces its state by that of a snapshot. */
  putSnapshot(content: Uint8Array): Promise<void>;
  /** Its webhook messages, oldest first. */
  deliveries(filter?: { hook?: string; event?: string; state?: DeliveryState }): Promise<Delivery[]>;
  /** Sends a webhook message once more. */
  resend(id: string): Promise<Delivery>;
}

/** The clock of a world. Timers, limits, retries and the `Date` header follow it. */
export class Clock {
  private constructor();
  now(): Promise<Date>;
  /** Stops it, at an instant or where it is. */
  freeze(at?: Instant): Promise<Date>;
  /** Lets it run, from an instant on or with the machine's clock. */
  run(at?: Instant): Promise<Date>;
  /** Sets it. It stays frozen, or goes on running. */
  set(at: Instant): Promise<Date>;
  /** Moves it forward. What is due in between happens, each event at its instant. */
  advance(by: Duration): Promise<Date>;
}

/** The fault plan of a world. The first rule that matches a request and whose turn it is takes effect. */
export class Faults {
  private constructor();
  /** Replaces the plan. */
  set(...faults: readonly Fault[]): Promise<void>;
  /** Removes the plan. */
  clear(): Promise<void>;
  rules(): Promise<Fault[]>;
  /** How often each rule matched and fired. */
  counts(): Promise<FaultCount[]>;
}

/** How to call a surface as a person. */
export interface Credential {
  surface: Surface;
  /** E-mail. */
  person: string;
  name: string;
  /** The vendor's word for what they are. */
  role: string;
  /** Headers to send with each request. */
  headers: Record<string, string>;
  /** Parameters to send instead of the headers, where the vendor takes the secret there. */
  query: Record<string, string>;
  /** Base URL of a client. */
  baseUrl: string;
  /** Base URL of the reports, where they have one of their own. */
  reportsBaseUrl?: string;
}

export interface WorldInfo {
  name: string;
  /** Changes since it was made or reset. */
  version: number;
  clockMode: 'frozen' | 'real';
  now: Date;
  revision: Revision;
  limits: Limits;
  plan?: Plan;
  salt?: string;
  /** Requests in its journal. */
  requests: number;
}

export interface RequestFilter {
  surface?: Surface;
  operation?: string;
  method?: string;
  /** E-mail. */
  person?: string;
  status?: number;
  /** An instant, or the id of the last request already seen. */
  since?: Instant;
}

/** A request with its outcome. Secrets are redacted. */
export interface RequestRecord {
  id: string;
  at: Date;
  /** `null` when no surface owns the path. */
  surface: Surface | null;
  /** `null` when no operation has the path. */
  operation: string | null;
  method: string;
  path: string;
  query: string;
  /** JSON as values, any other text as it is. */
  body: unknown;
  bodyBytes: number;
  /** E-mail of the caller, if the credential is known. */
  person: string | null;
  status: number;
  /** Milliseconds. */
  duration: number;
  versionBefore: number;
  versionAfter: number;
  /** Ids of decisions that the answer rests on: `Timetwin.quirk` explains them. */
  quirks: string[];
  /** Parameters that nothing read. */
  unknownParameters: string[];
  /** Fields of the body that nothing read. */
  unknownFields: string[];
  /** Which rule of the fault plan fired, from 0. */
  fault: number | null;
  /** A failure of the server itself. */
  trouble: string | null;
  nearMisses: NearMiss[];
  /** Whether the operation is known and declined. */
  declined: boolean;
}

/** An operation that a request without one may have meant. */
export interface NearMiss {
  surface: Surface;
  operation: string;
  method: string;
  path: string;
}

/** Requests that are expected: which, and how many. Without a number, at least one. */
export interface Expectation {
  surface?: Surface;
  operation?: string;
  method?: string;
  path?: string;
  /** E-mail of the caller. */
  person?: string;
  status?: number;
  /** Members that the body must have; it may have others. */
  body?: unknown;
  exactly?: number;
  atLeast?: number;
  atMost?: number;
}

/** A rule of a fault plan: which requests, when, and what happens to them. */
export interface Fault {
  surface?: Surface;
  operation?: string;
  method?: string;
  /** `*` stands for any text. */
  path?: string;
  /** E-mail of the caller. */
  person?: string;
  /** The first so many. */
  first?: number;
  /** Each n-th. */
  every?: number;
  probability?: number;
  seed?: number;
  /** This status with the vendor's own body. */
  status?: number;
  /** The vendor's answer to too many requests. */
  rateLimited?: boolean;
  /** The connection is reset: `true` before the operation runs, `'after'` after it. */
  reset?: boolean | 'after';
  delay?: Duration;
  /** Median and sigma. */
  delayLognormal?: readonly [Duration, number];
  /** The connection ends after so many bytes of the body. */
  truncate?: number;
  /** Bytes a second. */
  slow?: number;
  contentType?: string;
  /** Webhooks are delivered so many times more. */
  duplicate?: number;
}

/** How many requests a rule matched, and on how many it fired. */
export interface FaultCount {
  matched: number;
  fired: number;
}

/** A piece of work in a system. */
export interface LedgerLine {
  system: System;
  /** E-mail. */
  who: string;
  /** Key of the issue or project, or the project's name. */
  what: string;
  start: Date;
  /** `null` while a timer runs. */
  seconds: number | null;
  note: string;
  billable: boolean | null;
  /** The row's id in its system. */
  nativeId: string;
}

/** How two systems differ. */
export interface LedgerDiff {
  missing: LedgerLine[];
  extra: LedgerLine[];
  doubled: LedgerLine[];
  different: Difference[];
  /** Whether both sides are equal. */
  isEmpty: boolean;
}

/** Work that both sides have, and the fields in which it differs. */
export interface Difference {
  left: LedgerLine;
  right: LedgerLine;
  fields: string[];
}

export type DeliveryState = 'pending' | 'delivered' | 'failed';

/** A webhook message with its attempts. */
export interface Delivery {
  id: string;
  system: System;
  /** The vendor's id of the hook. */
  hook: string;
  /** The vendor's name of the event. */
  event: string;
  url: string;
  /** Headers of the last attempt. */
  headers: Record<string, string>;
  body: string;
  created: Date;
  /** When the next attempt is due; `null` when there is none. */
  due: Date | null;
  state: DeliveryState;
  attempts: Attempt[];
}

/** One attempt to deliver a webhook message. */
export interface Attempt {
  at: Date;
  /** Status of the receiver's answer, if there was one. */
  status: number | null;
  answer: string;
  error: string | null;
}

/** A decision on record where the vendor's documents are silent, wrong or contradictory. */
export interface Quirk {
  id: string;
  /** Operation ids, joined by commas, or `*`. */
  operation: string;
  title: string;
  document: string;
  documented: string;
  /** The answer of revision `current`, where it differs. */
  current?: string;
  why: string;
  grade: 'documented' | 'vendor' | 'observed' | 'assumed';
}

/** Part of a scenario: rows in the form of a scenario file. */
export interface Fragment {
  people?: readonly object[];
  clients?: readonly object[];
  projects?: readonly object[];
  tasks?: readonly object[];
  work?: readonly object[];
  /** What only one system has. */
  overlays?: Partial<Record<System, object>>;
}

/** An answer of the control API as RFC 9457 has it. */
export interface Problem {
  type: string;
  title?: string;
  status: number;
  detail: string;
  [member: string]: unknown;
}

/** Any error of this package. */
export class TimetwinError extends Error {}

/** The server could not be found, started or reached. */
export class StartError extends TimetwinError {}

/** An error of the control API. */
export class ProblemError extends TimetwinError {
  constructor(problem: Problem);
  readonly problem: Problem;
  /** The HTTP status. */
  readonly status: number;
  /** What kind of error it is: `urn:timetwin:unknown-sandbox` and so on. */
  readonly type: string;
  /** What is wrong, in a sentence. */
  readonly detail: string;
}

/** `World.verify` found a difference. The message names the requests that come closest. */
export class NotAsExpected extends ProblemError {}
