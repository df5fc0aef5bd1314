// A registry of the packed tarballs, as the public one has them after a release: `node registry.js TARBALL…` prints
// its URL. npm then takes the binary for this platform from it by itself.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const packages = new Map();
for (const file of process.argv.slice(2)) {
  const about = JSON.parse(execFileSync('tar', ['xzOf', file, 'package/package.json']));
  packages.set(about.name, { about, content: readFileSync(file) });
}

const server = createServer((request, response) => {
  const url = decodeURIComponent(request.url.slice(1));
  const file = [...packages.values()].find(({ about }) => url === `${about.name}.tgz`);
  const known = packages.get(url);
  if (file) return response.end(file.content);
  if (!known) return response.writeHead(404).end('{}');
  const { about, content } = known;
  const integrity = `sha512-${createHash('sha512').update(content).digest('base64')}`;
  const tarball = `http://${request.headers.host}/${about.name}.tgz`;
  const version = { ...about, dist: { tarball, integrity } };
  const body = { name: about.name, 'dist-tags': { latest: about.version }, versions: { [about.version]: version } };
  return response.end(JSON.stringify(body));
});
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}/`));
// It ends with whoever started it.
process.stdin.on('end', () => process.exit()).resume();
