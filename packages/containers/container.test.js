// The Testcontainers module for Node, and each way to wait for a container. `.ci/images` runs this.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GenericContainer, Wait } from 'testcontainers';
import { Timetwin } from 'timetwin';
import { TimetwinContainer } from 'timetwin/testcontainers';

test('a world in a container', async () => {
  const settings = { scenario: 'bare', at: new Date('2030-01-07T10:00:00Z'), plan: 'free', webhookAllow: ['host'] };
  const container = await new TimetwinContainer(settings).start();
  try {
    const world = await (await container.twin()).world('first');
    assert.equal((await world.info()).plan, 'free');
    assert.deepEqual(await world.clock.now(), settings.at);
    const { baseUrl, headers } = await world.credentials('clockify', 'anna');
    assert.ok(baseUrl.startsWith(container.url));
    assert.equal((await fetch(`${baseUrl}/user`, { headers })).status, 200);
    assert.deepEqual((await world.requests()).map((request) => request.operation), ['getLoggedUser']);
  } finally {
    await container.stop();
  }
});

test('a token is passed on', async () => {
  const container = await new TimetwinContainer({ scenario: 'bare', controlToken: 'secret' }).start();
  try {
    assert.equal((await (await container.twin()).worlds())[0].name, 'main');
    await assert.rejects((await Timetwin.attach(container.url)).worlds(), /requires its token/);
  } finally {
    await container.stop();
  }
});

test('a setting that does not exist is refused', () => {
  assert.throws(() => new TimetwinContainer({ state: 'x' }), /a container has no member 'state'/);
});

const image = process.env.TIMETWIN_IMAGE ?? new TimetwinContainer().imageName.string;
for (const [name, strategy, tag] of [
  ['log line', Wait.forLogMessage(/Ready\.$/), image],
  ['HTTP', Wait.forHttp('/_twin/health', 8463), image],
  ['health check', Wait.forHealthCheck(), image],
  ['port', Wait.forListeningPorts(), `${image}-shell`],
]) {
  test(`waited for by ${name}`, async () => {
    const container = await new GenericContainer(tag).withExposedPorts(8463).withWaitStrategy(strategy).start();
    try {
      const twin = await Timetwin.attach(`http://${container.getHost()}:${container.getMappedPort(8463)}`);
      assert.equal((await twin.main.info()).name, 'main');
    } finally {
      await container.stop();
    }
  });
}
