/**
 * What the service costs, at a small and at a large array: rounds and calls to the array (counted by the simulator),
 * time, and memory of the service's process. `npm run bench`, or `npm run bench -- --volumes 20000`.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { kill, type Service } from '../packages/cli/test/processes.ts';
import { copies } from './copies.ts';
import { failover } from './failover.ts';
import { array, type Generation, type Laboratory, openLaboratory } from './laboratory.ts';
import { createVolume, type Measure, ServiceBench } from './operations.ts';
import { fillArray, fillDatabase, type Population } from './populate.ts';
import { statements } from './statements.ts';
import { statistics } from './statistics.ts';
import { mebibytes, milliseconds, printTable } from './table.ts';

/** Creations that a killed service leaves behind. */
const unfinished = 20;
const { values } = parseArgs({
  options: {
    volumes: { type: 'string', default: '100000' },
    counts: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const large = Number(values.volumes);
if (values.help || !Number.isInteger(large) || large < 1_000) {
  console.log(
    `npm run bench [-- --volumes N | --counts]

  --volumes N   volumes of the large array, at least 1000 (default 100000)
  --counts      only what is counted and not timed: statements of the database, rounds of a hundred copies`,
  );
  process.exit(values.help ? 0 : 2);
}

const populations: readonly Population[] = [1_000, large].map((volumes) => ({
  volumes,
  snapshotsPerVolume: 2,
  hosts: Math.min(1_000, Math.floor(volumes / 10)),
}));

const generations: readonly {
  readonly title: string;
  readonly generation: Generation;
  readonly hasBudgets: boolean;
}[] = [
  { title: 'REST 2 (newest)', generation: {}, hasBudgets: true },
  {
    title: 'REST 1.19',
    generation: { purityVersion: '6.0.0', restVersions: ['1.2', '1.19'] },
    hasBudgets: false,
  },
];

if (!values.counts) {
  await measureArrays();
  await measureFailover();
}

console.log('\n## A hundred volumes from one snapshot, 50 ms a call\n');
printTable(['', 'calls', 'at a time', 'at least', 'took'], await copies());

console.log('\n## Statements of the database\n');
printTable(['', 'statements', 'calls'], await statements());

async function measureArrays(): Promise<void> {
  for (const { title, generation, hasBudgets } of generations) {
    const columns: (readonly Measure[])[] = [];
    for (const population of populations) {
      console.error(
        `${title}: ${population.volumes} volumes, ${population.volumes * population.snapshotsPerVolume} snapshots, ${population.hosts} hosts ...`,
      );
      columns.push(await measure(generation, population));
    }
    console.log(`\n## ${title}\n`);
    printTable(
      ['', 'budget', ...populations.map(({ volumes }) => `${volumes.toLocaleString('en')} volumes`)],
      (columns[0] ?? []).map(({ what, budget }, row) => [
        what,
        hasBudgets ? budget : '',
        ...columns.map((column) => column[row]?.cost ?? ''),
      ]),
    );
  }
}

async function measureFailover(): Promise<void> {
  console.log('\n## Failover of 1,000 volumes, asynchronous\n');
  const failovers: (readonly string[])[] = [];
  for (const { title, generation } of generations) {
    console.error(`${title}: failover of 1000 volumes ...`);
    failovers.push([title, ...(await failover(generation, 1_000))]);
  }
  printTable(['', 'volumes', 'calls to the target', 'serial rounds', 'time', 'failed'], failovers);
}

async function measure(generation: Generation, population: Population): Promise<readonly Measure[]> {
  const lab = await openLaboratory(generation);
  try {
    await prepare(lab, population);
    const measures: Measure[] = [];

    const started = await counted(lab, () => lab.place.startService());
    measures.push({ what: 'start', budget: '', cost: callsAndTime(started) });
    measures.push({ what: 'memory after start', budget: '', cost: memory(started.result, 'VmRSS') });

    await leaveUnfinished(lab, started.result);
    const resumed = await counted(lab, () => lab.place.startService());
    measures.push({
      what: `start, ${unfinished} creations to end`,
      budget: '',
      cost: callsAndTime(resumed),
    });

    const bench = new ServiceBench(lab, resumed.result);
    measures.push(
      ...(await bench.operations()),
      await statistics(lab),
      ...(await bench.listings(population)),
    );
    measures.push({ what: 'most memory so far', budget: '', cost: memory(resumed.result, 'VmHWM') });
    return measures;
  } finally {
    await lab.close();
  }
}

/** Fills array and database with the same volumes. The service has to be started once for the volume to copy. */
async function prepare(lab: Laboratory, population: Population): Promise<void> {
  const service = await lab.place.startService();
  const templateId = await createVolume(service, 'template');
  await kill(service.running, 'SIGTERM');
  await fillArray(lab.control, array, population);
  await fillDatabase(lab.place.databasePath, templateId, population);
}

/** Creations that the array never answers, and a service that dies of them. */
async function leaveUnfinished(lab: Laboratory, service: Service): Promise<void> {
  for (const path of ['volume', 'volumes']) {
    await lab.control.addFault(array, { kind: 'hang', times: null, match: { method: 'POST', path } });
  }
  for (let number = 0; number < unfinished; number += 1) {
    await service.request('POST', '/volumes', { volume: { size: 1, name: `unfinished ${number}` } });
  }
  await kill(service.running, 'SIGKILL');
  await lab.control.clearFaults(array);
}

interface Counted<T> {
  readonly result: T;
  readonly calls: number;
  readonly time: number;
}

async function counted<T>(lab: Laboratory, act: () => Promise<T>): Promise<Counted<T>> {
  await lab.control.clearRequests(array);
  const began = performance.now();
  const result = await act();
  const time = performance.now() - began;
  return { result, time, calls: (await lab.control.requests(array)).length };
}

function callsAndTime({ calls, time }: Counted<unknown>): string {
  return `${calls} calls, ${milliseconds(time)}`;
}

/** The service's memory as the kernel counts it; elsewhere than on Linux it is not known. */
function memory(service: Service, field: 'VmRSS' | 'VmHWM'): string {
  try {
    const status = readFileSync(`/proc/${service.running.child.pid}/status`, 'utf8');
    const [, kibibytes] = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status) ?? [];
    return kibibytes === undefined ? 'not known' : mebibytes(Number(kibibytes) * 1024);
  } catch {
    return 'not known';
  }
}
