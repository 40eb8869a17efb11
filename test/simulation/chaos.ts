import { randomInt } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { type FaultKind, faultKinds } from './faults.ts';
import { pointsCommand } from './points-command.ts';
import { prove } from './prove.ts';
import { categoryOf, shorten } from './shorten.ts';
import { type SiteName, siteNames } from './site.ts';
import type { WorldOptions, WorldReport } from './world.ts';
import { WorldPool } from './world-pool.ts';

const help = `npm run chaos -- [options]

Runs the whole service against simulated arrays in random worlds: several clients, faults, a service that dies and
starts again, arrays that come and go; in virtual time, each world from one seed. After the faults all is well, and the
world must come to rest by itself with every promise kept. Ends with 1 when a world is bad.

  --site NAME        ${siteNames.join(', ')}, or all (default)
  --faults NAME      ${faultKinds.join(', ')}, or all (default)
  --seeds N          worlds of each site and kind of fault (default 20)
  --from SEED        first seed (default: chance; it is printed)
  --seed SEED        one world: prints what happened, and the findings
  --operations N     operations that clients begin in a world (default 60)
  --only 3,14,15     with --seed: only these operations
  --minutes N        no new world is begun after so many minutes
  --jobs N           worlds at the same time (default: processors)
  --shorten          find out which operations of the first bad world of each kind are needed
  --at-most PERCENT  bad worlds that do not make the command fail (default 0)
  --tolerate A,B     kinds of findings that do not count (they are still shown)
  --json             one JSON object a bad world

npm run chaos -- --points [options]

Breaks each operation of the service off at every point of it: the process dies before each statement of the database,
before each call is applied by an array, and after; it is started again one second later, and everything must come to
rest with the operation done, or never begun. Then it dies once more in the recovery from that. Each call is also
refused once, and cut before and after it was applied: then the operation must be done.

  --operation NAME   one operation, or several with commas (default: all; a wrong name lists them)
  --purity VERSION   5.3.0 speaks REST 1, 6.11.0 REST 2 (default: both)
  --point KIND:N     one world: prints what happened, and the findings. KIND is statement, before, after (the process
                     dies); refused, cut-before, cut-after (the call fails). Two points: statement:17,before:3;
                     the second counts from the start after the first death. none: nothing happens to it
  --all              every pair of two deaths, not a sample
  --sample N         first points of two deaths, and second points of each (default 6)
  --seed, --jobs, --tolerate as above

npm run chaos -- --prove [options]

Puts mended faults back, one by one, each in a copy of the project, and looks for it in random worlds: each must be
found. Prints a table: fault, site, faults, worlds until it was found, seed, what was found.

  --fault NAME       one of them, or several with commas (default: all; a wrong name lists them)
  --seeds N          worlds for each (default 500)
  --from, --jobs as above
`;

interface Arguments {
  readonly sites: readonly SiteName[];
  readonly faults: readonly FaultKind[];
  readonly seeds: number;
  readonly from: number;
  readonly seed: number | null;
  readonly operations: number;
  readonly only: readonly number[] | null;
  readonly minutes: number;
  readonly jobs: number;
  readonly shorten: boolean;
  /** Percent of all worlds. */
  readonly atMost: number;
  readonly tolerate: ReadonlySet<string>;
  readonly json: boolean;
  readonly points: boolean;
  readonly operation: string | null;
  readonly purity: string | null;
  readonly point: string | null;
  readonly all: boolean;
  readonly sample: number;
  readonly prove: boolean;
  readonly fault: string | null;
}

/** @throws Error that says which option is wrong */
function readArguments(args: readonly string[]): Arguments | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: 'boolean', short: 'h', default: false },
      site: { type: 'string', default: 'all' },
      faults: { type: 'string', default: 'all' },
      seeds: { type: 'string' },
      from: { type: 'string' },
      seed: { type: 'string' },
      operations: { type: 'string', default: '60' },
      only: { type: 'string' },
      minutes: { type: 'string', default: '1000' },
      jobs: { type: 'string' },
      shorten: { type: 'boolean', default: false },
      'at-most': { type: 'string', default: '0' },
      tolerate: { type: 'string', default: '' },
      json: { type: 'boolean', default: false },
      points: { type: 'boolean', default: false },
      operation: { type: 'string' },
      purity: { type: 'string' },
      point: { type: 'string' },
      all: { type: 'boolean', default: false },
      sample: { type: 'string', default: '6' },
      prove: { type: 'boolean', default: false },
      fault: { type: 'string' },
    },
  });
  if (values.help) {
    return null;
  }
  return {
    sites: chosen('site', siteNames, values.site),
    faults: chosen('faults', faultKinds, values.faults),
    seeds: whole('seeds', values.seeds ?? (values.prove ? '500' : '20')),
    from: values.from === undefined ? randomInt(2 ** 31) : whole('from', values.from),
    seed: values.seed === undefined ? null : whole('seed', values.seed),
    operations: whole('operations', values.operations),
    only: values.only === undefined ? null : values.only.split(',').map((text) => whole('only', text)),
    minutes: Number(values.minutes),
    jobs: values.jobs === undefined ? availableParallelism() : whole('jobs', values.jobs),
    shorten: values.shorten,
    atMost: Number(values['at-most']),
    tolerate: new Set(values.tolerate.split(',').filter((word) => word !== '')),
    json: values.json,
    points: values.points,
    operation: values.operation ?? null,
    purity: values.purity ?? null,
    point: values.point ?? null,
    all: values.all,
    sample: whole('sample', values.sample),
    prove: values.prove,
    fault: values.fault ?? null,
  };
}

function chosen<Name extends string>(option: string, names: readonly Name[], text: string): readonly Name[] {
  if (text === 'all') {
    return names;
  }
  return text.split(',').map((word) => {
    const name = names.find((candidate) => candidate === word);
    if (name === undefined) {
      throw new Error(`--${option} ${word}: it is one of ${names.join(', ')}, or all`);
    }
    return name;
  });
}

function whole(option: string, text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) {
    throw new Error(`--${option} ${text}: it is a whole number`);
  }
  return value;
}

interface BadWorld {
  readonly options: WorldOptions;
  readonly report: WorldReport;
}

/** Runs what was asked for. @returns whether every world was well */
async function chaos(args: Arguments, pool: WorldPool): Promise<boolean> {
  const began = performance.now();
  const end = began + args.minutes * 60_000;
  const totals = new Map<string, number>();
  const bad: BadWorld[] = [];
  const table = new Map<string, { worlds: number; bad: number }>();
  const running = new Set<Promise<void>>();
  const run = async (options: WorldOptions): Promise<void> => {
    const report = await pool.run(options);
    const cell = table.get(`${options.site} ${options.faults}`) ?? { worlds: 0, bad: 0 };
    table.set(`${options.site} ${options.faults}`, cell);
    cell.worlds += 1;
    for (const [name, count] of Object.entries(report.counts)) {
      totals.set(name, (totals.get(name) ?? 0) + count);
    }
    if (report.findings.some((finding) => !args.tolerate.has(categoryOf(finding)))) {
      cell.bad += 1;
      bad.push({ options, report });
      show(args, { options, report });
    }
  };
  console.log(`worlds from seed ${args.from}`);
  for (let seed = args.from; seed < args.from + args.seeds; seed += 1) {
    for (const site of args.sites) {
      for (const faults of args.faults) {
        if (performance.now() >= end) {
          break;
        }
        const options = {
          seed,
          site,
          faults,
          operations: args.operations,
          skip: new Set<number>(),
          traceLines: 0,
        };
        const world = run(options).finally(() => running.delete(world));
        running.add(world);
        if (running.size >= args.jobs) {
          await Promise.race(running);
        }
      }
    }
  }
  await Promise.all(running);
  printTable(args, table);
  printKinds(bad);
  const worlds = [...table.values()].reduce((sum, cell) => sum + cell.worlds, 0);
  const facts = [...totals].map(([name, count]) =>
    name === 'virtual' ? `${Math.round(count / 3_600_000)} hours of virtual time` : `${count} ${name}`,
  );
  console.log(
    `${worlds} worlds, ${bad.length} bad; ${facts.join(', ')}; ${Math.round((performance.now() - began) / 1_000)} s`,
  );
  if (args.shorten) {
    await shortenEach(bad, pool);
  }
  return bad.length * 100 <= args.atMost * worlds;
}

function show(args: Arguments, { options, report }: BadWorld): void {
  const { seed, site, faults } = options;
  if (args.json) {
    console.log(JSON.stringify({ seed, site, faults, findings: report.findings }));
    return;
  }
  console.log(`bad: --site ${site} --faults ${faults} --seed ${seed}`);
  for (const finding of report.findings.slice(0, 5)) {
    console.log(`     ${finding.slice(0, 200)}`);
  }
  if (report.findings.length > 5) {
    console.log(`     and ${report.findings.length - 5} more`);
  }
}

function printTable(args: Arguments, table: ReadonlyMap<string, { worlds: number; bad: number }>): void {
  const width = 9;
  console.log(
    `\nbad worlds of so many\n${''.padEnd(width)}${args.faults.map((name) => name.padStart(width)).join('')}`,
  );
  for (const site of args.sites) {
    const cells = args.faults.map((faults) => {
      const cell = table.get(`${site} ${faults}`);
      return (cell === undefined ? '-' : `${cell.bad}/${cell.worlds}`).padStart(width);
    });
    console.log(`${site.padEnd(width)}${cells.join('')}`);
  }
}

/** How many worlds break each kind of promise, with one that does. */
function printKinds(bad: readonly BadWorld[]): void {
  const kinds = new Map<string, { count: number; first: BadWorld }>();
  for (const world of bad) {
    for (const category of new Set(world.report.findings.map(categoryOf))) {
      const kind = kinds.get(category) ?? { count: 0, first: world };
      kinds.set(category, kind);
      kind.count += 1;
    }
  }
  for (const [category, { count, first }] of [...kinds].sort(
    ([, one], [, other]) => other.count - one.count,
  )) {
    const { site, faults, seed } = first.options;
    console.log(
      `${String(count).padStart(6)} ${category.padEnd(30)} --site ${site} --faults ${faults} --seed ${seed}`,
    );
  }
}

async function shortenEach(bad: readonly BadWorld[], pool: WorldPool): Promise<void> {
  const seen = new Set<string>();
  for (const { options, report } of bad) {
    const category = report.findings.map(categoryOf).find((name) => !seen.has(name));
    if (category === undefined) {
      continue;
    }
    seen.add(category);
    const { needed, report: short } = await shorten(options, category, (shorter) => pool.run(shorter));
    console.log(
      `\n${category}: --site ${options.site} --faults ${options.faults} --seed ${options.seed} --only ${needed.join(',')}`,
    );
    const steps = short.trace.filter((line) =>
      /^ *[\d.]+ (#\d+|clear-up|operator|the |FINDING|array|fault)/.test(line),
    );
    console.log(steps.slice(0, 60).join('\n'));
  }
}

async function one(args: Arguments, seed: number, pool: WorldPool): Promise<boolean> {
  const [site = 'one'] = args.sites;
  const [faults = 'none'] = args.faults;
  const { only } = args;
  const all = Array.from({ length: args.operations + 40 }, (_, index) => index + 1);
  const skip = new Set(only === null ? [] : all.filter((number) => !only.includes(number)));
  const report = await pool.run({
    seed,
    site,
    faults,
    operations: args.operations,
    skip,
    traceLines: 1_000_000,
  });
  console.log(report.trace.join('\n'));
  console.log(`digest ${report.digest}; ${JSON.stringify(report.counts)}`);
  for (const finding of report.findings) {
    console.log(finding);
  }
  return report.findings.length === 0;
}

async function main(): Promise<number> {
  const args = readArguments(process.argv.slice(2));
  if (args === null) {
    console.log(help);
    return 0;
  }
  const isOne = args.points ? args.point !== null : args.seed !== null;
  const pool = new WorldPool(isOne ? 1 : args.jobs);
  try {
    if (args.points) {
      const { seed, all, sample } = args;
      const isWell = await pointsCommand({ ...args, seed: seed ?? 1, sample: all ? null : sample }, pool);
      return isWell ? 0 : 1;
    }
    if (args.prove) {
      return (await prove({ ...args, faults: args.fault?.split(',') ?? null }, pool)) ? 0 : 1;
    }
    return (await (args.seed === null ? chaos(args, pool) : one(args, args.seed, pool))) ? 0 : 1;
  } finally {
    await pool.close();
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
}
