// How values go in and come out.

/** An instant as the control API takes it. */
export function instantText(instant) {
  return instant instanceof Date ? instant.toISOString() : instant;
}

const SECONDS = { days: 86_400, hours: 3600, minutes: 60, seconds: 1, milliseconds: 0.001 };

/** A duration as the control API takes it. */
export function durationText(duration) {
  if (typeof duration === 'string') return duration;
  refuseOthers(duration, Object.keys(SECONDS), 'a duration');
  const seconds = Object.entries(duration).reduce((sum, [unit, count]) => sum + count * SECONDS[unit], 0);
  return `PT${Number(seconds.toFixed(3))}S`;
}

/** Refuses members that mean nothing: they are typing errors. */
export function refuseOthers(value, known, what) {
  const other = Object.keys(value).find((name) => !known.includes(name));
  if (other !== undefined) throw new TypeError(`${what} has no member '${other}', only ${known.join(', ')}`);
}

/** The members that are given. */
export function given(members) {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined && value !== null));
}

function camel(members) {
  const name = (text) => text.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
  return Object.fromEntries(Object.entries(members).map(([key, value]) => [name(key), value]));
}

export function readCredential(value) {
  return camel(value);
}

export function readWorldInfo({ clock, ...rest }) {
  return { ...rest, clockMode: clock.mode, now: new Date(clock.now) };
}

export function readRequest({ duration_us: micros, ...rest }) {
  return { ...camel(rest), at: new Date(rest.at), duration: micros / 1000 };
}

export function readLine(value) {
  return { ...camel(value), start: new Date(value.start) };
}

export function readDiff({ missing, extra, doubled, different }) {
  const pairs = different.map(({ left, right, fields }) => ({ left: readLine(left), right: readLine(right), fields }));
  const all = [missing, extra, doubled].map((lines) => lines.map(readLine));
  const isEmpty = all.every((lines) => lines.length === 0) && pairs.length === 0;
  return { missing: all[0], extra: all[1], doubled: all[2], different: pairs, isEmpty };
}

export function readDelivery({ headers, attempts, created, due, ...rest }) {
  return {
    id: rest.id,
    system: rest.system,
    hook: rest.hook,
    event: rest.event,
    url: rest.url,
    headers,
    body: rest.body,
    created: new Date(created),
    due: due === null ? null : new Date(due),
    state: rest.state,
    attempts: attempts.map((attempt) => ({ ...attempt, at: new Date(attempt.at) })),
  };
}

const MATCH = ['surface', 'operation', 'method', 'path', 'person'];
const WHEN = ['first', 'every', 'probability', 'seed'];
const EFFECT = [
  'status',
  'rateLimited',
  'reset',
  'delay',
  'delayLognormal',
  'truncate',
  'slow',
  'contentType',
  'duplicate',
];

/** A fault as the control API takes it. */
export function faultRule(fault) {
  refuseOthers(fault, [...MATCH, ...WHEN, ...EFFECT], 'a fault');
  const pick = (names) => given(Object.fromEntries(names.map((name) => [name, fault[name]])));
  const { delay, delayLognormal, slow } = fault;
  const effect = given({
    status: fault.status,
    rate_limited: fault.rateLimited || undefined,
    reset: fault.reset || undefined,
    delay: delay && durationText(delay),
    delay_lognormal: delayLognormal && { median: durationText(delayLognormal[0]), sigma: delayLognormal[1] },
    truncate: fault.truncate,
    slow: slow && { bytes_per_second: slow },
    content_type: fault.contentType,
    duplicate: fault.duplicate,
  });
  return { match: pick(MATCH), when: pick(WHEN), effect };
}

export function readFault({ match = {}, when = {}, effect }) {
  const { slow, delay_lognormal: drawn, ...rest } = effect;
  return {
    ...match,
    ...when,
    ...camel(rest),
    ...given({ slow: slow?.bytes_per_second, delayLognormal: drawn && [drawn.median, drawn.sigma] }),
  };
}

const EXPECTATION = [
  'surface',
  'operation',
  'method',
  'path',
  'person',
  'status',
  'body',
  'exactly',
  'atLeast',
  'atMost',
];

/** An expectation as the control API takes it. */
export function expectationMembers(expectation) {
  refuseOthers(expectation, EXPECTATION, 'an expectation');
  const { atLeast, atMost, ...rest } = expectation;
  return given({ ...rest, at_least: atLeast, at_most: atMost });
}
