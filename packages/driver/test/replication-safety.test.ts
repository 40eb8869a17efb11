import { randomInt, randomUUID } from 'node:crypto';
import { KeyedLock, silentLogger } from '@cinder-flasharray/common';
import type { Fault } from '@cinder-flasharray/simulator';
import { beforeEach, describe, expect, test } from 'vitest';
import { FlashArrayDriver } from '../src/backend/flash-array-driver.ts';
import { DriverError } from '../src/contract/driver-error.ts';
import type { DriverVolume } from '../src/contract/records.ts';
import { arrayName, aVolume, aVolumeType, baseConfig, MemorySecrets } from './acceptance/harness.ts';
import { type Level, levels } from './acceptance/levels.ts';
import { replicatedTo, replicatedType, target } from './acceptance/replication-site.ts';
import { type InMemorySite, openInMemorySite, pausingNowhere } from './in-memory-site.ts';

const pod = 'cinder-pod';
const kinds = [null, 'async', 'sync', 'trisync'] as const;
type Kind = (typeof kinds)[number];
const cells = kinds.flatMap((from) => kinds.filter((to) => to !== from).map((to) => [from, to] as const));

/** What a process that is gone still gets done. Refusals, because those are not tried again. */
const nothing: Fault = { kind: 'status', status: 400, message: 'Gone.', times: null };

/** How a call of the array can go wrong. After a kill there is no further call. */
const mishaps: readonly { readonly name: string; readonly at: Fault; readonly after: Fault | null }[] = [
  { name: 'refused', at: { kind: 'status', status: 400, message: 'No.', times: 1 }, after: null },
  { name: 'reply lost', at: { kind: 'cut', phase: 'after-apply', times: 1 }, after: null },
  { name: 'killed before', at: nothing, after: null },
  { name: 'killed after', at: { kind: 'cut', phase: 'after-apply', times: 1 }, after: nothing },
];

/** Three arrays without sockets: each call is made thousands of times, and the acceptance cases make it over HTTPS. */
function openSite(level: Level): InMemorySite {
  return openInMemorySite({
    arrays: [arrayName, 'fa2', 'fa3'].map((name) => ({ name, ...level.array })),
    connections: [
      { from: arrayName, to: 'fa2', type: 'sync-replication' },
      { from: arrayName, to: 'fa3' },
      { from: 'fa2', to: 'fa3' },
    ],
  });
}

/**
 * Whatever happens at whichever call of the array: the volume's content is never lost, and doing the same again ends
 * well.
 */
describe.each(
  levels
    .filter(({ name }) => name === '1.19' || name === 'newest')
    .map((level) => [level.name, level] as const),
)('REST %s', (_name, level) => {
  let site = openSite(level);
  let volumes = 0;

  beforeEach(() => {
    site = openSite(level);
  });

  async function openDriver(activeBackendId: string | null = null): Promise<FlashArrayDriver> {
    const { address, apiToken } = site.access(arrayName);
    const driver = new FlashArrayDriver({
      config: {
        ...baseConfig(address, apiToken),
        ...replicatedTo([target(site, 'fa2', 'sync'), target(site, 'fa3')], {
          trisyncGroup: 'cinder-trisync',
        }),
      },
      secrets: new MemorySecrets(),
      locks: new KeyedLock(),
      logger: silentLogger,
      clock: pausingNowhere(site.control),
      randomInteger: (below) => randomInt(below),
      randomUuid: randomUUID,
      platform: 'test',
      openTransport: site.openTransport,
      activeBackendId,
    });
    await driver.open();
    return driver;
  }

  /** A volume of a type, with content of its own, and the names that it can have. */
  async function madeVolume(driver: FlashArrayDriver, kind: Kind) {
    volumes += 1;
    const id = `00000000-0000-4000-8000-${String(volumes).padStart(12, '0')}`;
    const own = `volume-${id}-cinder`;
    const type = kind === null ? aVolumeType({ name: 'plain' }) : replicatedType(kind);
    const providerId = kind === 'sync' || kind === 'trisync' ? `${pod}::${own}` : own;
    const volume = aVolume(1, { id, nameId: id, providerId, type, metadata: { array_name: arrayName } });
    await driver.volumes.create(volume);
    await site.control.writeVolume(arrayName, providerId, 0, new TextEncoder().encode(id));
    return { volume, names: [own, `${pod}::${own}`, `cinder-ghost-pod-${id}::${own}`] };
  }

  async function contentOf(names: readonly string[], array = arrayName): Promise<readonly string[]> {
    const live = (await site.control.state(array)).volumes.filter(
      ({ name, destroyed }) => !destroyed && names.includes(name),
    );
    return await Promise.all(
      live.map(async ({ name }) =>
        new TextDecoder().decode(await site.control.readVolume(array, name, 0, 36)),
      ),
    );
  }

  /** Calls of an array that `work` makes. */
  async function callsOf(array: string, work: () => Promise<unknown>): Promise<number> {
    await site.control.clearRequests(array);
    await work();
    return (await site.control.requests(array)).length;
  }

  async function withMishap(
    array: string,
    skip: number,
    mishap: (typeof mishaps)[number],
    work: () => Promise<unknown>,
  ): Promise<unknown> {
    await site.control.addFault(array, { ...mishap.at, skip });
    if (mishap.after !== null) {
      await site.control.addFault(array, { ...mishap.after, skip: skip + 1 });
    }
    try {
      await work();
      return null;
    } catch (error) {
      return error;
    } finally {
      await site.control.clearFaults(array);
    }
  }

  test.each(cells)(
    'retyping %s to %s keeps the content at every call',
    { timeout: 120_000 },
    async (from, to) => {
      const driver = await openDriver();
      try {
        const wanted = to === null ? aVolumeType({ name: 'plain' }) : replicatedType(to);
        const first = await madeVolume(driver, from);
        const calls = await callsOf(arrayName, () => driver.volumes.retype(first.volume, wanted));
        expect(calls).toBeGreaterThan(1);
        for (const mishap of mishaps) {
          for (let skip = 0; skip < calls; skip += 1) {
            const where = `${mishap.name} at call ${skip + 1} of ${calls}`;
            const { volume, names } = await madeVolume(driver, from);
            const failure = await withMishap(arrayName, skip, mishap, () =>
              driver.volumes.retype(volume, wanted),
            );
            expect(await contentOf(names), where).toEqual([volume.id]);
            if (failure !== null && !(failure instanceof DriverError)) {
              throw failure;
            }
            // A kill leaves the old name on record, an error may tell another one.
            const known = mishap.name.startsWith('killed') ? null : (failure?.volumeName ?? null);
            const again: DriverVolume = { ...volume, providerId: known ?? volume.providerId };
            const update = await driver.volumes.retype(again, wanted);
            expect(update.providerId, where).toBe(names[to === 'sync' || to === 'trisync' ? 1 : 0]);
            expect(await contentOf([update.providerId]), where).toEqual([volume.id]);
            const { pods } = await site.control.state(arrayName);
            const left = pods.filter(({ name, destroyed }) => !destroyed && name.endsWith(volume.id));
            expect(left, where).toEqual([]);
          }
        }
      } finally {
        await driver.close();
      }
    },
  );

  test.each([
    ['fa2', 'failed-over'],
    ['fa3', 'restored'],
  ] as const)(
    'failing over to %s and back keeps the content at every call',
    { timeout: 120_000 },
    async (secondary, outcome) => {
      const driver = await openDriver();
      try {
        const kind = secondary === 'fa2' ? 'sync' : 'async';
        const made = await Promise.all([madeVolume(driver, kind), madeVolume(driver, kind)]);
        const asked = made.map(({ volume }) => volume);
        const ids = asked.map(({ id }) => id).toSorted();
        const names = made.flatMap((one) => one.names);
        await site.control.admin(arrayName, { kind: 'replicateNow', group: 'cinder-group' });
        const calls = await callsOf(secondary, () => driver.failoverHost(asked, secondary));
        await driver.failoverCompleted('default');
        for (const mishap of mishaps) {
          for (let skip = 0; skip < calls; skip += 1) {
            const where = `${mishap.name} at call ${skip + 1} of ${calls}`;
            const own = await openDriver();
            await withMishap(secondary, skip, mishap, () => own.failoverHost(asked, secondary));
            await own.close();
            expect((await contentOf(names)).toSorted(), where).toEqual(ids);
            const next = await openDriver();
            const result = await next.failoverHost(asked, secondary);
            expect(
              result.volumes.map((volume) => volume.kind),
              where,
            ).toEqual([outcome, outcome]);
            expect((await contentOf(names, secondary)).toSorted(), where).toEqual(ids);
            await next.close();
          }
        }
        const away = await openDriver(secondary);
        const back = await callsOf(arrayName, () => away.failoverHost(asked, 'default'));
        await away.close();
        for (const mishap of mishaps) {
          for (let skip = 0; skip < back; skip += 1) {
            const own = await openDriver(secondary);
            await withMishap(arrayName, skip, mishap, () => own.failoverHost(asked, 'default'));
            await own.close();
            const next = await openDriver(secondary);
            await next.failoverHost(asked, 'default');
            expect(
              (await contentOf(names)).toSorted(),
              `${mishap.name} at call ${skip + 1} of ${back}`,
            ).toEqual(ids);
            await next.close();
          }
        }
      } finally {
        await driver.close();
      }
    },
  );
});
