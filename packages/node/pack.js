// Packs two tarballs: the package, and the binary for its platform. Needs nothing but Node and npm.
// `node pack.js FOLDER` with TIMETWIN_BIN prints their paths, the package last.

import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(here, '../..');
const folder = process.argv[2] && path.resolve(process.argv[2]);
const binary = process.env.TIMETWIN_BIN;
if (!folder || !binary) {
  console.error('usage: TIMETWIN_BIN=FILE node pack.js FOLDER; packages/build npm builds the binary too');
  process.exit(2);
}

/** For which platform a binary is, by its header. */
function platformOf(bytes) {
  if (bytes.subarray(0, 4).equals(Buffer.from('\x7fELF', 'latin1'))) {
    const cpu = { 62: 'x64', 183: 'arm64' }[bytes.readUInt16LE(18)];
    const [start, size, count] = [Number(bytes.readBigUInt64LE(32)), bytes.readUInt16LE(54), bytes.readUInt16LE(56)];
    const kinds = Array.from({ length: count }, (_, n) => bytes.readUInt32LE(start + n * size));
    // A binary with an interpreter needs the C library that it was linked to.
    return { os: 'linux', cpu, libc: kinds.includes(3) ? ['glibc'] : undefined };
  }
  if (bytes.readUInt32LE(0) === 0xfeedfacf) {
    return { os: 'darwin', cpu: { 0x0100000c: 'arm64', 0x01000007: 'x64' }[bytes.readUInt32LE(4)] };
  }
  if (bytes.subarray(0, 2).toString('latin1') === 'MZ') {
    return { os: 'win32', cpu: { 0x8664: 'x64', 0xaa64: 'arm64' }[bytes.readUInt16LE(bytes.readUInt32LE(0x3c) + 4)] };
  }
  throw new Error(`${binary} is a program for none of Linux, macOS and Windows`);
}

function licences(to) {
  for (const file of readdirSync(root).filter((name) => /^(LICENSE-|NOTICE)/.test(name))) {
    copyFileSync(path.join(root, file), path.join(to, file));
  }
}

function pack(from) {
  const [made] = JSON.parse(execFileSync('npm', ['pack', '--json', '--pack-destination', folder], { cwd: from }));
  // npm before 9 names the file of a scope as the registry does.
  return path.join(folder, made.filename.replace(/^@/, '').replace('/', '-'));
}

const work = mkdtempSync(path.join(tmpdir(), 'timetwin-pack-'));
try {
  mkdirSync(folder, { recursive: true });
  const main = path.join(work, 'main');
  mkdirSync(main);
  const own = JSON.parse(readFileSync(path.join(here, 'package.json'), 'utf8'));
  for (const name of ['package.json', 'README.md', 'bin', 'src']) {
    cpSync(path.join(here, name), path.join(main, name), { recursive: true });
  }
  licences(main);

  const { os, cpu, libc } = platformOf(readFileSync(binary));
  const name = `@timetwin/${os}-${cpu}`;
  const program = os === 'win32' ? 'timetwin.exe' : 'timetwin';
  const platform = path.join(work, 'platform');
  mkdirSync(path.join(platform, 'bin'), { recursive: true });
  copyFileSync(binary, path.join(platform, 'bin', program));
  chmodSync(path.join(platform, 'bin', program), 0o755);
  const { version, license } = own;
  const description = `The program of timetwin for ${os} on ${cpu}`;
  const about = { name, version, description, license, os: [os], cpu: [cpu], libc, files: ['bin', 'LICENSE-*', 'NOTICE*'] };
  writeFileSync(path.join(platform, 'package.json'), `${JSON.stringify(about, null, 2)}\n`);
  writeFileSync(path.join(platform, 'README.md'), `# ${name}\n\n${description}. Install \`timetwin\` instead.\n`);
  licences(platform);

  console.log(pack(platform));
  console.log(pack(main));
} finally {
  rmSync(work, { recursive: true, force: true });
}
