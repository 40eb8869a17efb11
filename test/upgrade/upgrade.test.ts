import { afterEach, describe, expect, test } from 'vitest';
import { judge } from '../simulation/oracle.ts';
import { Failovers } from '../simulation/oracle-of-failovers.ts';
import { Refusals } from '../simulation/refusals.ts';
import { Stage } from '../simulation/stage.ts';
import { type Facts, factsOf } from './facts.ts';
import { purity } from './old-service.ts';
import { scenes } from './scenes.ts';
import {
  changed,
  type KilledState,
  lengthened,
  readSchema,
  readSite,
  readWork,
  release,
  type SiteState,
  siteNames,
  type UpgradeSite,
} from './state-files.ts';
import { type UpgradeWork, upgradeWorks } from './works.ts';

const schema = readSchema();
const sites: Readonly<Record<UpgradeSite, SiteState>> = {
  one: readSite('one'),
  sync: readSite('sync'),
  async: readSite('async'),
};
const works = upgradeWorks.map((work) => ({ work, states: readWork(work.name).states }));

/** How long everything may take to come to its end, and must stay there; milliseconds of virtual time. */
const restWithin = 20 * 60_000;
const restFor = 60_000;

const stages: Stage[] = [];
afterEach(async () => {
  for (const stage of stages.splice(0)) {
    await stage.close();
  }
});

/** The new service on what the older one has left, with nothing wrong any more. */
async function opened(
  site: UpgradeSite,
  state: KilledState | null,
  more: readonly string[] = [],
): Promise<Stage> {
  const { rows, arrays } = sites[site];
  const statements = [...rows, ...(state?.rows ?? []), ...more];
  const stage = await Stage.open({
    seed: 1,
    site,
    purity,
    traceLines: 10_000,
    restartAfter: () => 1_000,
    found: {
      database: `BEGIN;\n${schema}${statements.map((statement) => `${statement};\n`).join('')}COMMIT;`,
      arrays: lengthened(changed(arrays, state?.arrays ?? null)),
      at: state === null ? lastOf(site) : Date.parse(state.at),
    },
  });
  stages.push(stage);
  stage.takeUp();
  return stage;
}

/** After everything that was made for the site. */
function lastOf(site: UpgradeSite): number {
  const states = works.flatMap((one) => (one.work.site === site ? one.states : []));
  return Math.max(...states.map(({ at }) => Date.parse(at)));
}

async function atRest(stage: Stage): Promise<void> {
  await stage.time.runUntil(() => stage.process?.isUp === true, 60_000);
  await stage.rest(restWithin, restFor);
}

function namesOf(site: UpgradeSite): ReadonlyMap<string, string> {
  const kind = /^(group snapshot|group type|volume|snapshot|group|type|attachment of) /;
  return new Map(Object.entries(sites[site].ids).map(([name, id]) => [id, name.replace(kind, '')]));
}

/** What the oracle of the simulation has against it. Facts say what each object is to be. */
async function wrong(stage: Stage): Promise<readonly string[]> {
  const { knowledge } = stage;
  const rows = stage.rows();
  for (const { id } of rows.volumes) {
    knowledge.learnVolume(id, { size: null, type: null, contents: [] }).presence = 'maybe';
    knowledge.connection(id, 'alpha').state = 'unclear';
  }
  // Nobody knows here what a failover cost: everything may be in error then.
  const refusals = new Refusals();
  if (rows.volumes.some(({ status }) => status === 'error')) {
    for (const { id } of [...rows.volumes, ...rows.snapshots, ...rows.groups, ...rows.groupSnapshots]) {
      refusals.add({ path: id, body: null });
    }
  }
  const found = await judge({
    rows,
    site: stage.site,
    knowledge,
    control: stage.site.simulator.control,
    allowances: { refusals, closedSince: null },
    grouped: new Set(),
    failovers: new Failovers(stage.site, stage.switches(), true),
  });
  return [...stage.findings, ...found];
}

function expected({ site, ending }: UpgradeWork, state: KilledState): Facts {
  const facts = { ...scenes[site], ...ending(state) };
  return Object.fromEntries(
    Object.entries(facts).flatMap(([name, fact]) => (fact === null ? [] : [[name, fact]])),
  );
}

describe(`a state of ${release}`, () => {
  test.each(siteNames)('at rest, site %s, is what it was', async (site) => {
    const stage = await opened(site, null);
    await atRest(stage);
    expect(await factsOf({ rows: stage.rows(), site: stage.site, names: namesOf(site) })).toEqual(
      scenes[site],
    );
    expect(await wrong(stage)).toEqual([]);
  });

  describe.each(works)('killed in $work.name', ({ work, states }) => {
    test.each(states)('$killed comes to its end', async (state) => {
      const stage = await opened(work.site, state);
      await atRest(stage);
      const facts = await factsOf({ rows: stage.rows(), site: stage.site, names: namesOf(work.site) });
      expect(facts).toEqual(expected(work, state));
      expect(await wrong(stage)).toEqual([]);
    });
  });
});

describe('work of a newer release', () => {
  const entry = (operation: string, details: object): string =>
    `INSERT INTO flasharray_journal (id, operation, resource_id, details, created_at)
       VALUES ('entry ${operation}', '${operation}', 'what it is about', '${JSON.stringify(details)}', '2026-11-30 00:00:00.000000')`;

  test('is left alone and said in the log, and all the other work is done', async () => {
    const extend = works.find(({ work }) => work.name === 'extend-volume');
    const [state] = extend?.states ?? [];
    if (extend === undefined || state === undefined) {
      throw new Error('there is no state of an extend');
    }
    const stage = await opened(extend.work.site, state, [
      entry('move_to_the_moon', { volumeId: 'what it is about' }),
      entry('unmanage_volume', { volume: { name: 'in words that this release does not know' } }),
    ]);
    await stage.time.runUntil(() => false, restFor);
    const rows = stage.rows();
    expect(rows.journal.map(({ operation }) => operation)).toEqual(['move_to_the_moon', 'unmanage_volume']);
    expect(await factsOf({ rows, site: stage.site, names: namesOf(extend.work.site) })).toEqual(
      expected(extend.work, state),
    );
    const said = stage.trace.lines.filter((line) => line.includes('makes no sense and is left alone'));
    expect(said.map((line) => /operation=(\S+)/.exec(line)?.[1])).toEqual([
      'move_to_the_moon',
      'unmanage_volume',
    ]);
  });
});
