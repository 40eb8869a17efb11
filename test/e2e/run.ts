/**
 * The documentation, typed: `npm start` in a copy of nothing but its own state, then every block marked `<!-- e2e -->`
 * of its pages in one shell, with the real clients; then the stop, a second start that finds the same volumes, and `--fresh`.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';

const root = join(import.meta.dirname, '..', '..');
const { results: resultsFile } = parseArgs({ options: { results: { type: 'string' } } }).values;
const project = '0123456789abcdef0123456789abcdef';
const api = `http://127.0.0.1:8776/v3/${project}`;
const headers = { 'X-Auth-Token': `me:${project}`, 'OpenStack-API-Version': 'volume 3.70' };

let passed = 0;
let failed = 0;

async function step(name: string, work: () => Promise<void> | void): Promise<void> {
  const started = performance.now();
  try {
    await work();
    passed += 1;
    console.log(`ok    ${name} (${Math.round(performance.now() - started)} ms)`);
  } catch (error) {
    failed += 1;
    console.error(`FAIL  ${name}\n${error instanceof Error ? error.stack : String(error)}`);
  }
}

function expect(condition: boolean, text: string): void {
  if (!condition) {
    throw new Error(`expected ${text}`);
  }
}

/** A folder that looks like the checkout, with a space in its name and `var/` of its own. */
const place = mkdtempSync(join(tmpdir(), 'flash array '));
const state = join(place, 'var');

interface Started {
  readonly child: ChildProcess;
  readonly output: string[];
  /** Resolves when every process has let go of its port. */
  stop(signal: NodeJS.Signals): Promise<void>;
}

async function start(...parameters: readonly string[]): Promise<Started> {
  const child = spawn('npm', ['start', '--', '--state', state, ...parameters], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const output: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => output.push(text));
  const ready = Promise.withResolvers<void>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    output.push(line);
    if (line.includes('"event":"ready"')) {
      ready.resolve();
    }
  });
  void once(child, 'exit').then(([code]) =>
    ready.reject(new Error(`npm start ended with ${code}:\n${output.join('\n')}`)),
  );
  const deadline = setTimeout(
    () => ready.reject(new Error(`npm start is not ready:\n${output.join('\n')}`)),
    120_000,
  );
  await ready.promise;
  clearTimeout(deadline);
  return {
    child,
    output,
    stop: async (signal) => {
      if (child.exitCode === null && child.signalCode === null) {
        const exited = once(child, 'exit');
        signalGroup(child, signal);
        await exited;
      }
      // npm passes the signal on and may be gone before what it started.
      await until(async () => (await Promise.all([8776, 8443, 8444].map(isFree))).every(Boolean));
    },
  };
}

/** As a terminal's Ctrl-C does it: everybody in the foreground gets the signal. */
function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid !== undefined) {
    process.kill(signal === 'SIGINT' ? -child.pid : child.pid, signal);
  }
}

/** Whether nobody listens on a port any more. */
function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(false);
    });
    socket.once('error', () => resolve(true));
  });
}

interface Page {
  readonly file: string;
  readonly blocks: readonly string[];
}

/** @param drill for pages that need another start: blocks marked `<!-- e2e: DRILL -->` */
function readPage(file: string, drill: string | null): Page {
  const text = readFileSync(join(root, file), 'utf8');
  const mark = drill === null ? 'e2e' : `e2e: ${drill}`;
  const blocks = [...text.matchAll(/<!-- (e2e[^>]*?) -->\n```sh\n([\s\S]*?)```/g)].flatMap(
    ([, found, block = '']) => (found === mark ? [block] : []),
  );
  expect(blocks.length >= 4, `at least 4 blocks in ${file}, not ${blocks.length}`);
  return { file, blocks };
}

/**
 * Pages in one shell, as somebody types them, from a folder where `var/` is this run's state. A block's output follows
 * a line `== FILE block N`.
 */
function typePages(pages: readonly Page[]): string {
  const script = join(place, 'typed.sh');
  const typed = pages.flatMap(({ file, blocks }) =>
    blocks.map((block, index) => `echo "== ${file} block ${index + 1}"\n${block}`),
  );
  writeFileSync(script, ['set -euo pipefail', ...typed].join('\n'));
  const run = spawnSync('bash', [script], {
    cwd: place,
    encoding: 'utf8',
    timeout: 600_000,
    env: {
      ...process.env,
      CINDER_FLASHARRAY_STATE: state,
      PATH: `${join(root, 'node_modules', '.bin')}:${process.env.PATH}`,
    },
  });
  if (run.status !== 0) {
    throw new Error(`the documented commands failed (${run.status}):\n${run.stdout}\n${run.stderr}`);
  }
  return run.stdout;
}

async function volumes(): Promise<
  readonly { readonly name: string; readonly status: string; readonly size: number }[]
> {
  const reply = await fetch(`${api}/volumes/detail`, { headers });
  const body: unknown = await reply.json();
  return typeof body === 'object' && body !== null ? (Reflect.get(body, 'volumes') ?? []) : [];
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await condition())) {
    if (Date.now() > deadline) {
      throw new Error('it did not happen within 30 s');
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

symlinkSync(join(root, 'node_modules'), join(place, 'node_modules'));
let service = await start('--fresh');
await step('npm start answers /healthcheck', async () => {
  const reply = await fetch('http://127.0.0.1:8776/healthcheck');
  expect(reply.status === 200, `200, not ${reply.status}`);
});
let typed = '';
await step('the documented commands run with real clients', () => {
  typed = typePages(['README.md', 'docs/groups-and-types.md'].map((file) => readPage(file, null)));
});
/** What a block printed. */
function printed(file: string, block: number): string {
  return (typed.split(`== ${file} block ${block}\n`)[1] ?? '').split('\n== ')[0] ?? '';
}
await step('both API generations of the array show the volumes', () => {
  const array = printed('README.md', 4);
  expect((array.match(/volume-[0-9a-f-]{36}-cinder/g) ?? []).length === 6, `three volumes, twice:\n${array}`);
  expect(/-cinder 1073741824 1\b/.test(array), `the attached volume with one connection:\n${array}`);
  expect(/-cinder 2147483648/.test(array), `the extended copy:\n${array}`);
});
const types = 'docs/groups-and-types.md';
await step('limits, volume groups and protection groups are on the array', () => {
  const limits = printed(types, 2);
  expect(/-cinder 500 10485760$/m.test(limits), `the limits of the QoS specs:\n${limits}`);
  const moved = printed(types, 3);
  expect(/^gold\/volume-\S+-cinder$/m.test(moved), `the volume in its group:\n${moved}`);
  expect(/^gold 5000$/m.test(moved), `the group with its limit:\n${moved}`);
  const back = printed(types, 4);
  expect(/^volume-\S+-cinder 500$/m.test(back), `the volume with its own limit again:\n${back}`);
  const members = printed(types, 6).match(/^consisgroup-\S+-cinder volume-\S+-cinder$/gm) ?? [];
  expect(members.length === 2, `two members of the protection group, not ${members.length}`);
});
await step('a volume of the array is managed, and left where it is', () => {
  const managed = printed(types, 11);
  expect(/'name': 'payroll'/.test(managed), `payroll to be listed:\n${managed}`);
  expect(/^3$/m.test(managed), `3 GiB:\n${managed}`);
  const left = printed(types, 12);
  expect(
    /^volume-\S+-cinder-unmanaged$/m.test(left),
    `the volume under the name of unmanaged ones:\n${left}`,
  );
});
await step('they run once more on the same state: they leave nothing behind that is in the way', () => {
  typePages(['README.md', 'docs/groups-and-types.md'].map((file) => readPage(file, null)));
});
await step('SIGTERM ends every process, and a second start finds the same volumes', async () => {
  await fetch(`${api}/volumes`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ volume: { name: 'kept', size: 3 } }),
  });
  await until(async () => (await volumes()).every(({ status }) => status === 'available'));
  await service.stop('SIGTERM');
  service = await start();
  const [kept] = await volumes();
  expect(
    kept?.name === 'kept' && kept.status === 'available' && kept.size === 3,
    'the volume of the first start',
  );
});
await step('--fresh starts over', async () => {
  await service.stop('SIGINT');
  service = await start('--fresh');
  expect((await volumes()).length === 0, 'no volumes');
});
await service.stop('SIGTERM');
const replication = 'docs/replication.md';
for (const [drill, told] of [
  [
    'async',
    [
      [3, /^failed-over fa2$/m],
      [3, /\| scratch +\| error /],
      [3, /\| payroll +\| available /],
      [3, /^June salaries$/m],
      [5, /^error$/m],
      [6, /^from the pit $/m],
    ],
  ],
  [
    'sync',
    [
      [2, /^failed-over fa2$/m],
      [2, /^order 1001$/m],
      [3, /^order 1002$/m],
      [4, /^disabled\nplain\norder 1002\nenabled\nstretched$/m],
      [5, /\| frozen /],
    ],
  ],
] as const) {
  service = await start('--fresh', '--replication', drill);
  await step(`the ${drill} drill of the documentation runs, and says what it says there`, () => {
    typed = typePages([readPage(replication, drill)]);
    for (const [block, line] of told) {
      const text = printed(replication, block);
      expect(line.test(text), `${line} in block ${block}:\n${text}`);
    }
  });
  await service.stop('SIGTERM');
}
rmSync(place, { recursive: true, force: true });
console.log(`end to end: ${passed} passed, ${failed} failed`);
if (resultsFile !== undefined) {
  writeFileSync(resultsFile, JSON.stringify({ passed, failed }));
}
process.exitCode = failed === 0 ? 0 : 1;
