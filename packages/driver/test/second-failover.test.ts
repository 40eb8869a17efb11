import { gibibytes } from '@cinder-flasharray/common';
import { expect, test } from 'vitest';
import type { DriverVolume } from '../src/contract/records.ts';
import { arrayName, aVolume, aVolumeType, gib, volumeId, volumeName } from './acceptance/harness.ts';
import { replicatedType } from './acceptance/replication-site.ts';
import { onRepeatedSite, type RepeatedSite } from './repeated-site.ts';

const asynchronous = replicatedType('async');
const synchronous = replicatedType('sync');
const inPod = `cinder-pod::${volumeName}`;
const volume = aVolume(1, {
  type: asynchronous,
  providerId: volumeName,
  metadata: { array_name: arrayName },
});

async function write(
  { control }: RepeatedSite,
  array: string,
  text: string,
  name = volumeName,
): Promise<void> {
  await control.writeVolume(array, name, 0, new TextEncoder().encode(text));
}

async function read({ control }: RepeatedSite, array: string, name = volumeName): Promise<string> {
  return new TextDecoder().decode(await control.readVolume(array, name, 0, 3));
}

/** What a snapshot of the volume on fa3 reads: by way of a copy of it. */
async function readSnapshot(site: RepeatedSite, suffix: string): Promise<string> {
  const copy = `copy-of-${suffix}`.slice(0, 60);
  await site.control.admin('fa3', {
    kind: 'createVolume',
    name: copy,
    size: gib,
    source: `${volumeName}.${suffix}`,
  });
  return await read(site, 'fa3', copy);
}

async function kept({ control }: RepeatedSite): Promise<readonly string[]> {
  return (await control.state('fa3')).snapshots
    .filter(({ name, destroyed }) => !destroyed && name.startsWith(`${volumeName}.`))
    .map(({ name }) => name.slice(volumeName.length + 1))
    .toSorted();
}

/** A volume that has one copy on fa3, which has been failed over to, written to and left. */
async function leftBehind(site: RepeatedSite) {
  const { control, openPair } = site;
  const driver = await openPair('fa3');
  await driver.volumes.create(volume);
  await write(site, arrayName, 'one');
  await control.admin(arrayName, { kind: 'replicateNow', group: 'cinder-group', suffix: 'one' });
  await driver.failoverHost([volume], 'fa3');
  await write(site, 'fa3', 'two');
  await driver.failoverHost([volume], 'default');
  return driver;
}

onRepeatedSite((site) => {
  const isRest1 = () => site().level.generation === 'rest1';
  const overwrite = () =>
    isRest1()
      ? { method: 'POST', path: `volume/${volumeName}` }
      : { method: 'POST', path: 'volumes', query: { names: volumeName } };

  test('a volume that has grown since its last copy has its size again', async () => {
    const { control, openPair } = site();
    const driver = await openPair('fa3');
    await driver.volumes.create(volume);
    await control.admin(arrayName, { kind: 'replicateNow', group: 'cinder-group' });
    await driver.volumes.extend(volume, gibibytes(4));
    const grown: DriverVolume = { ...volume, size: gibibytes(4) };
    const result = await driver.failoverHost([grown], 'fa3');
    expect(result.volumes).toMatchObject([{ kind: 'restored' }]);
    expect((await control.state('fa3')).volumes).toMatchObject([{ name: volumeName, size: 4 * gib }]);
  });

  test('a volume that has grown while failed over has its size after the failback', async () => {
    const { control, openPair } = site();
    const driver = await openPair('fa3');
    await driver.volumes.create(volume);
    await control.admin(arrayName, { kind: 'replicateNow', group: 'cinder-group' });
    await driver.failoverHost([volume], 'fa3');
    await driver.volumes.extend(volume, gibibytes(4));
    await driver.failoverHost([{ ...volume, size: gibibytes(4) }], 'default');
    expect((await control.state(arrayName)).volumes).toMatchObject([{ name: volumeName, size: 4 * gib }]);
  });

  test('what was written during the first failover is kept when a second one overwrites it', async () => {
    const { log } = site();
    const driver = await leftBehind(site());
    await driver.failoverHost([volume], 'fa3');
    expect(await read(site(), 'fa3')).toBe('one');
    expect(await kept(site())).toEqual(['overwritten-by-fa1-cinder-group-one']);
    expect(await readSnapshot(site(), 'overwritten-by-fa1-cinder-group-one')).toBe('two');
    expect(log.lines.filter((line) => line.startsWith('warn'))).toEqual([
      expect.stringContaining(`${volumeName}.overwritten-by-fa1-cinder-group-one`),
    ]);
    // Written, left, and overwritten by the same copy once more.
    await write(site(), 'fa3', 'six');
    await driver.failoverHost([volume], 'default');
    await driver.failoverHost([volume], 'fa3');
    expect(await kept(site())).toEqual([
      'overwritten-by-fa1-cinder-group-one',
      'overwritten-by-fa1-cinder-group-one-2',
    ]);
    expect(await readSnapshot(site(), 'overwritten-by-fa1-cinder-group-one-2')).toBe('six');
  });

  test('a failover that is done again keeps what was there before it, once', async () => {
    const { control } = site();
    const driver = await leftBehind(site());
    await control.addFault('fa3', { kind: 'cut', phase: 'after-apply', match: overwrite() });
    await control.addFault('fa3', { kind: 'status', status: 503, times: null, skip: 2 });
    await expect(driver.failoverHost([volume], 'fa3')).rejects.toThrow();
    await control.clearFaults('fa3');
    await driver.failoverHost([volume], 'fa3');
    expect(await read(site(), 'fa3')).toBe('one');
    const names = await kept(site());
    expect(names).toEqual(['overwritten-by-fa1-cinder-group-one']);
    expect(await readSnapshot(site(), names[0] ?? '')).toBe('two');
  });

  test('limits of a volume group that are refused cost no volume its copy', async () => {
    const { control, openPair, log, live } = site();
    const driver = await openPair('fa3');
    const name = `gold/${volumeName}`;
    const gold = aVolumeType({
      extraSpecs: {
        ...asynchronous.extraSpecs,
        'flasharray:vg_name': 'gold',
        'flasharray:vg_maxIOPS': '1000',
      },
    });
    const grouped = { ...volume, type: gold, providerId: name };
    await driver.volumes.create(grouped);
    await control.admin(arrayName, { kind: 'replicateNow', group: 'cinder-group' });
    await control.addFault('fa3', {
      kind: 'status',
      status: 400,
      message: 'No limits today.',
      match: isRest1() ? { path: '/^vgroup\\/gold/' } : { path: 'volume-groups' },
    });
    const result = await driver.failoverHost([grouped], 'fa3');
    expect(result.volumes).toMatchObject([{ kind: 'restored' }]);
    expect(await live('volumes', 'fa3')).toEqual([name]);
    expect(log.lines.some((line) => line.startsWith('error') && line.includes('No limits today.'))).toBe(
      true,
    );
  });

  test('a primary whose side of the pod is not online is not gone back to', async () => {
    const { control, openReplicated } = site();
    const driver = await openReplicated();
    const mirrored = aVolume(1, { type: synchronous, providerId: inPod });
    await driver.volumes.create(mirrored);
    await driver.failoverHost([mirrored], 'fa2');
    await control.setReplication({ resyncMs: 3_600_000 });
    await control.setArrayDown(arrayName, true);
    await control.advance(60_000);
    await write(site(), 'fa2', 'two', inPod);
    await control.setArrayDown(arrayName, false);
    await expect(driver.failoverHost([mirrored], 'default')).rejects.toMatchObject({
      nothingMade: true,
      message: expect.stringMatching(/cinder-pod is (resyncing|offline)/),
    });
    await control.advance(3_700_000);
    await driver.failoverHost([mirrored], 'default');
  });

  test('a replicated group is refused while failed over, and nothing is made', async () => {
    const { control, openPair, live } = site();
    const driver = await openPair('fa3');
    await driver.volumes.create(volume);
    await control.admin(arrayName, { kind: 'replicateNow', group: 'cinder-group' });
    await driver.failoverHost([volume], 'fa3');
    await expect(
      driver.groups.create({
        id: volumeId,
        typeSpecs: {
          consistent_group_snapshot_enabled: '<is> True',
          consistent_group_replication_enabled: '<is> True',
        },
        volumeTypes: [asynchronous],
      }),
    ).rejects.toMatchObject({ nothingMade: true, message: expect.stringContaining('failed over') });
    expect(await live('protectionGroups', 'fa3')).toEqual(['fa1:cinder-group']);
  });

  test('volumes of the pod join and leave a group of the pod, and no other ones do', async () => {
    const { control, openReplicated } = site();
    const driver = await openReplicated();
    const group = {
      id: volumeId,
      typeSpecs: { consistent_group_snapshot_enabled: '<is> True' },
      volumeTypes: [synchronous],
    };
    const mirrored = aVolume(1, { type: synchronous, providerId: inPod });
    await driver.groups.create(group);
    await driver.volumes.create(mirrored);
    const members = async () =>
      (await control.state(arrayName)).protectionGroups.find(({ name }) => name.includes('consisgroup'))
        ?.volumes;
    await driver.groups.update(group, { add: [mirrored], remove: [] });
    expect(await members()).toEqual([inPod]);
    await driver.groups.update(group, { add: [], remove: [mirrored] });
    expect(await members()).toEqual([]);
    await expect(
      driver.groups.update(group, { add: [aVolume(1, { providerId: 'elsewhere' })], remove: [] }),
    ).rejects.toMatchObject({ nothingMade: true, message: expect.stringContaining('cinder-pod') });
  });
});
