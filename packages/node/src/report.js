// A journal in words.

const LONGEST = 300;

/** The last requests, the quirks that they met, and what nobody read. */
export async function report(requests, quirks, revision, last) {
  if (requests.length === 0) return 'No request reached this world.';
  const shown = last > 0 ? requests.slice(-last) : [];
  const before = requests.length - shown.length;
  const lines = before > 0 ? [`${before} earlier request${before === 1 ? '' : 's'}`] : [];
  for (const request of shown) lines.push(...describe(request));
  lines.push(...section('not read:', unread(requests)));
  lines.push(...section('quirks:', decisions(await met(requests, quirks), revision)));
  return lines.join('\n');
}

/** The quirks that requests met, in the order of their ids. */
export async function met(requests, quirks) {
  const ids = new Map();
  for (const request of requests.filter((each) => each.surface !== null && each.quirks.length > 0)) {
    const known = ids.get(request.surface) ?? new Set();
    request.quirks.forEach((id) => known.add(id));
    ids.set(request.surface, known);
  }
  const found = [];
  for (const [surface, known] of ids) {
    found.push(...(await quirks.of(surface)).filter((quirk) => known.has(quirk.id)));
  }
  return found.sort((a, b) => (a.id < b.id ? -1 : 1));
}

function section(title, lines) {
  return lines.length > 0 ? [title, ...lines.map((line) => `  ${line}`)] : [];
}

function describe(request) {
  const target = request.path + (request.query ? `?${request.query}` : '');
  const facts = [request.operation ?? 'no operation', request.person ?? 'nobody known'];
  if (request.fault !== null) facts.push(`fault ${request.fault}`);
  if (request.trouble !== null) facts.push(request.trouble);
  if (request.declined) facts.push('declined');
  const lines = [`${request.status} ${request.method} ${target}  (${facts.join(', ')})`];
  if (request.body !== null) {
    lines.push(`    ${cut(typeof request.body === 'string' ? request.body : JSON.stringify(request.body))}`);
  }
  for (const near of request.nearMisses.slice(0, 3)) {
    lines.push(`    near: ${near.method} ${near.path}  (${near.surface} ${near.operation})`);
  }
  return lines;
}

function unread(requests) {
  const found = new Set();
  for (const request of requests) {
    const where = request.operation ?? `${request.method} ${request.path}`;
    for (const name of request.unknownParameters) found.add(`parameter '${name}' of ${where}`);
    for (const name of request.unknownFields) found.add(`field '${name}' of ${where}`);
  }
  return [...found];
}

function decisions(quirks, revision) {
  return quirks.flatMap((quirk) => {
    const decision = (revision === 'current' ? quirk.current : undefined) ?? quirk.documented;
    return [`${quirk.id} (${quirk.grade}): ${quirk.title}`, `    ${cut(decision)}`];
  });
}

function cut(text) {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`;
}
