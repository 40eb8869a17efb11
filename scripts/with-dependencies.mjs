// Runs a script of the project with the project's own Node.js, after installing what is missing.
// Plain JavaScript for any Node.js from 20 on: `node scripts/with-dependencies.mjs <script> [arguments]`.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [script, ...parameters] = process.argv.slice(2);
if (script === undefined) {
  console.error('usage: node scripts/with-dependencies.mjs <script> [arguments]');
  process.exit(2);
}

const major = Number(process.versions.node.split('.')[0]);
if (major < 20) {
  console.error(`Node.js 20 or later is needed to install the project; this is ${process.version}.`);
  process.exit(1);
}

const runtime = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
const stamp = join(root, 'node_modules', '.installed-for');
const wanted = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .digest('hex');
const installed = existsSync(stamp) && existsSync(runtime) ? readFileSync(stamp, 'utf8') : '';

if (installed !== wanted) {
  console.error('Installing dependencies (npm ci) ...');
  const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (npm.error !== undefined || npm.status !== 0) {
    console.error(
      npm.error === undefined ? 'npm ci failed; see above.' : `npm could not be run: ${npm.error.message}`,
    );
    process.exit(1);
  }
  if (!existsSync(runtime)) {
    console.error('npm installed no runtime: are install scripts switched off (ignore-scripts)?');
    process.exit(1);
  }
  writeFileSync(stamp, wanted);
}

const child = spawn(runtime, [join(root, script), ...parameters], { stdio: 'inherit' });
// A terminal sends its signals to both; one sent to this process alone is passed on. The child decides when to end.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    if (signal !== 'SIGINT' || !process.stdin.isTTY) {
      child.kill(signal);
    }
  });
}
// npm's shell does not pass SIGTERM on: when it has gone, so has whoever started this.
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) {
    child.kill('SIGTERM');
  }
}, 500).unref();
child.on('error', (error) => {
  console.error(`could not start ${runtime}: ${error.message}`);
  process.exit(1);
});
child.on('exit', (code, signal) => {
  process.exit(code ?? (signal === null ? 1 : 128));
});
