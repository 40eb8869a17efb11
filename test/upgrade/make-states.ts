/**
 * Writes the states of an older release that upgrade.test.ts opens, anew: `npm run upgrade-states`. A service of that
 * release, out of its own commit, is killed with SIGKILL in the middle of each kind of work: before the first change of
 * an array, and after each change, its answer still on the way.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LoggedRequest } from '@cinder-flasharray/simulator';
import { buildScene } from './build-scene.ts';
import { DatabaseText } from './database-text.ts';
import { checkOut } from './old-release.ts';
import { copyState, OldService } from './old-service.ts';
import {
  difference,
  type Json,
  type KilledState,
  release,
  type SiteState,
  siteNames,
  stateFolder,
  type UpgradeSite,
  type WorkStates,
} from './state-files.ts';
import { type IdOf, type UpgradeWork, upgradeWorks } from './works.ts';

/** Changes of arrays, of those that one kind of work makes, after which the process is killed. */
const mostPoints = 6;

/** So many lives of the service go side by side. */
const width = 4;

interface Prepared {
  readonly site: UpgradeSite;
  readonly folder: string;
  readonly ids: Readonly<Record<string, string>>;
  readonly arrays: Json;
}

/** One request that the work makes of an array: a change of it, or where it makes none, a question. */
interface Call {
  /** How many like it came before. */
  readonly array: string;
  readonly method: string;
  readonly path: string;
  readonly earlier: number;
}

const folder = await mkdtemp(join(tmpdir(), 'upgrade-states-'));
// Each life of the service compiles the same files.
process.env.NODE_COMPILE_CACHE = join(folder, 'compiled');
try {
  await makeStates(folder, process.argv.slice(2));
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function makeStates(scratch: string, only: readonly string[]): Promise<void> {
  const checkout = join(scratch, 'release');
  await mkdir(checkout);
  const command = checkOut(release, checkout);
  await mkdir(stateFolder, { recursive: true });
  for (const site of siteNames) {
    const works = upgradeWorks.filter(
      (work) => work.site === site && (only.length === 0 || only.includes(work.name)),
    );
    if (works.length > 0) {
      const prepared = await prepare(command, site, join(scratch, site));
      await inParallel(works, async (work) => {
        const states = await statesOf(command, prepared, work);
        await write(scratch, `${work.name}.json`, { work: work.name, site, states });
        for (const { killed, answered, journal } of states) {
          console.log(`${work.name}: ${killed}${answered ? ', answered' : ''} [${journal.join(', ')}]`);
        }
      });
    }
  }
}

async function inParallel<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const waiting = items.values();
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (const item of waiting) {
        await work(item);
      }
    }),
  );
}

async function prepare(command: string, site: UpgradeSite, place: string): Promise<Prepared> {
  const service = await OldService.start(command, site, place);
  const ids = await buildScene(service, site);
  await service.stop();
  const arrays = await service.close();
  using database = service.database();
  if (site === 'one') {
    await writeFile(join(stateFolder, 'schema.sql'), database.schema());
  }
  await write(place, `${site}.json`, { ids, rows: database.rows(), arrays });
  return { site, folder: place, ids, arrays };
}

async function statesOf(command: string, prepared: Prepared, work: UpgradeWork): Promise<KilledState[]> {
  if (work.lost !== undefined) {
    const call = { array: work.lost, method: 'GET', path: 'api_version', earlier: 0 };
    return [
      await killed(command, prepared, work, { call, phase: 'before-apply', name: 'GET api_version' }, []),
    ];
  }
  const calls: Call[] = [];
  const whole = await killed(command, prepared, work, null, calls);
  if (work.request === null) {
    return [whole];
  }
  const states: KilledState[] = [];
  const last = calls.length;
  for (const [index, call] of calls.entries()) {
    const number = index + 1;
    const name = `${call.method} ${call.path} (${number} of ${last})`;
    if (index === 0) {
      states.push(await killed(command, prepared, work, { call, phase: 'before-apply', name }, []));
    }
    const isKept = number <= (work.calls ?? last) && (number < mostPoints || number === last);
    if (isKept && work.meanwhile === undefined) {
      states.push(await killed(command, prepared, work, { call, phase: 'before-reply', name }, []));
    }
  }
  return states;
}

interface Point {
  readonly call: Call;
  readonly phase: 'before-apply' | 'before-reply';
  readonly name: string;
}

/**
 * One life of the service, from the scene to its end.
 * @param point where it is killed; null: when everything is done, with the `calls` that were made for it
 */
async function killed(
  command: string,
  prepared: Prepared,
  work: UpgradeWork,
  point: Point | null,
  calls: Call[],
): Promise<KilledState> {
  const place = `${prepared.folder}-${work.name}`;
  await copyState(prepared.folder, place);
  const service = await OldService.start(command, prepared.site, place);
  const { control, arrays } = service.simulator;
  const idOf: IdOf = (name) => {
    const id = prepared.ids[name];
    if (id === undefined) {
      throw new Error(`the scene has no ${name}`);
    }
    return id;
  };
  let answered = false;
  try {
    if (work.spoiled !== undefined) {
      await spoil(service, work.spoiled(idOf));
    }
    for (const request of work.before?.(idOf) ?? []) {
      await service.ask(request);
      await service.settle();
    }
    if (work.lost !== undefined) {
      await service.stop();
      await control.setArrayDown(work.lost, true, 'refuse');
      await service.startAgain();
      await control.setArrayDown(work.lost, false);
    }
    for (const { name } of arrays) {
      await control.clearRequests(name);
    }
    const hold = point === null ? null : await holdAt(service, point);
    const request = work.request?.(idOf);
    if (request !== undefined) {
      const answer = service.ask(request).then(() => {
        answered = true;
      });
      answer.catch(() => undefined);
      if (hold === null) {
        await answer;
        await service.settle();
        calls.push(...(await callsMade(service)));
      } else {
        await hold.reached();
        // A cast has its answer by then or soon; whether a call has is what is asked.
        await (work.kind === 'cast' ? answer : Promise.race([answer, waitTurns()]));
        await meanwhile(service, work, idOf);
      }
    }
    await service.kill();
    await hold?.drop();
  } finally {
    await service.kill();
  }
  const at = new Date().toISOString();
  const arraysNow = await service.close();
  using database = service.database();
  if (point !== null && database.journal().length === 0) {
    throw new Error(`${work.name}: it was over ${point.phase} ${point.name}`);
  }
  using before = new DatabaseText(join(prepared.folder, 'cinder.sqlite'));
  return {
    killed:
      point === null ? 'at rest' : `${point.phase === 'before-apply' ? 'before' : 'after'} ${point.name}`,
    answered,
    journal: database.journal(),
    at,
    rows: database.changesSince(before),
    arrays: difference(prepared.arrays, arraysNow),
  };
}

/** A call is with the array when that is lost, so that nothing can be taken back either. */
async function spoil(service: OldService, request: Parameters<OldService['ask']>[0]): Promise<void> {
  const { control } = service.simulator;
  const hold = await control.armHold('fa1', {
    match: { method: 'POST', path: 'connections' },
    phase: 'before-reply',
  });
  const answer = service.try(request);
  await control.waitForHold('fa1', hold.id, 20_000);
  await control.setArrayDown('fa1', true, 'refuse');
  await control.releaseHold('fa1', hold.id, 'drop');
  const { status } = await answer;
  if (status < 500) {
    throw new Error(`it was answered with ${status}, without an array`);
  }
  await control.setArrayDown('fa1', false);
}

async function meanwhile(service: OldService, work: UpgradeWork, idOf: IdOf): Promise<void> {
  for (const request of work.meanwhile?.(idOf) ?? []) {
    await service.simulator.control.addFault('fa1', { kind: 'hang', times: null });
    await service.ask(request);
  }
}

/** Lets what is on its way arrive. */
async function waitTurns(): Promise<void> {
  for (let turn = 0; turn < 2_000; turn += 1) {
    await new Promise(setImmediate);
  }
}

async function holdAt(service: OldService, { call, phase }: Point) {
  const { control } = service.simulator;
  const { array, method, path, earlier } = call;
  const exact = `/^${path.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&')}$/`;
  const { id } = await control.armHold(array, { match: { method, path: exact }, phase, skip: earlier });
  return {
    reached: async () => {
      const outcome = await control.waitForHold(array, id, 60_000);
      if (outcome.kind !== 'held') {
        throw new Error(`${method} ${path} number ${earlier + 1} was not made`);
      }
    },
    drop: () => control.releaseHold(array, id, 'drop'),
  };
}

async function callsMade(service: OldService): Promise<readonly Call[]> {
  const made: { readonly array: string; readonly request: LoggedRequest }[] = [];
  for (const { name } of service.simulator.arrays) {
    for (const request of await service.simulator.control.requests(name)) {
      const isAside = /^(login|logout|auth\/|api_version)/.test(request.path);
      if (request.applied && !isAside) {
        made.push({ array: name, request });
      }
    }
  }
  const isChange = ({ request }: (typeof made)[number]): boolean => request.method !== 'GET';
  // A report of capabilities may come at any time: it asks the array itself, and counts what there is.
  const isReport = ({ request }: (typeof made)[number]): boolean =>
    request.path.startsWith('arrays') || request.query.limit !== undefined;
  const ordered = (
    made.some(isChange) ? made.filter(isChange) : made.filter((one) => !isReport(one))
  ).toSorted((one, other) => one.request.at.localeCompare(other.request.at));
  return ordered.map(({ array, request: { method, path } }, index) => ({
    array,
    method,
    path,
    earlier: ordered
      .slice(0, index)
      .filter((one) => one.array === array && one.request.method === method && one.request.path === path)
      .length,
  }));
}

async function write(scratch: string, name: string, value: SiteState | WorkStates): Promise<void> {
  const text = `${inLines(value, 3)}\n`;
  if (text.includes(scratch)) {
    throw new Error(`${name} names a folder of this machine`);
  }
  await writeFile(join(stateFolder, name), text);
}

/** JSON with a line for each thing, down to so many levels. */
function inLines(value: Json, levels: number, indent = ''): string {
  const [open, close, items] = Array.isArray(value)
    ? ['[', ']', value.map((item: Json) => inLines(item, levels, `${indent} `))]
    : [
        '{',
        '}',
        entries(value).map(
          ([key, item]) => `${JSON.stringify(key)}: ${inLines(item, levels - 1, `${indent} `)}`,
        ),
      ];
  return levels === 0 || items.length === 0
    ? JSON.stringify(value)
    : `${open}\n${items.map((item) => `${indent} ${item}`).join(',\n')}\n${indent}${close}`;
}

function entries(value: Json): readonly (readonly [string, Json])[] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}
