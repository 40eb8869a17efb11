// Runs a script of the project with the project's own Node.js, after installing what is missing.
// Plain JavaScript for any Node.js from 20 on: `node scripts/with-dependencies.mjs <script> [arguments]`.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
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
  const failure = await install();
  if (failure !== null) {
    console.error(failure);
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

/** Installs what package-lock.json lists. Resolves to what went wrong and what to do about it, or null. */
async function install() {
  console.error('Installing dependencies (npm ci) ...');
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  // Three tries within seconds: npm's own pauses make a minute of silence.
  const retries = ['--fetch-retries=2', '--fetch-retry-mintimeout=2000', '--fetch-retry-maxtimeout=10000'];
  const npm = spawn('npm', ['ci', ...quiet, ...retries], {
    cwd: root,
    stdio: ['ignore', 2, 'pipe'],
    shell: process.platform === 'win32',
  });
  const began = Date.now();
  const progress = setInterval(() => {
    console.error(`... still installing, for ${Math.round((Date.now() - began) / 1000)} s now`);
  }, 15_000);
  // npm's words, without its stack.
  createInterface({ input: npm.stderr }).on('line', (line) => {
    if (!/^npm error\s+at /.test(line)) {
      console.error(line);
    }
  });
  const failure = await new Promise((resolve) => {
    npm.once('error', (error) => resolve(`npm could not be run: ${error.message}`));
    npm.once('close', (code) => resolve(code === 0 ? null : `npm ci ended with ${code}; see above.`));
  });
  clearInterval(progress);
  if (failure !== null) {
    return `The dependencies could not be installed: ${failure}
Is the package registry in reach? \`npm config get registry\` says which one it is.
The same command goes on from here: what has been downloaded is kept.`;
  }
  return existsSync(runtime)
    ? null
    : 'npm installed no runtime: are install scripts switched off (ignore-scripts)?';
}
