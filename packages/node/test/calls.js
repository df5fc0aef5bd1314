// Calls of the surfaces, and the instant of all clocks.

export const NOON = new Date('2026-06-12T10:00:00Z');

/** Status and body of an answer. */
export async function call({ baseUrl, headers }, method, path, body) {
  const answer = await fetch(baseUrl + path, {
    method,
    headers: { ...headers, 'Content-Type': 'application/json' },
    body: body && JSON.stringify(body),
  });
  const text = await answer.text();
  try {
    return [answer.status, JSON.parse(text)];
  } catch {
    return [answer.status, text];
  }
}

export async function startTimer(world, issue = 'SSP-13') {
  const anna = await world.credentials('clockwork', 'anna');
  return (await call(anna, 'POST', '/start_timer', { issue_key: issue }))[0];
}

export async function stopTimer(world, issue = 'SSP-13') {
  const anna = await world.credentials('clockwork', 'anna');
  return (await call(anna, 'POST', '/stop_timer', { issue_key: issue }))[0];
}
