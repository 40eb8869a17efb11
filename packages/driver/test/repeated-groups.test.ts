import { expect, test } from 'vitest';
import { isTransient } from '../src/contract/driver-error.ts';
import { arrayName, aSnapshot, aVolume, aVolumeType, gib } from './acceptance/harness.ts';
import { replicatedType } from './acceptance/replication-site.ts';
import { onRepeatedSite } from './repeated-site.ts';

const consistent = {
  id: '4a2f7e3a-312a-40c5-96a8-536b8a0fe074',
  typeSpecs: { consistent_group_snapshot_enabled: '<is> True' },
  volumeTypes: [aVolumeType()],
};
const copyGroup = { ...consistent, id: '5b3f7e3a-312a-40c5-96a8-536b8a0fe074' };

function member(n: number) {
  const id = `0000000${n}-95e5-4a0f-b170-e45f4b469f6a`;
  return aVolume(1, {
    id,
    nameId: id,
    providerId: `volume-${id}-cinder`,
    group: consistent,
    metadata: { array_name: arrayName },
  });
}
const outside = `consisgroup-${consistent.id}-cinder`;
const inPod = `cinder-pod::${outside}`;
const members = [member(1), member(2)];
const names = members.map(({ providerId }) => providerId ?? '');

onRepeatedSite((site) => {
  const isRest1 = () => site().level.generation === 'rest1';
  const creating = (name: string) =>
    isRest1()
      ? { method: 'POST', path: `volume/${name}` }
      : { method: 'POST', path: 'volumes', query: { names: name } };

  test('a member whose deletion is cut is deleted again, with the whole group', async () => {
    const { control, openPlain, live } = site();
    const driver = await openPlain();
    await driver.groups.create(consistent);
    for (const volume of members) {
      await driver.volumes.create(volume);
    }
    await control.addFault(arrayName, {
      kind: 'cut',
      phase: 'after-apply',
      match: isRest1()
        ? { method: 'DELETE', path: `volume/${names[0]}` }
        : { method: 'PATCH', path: 'volumes', query: { names: names[0] ?? '' } },
    });
    const failure = await driver.groups.delete(consistent, members).catch((error: unknown) => error);
    expect(isTransient(failure)).toBe(true);
    expect(await driver.groups.delete(consistent, members)).toMatchObject(
      members.map(({ id }) => ({ id, kind: 'deleted' })),
    );
    expect(await live('volumes')).toEqual([]);
  });

  test('a group that was deleted and cannot be taken back is not said to be made', async () => {
    const { control, openPlain, live } = site();
    const driver = await openPlain();
    await driver.groups.create(consistent);
    await driver.groups.delete(consistent, []);
    await control.addFault(arrayName, {
      kind: 'status',
      status: 400,
      message: 'Protection group cannot be recovered.',
      times: null,
      match: isRest1()
        ? { method: 'PUT', path: `pgroup/${outside}` }
        : { method: 'PATCH', path: 'protection-groups' },
    });
    await expect(driver.groups.create(consistent)).rejects.toMatchObject({
      message: expect.stringContaining(`Recovering protection group ${outside}`),
    });
    expect(await live('protectionGroups')).toEqual([]);
    await control.clearFaults(arrayName);
    await driver.groups.create(consistent);
    expect(await live('protectionGroups')).toEqual([outside]);
  });

  test('a replicated group that was deleted is taken back, and replicated again', async () => {
    const { openPair, live } = site();
    const driver = await openPair('fa3');
    const replicated = {
      ...consistent,
      typeSpecs: { ...consistent.typeSpecs, consistent_group_replication_enabled: '<is> True' },
      volumeTypes: [replicatedType('async')],
    };
    await driver.groups.create(replicated);
    await driver.groups.delete(replicated, []);
    expect(await live('protectionGroups')).not.toContain(outside);
    await expect(driver.groups.create(replicated)).resolves.toBeUndefined();
    expect(await live('protectionGroups')).toContain(outside);
  });

  test('the snapshot of a group copy goes with the next try', async () => {
    const { control, openPlain, live } = site();
    const driver = await openPlain();
    await driver.groups.create(consistent);
    for (const volume of members) {
      await driver.volumes.create(volume);
    }
    const copies = members.map((source, index) => ({
      volume: { ...member(index + 3), group: null },
      source,
    }));
    await control.addFault(arrayName, {
      kind: 'cut',
      phase: 'before-apply',
      match: isRest1()
        ? { method: 'DELETE', path: '/^pgroup\\/.*-tmp/' }
        : { method: 'PATCH', path: 'protection-group-snapshots' },
    });
    const copy = () =>
      driver.groups.createFrom(copyGroup, { kind: 'group', group: consistent, members: copies });
    const failure = await copy().catch((error: unknown) => error);
    expect(isTransient(failure)).toBe(true);
    expect(await copy()).toHaveLength(2);
    expect(await live('protectionGroupSnapshots')).toEqual([]);
    expect(await live('volumes')).toHaveLength(4);
  });

  test('the snapshot of a group copy goes when the next try is refused before it copies anything', async () => {
    const { control, openPlain } = site();
    const driver = await openPlain();
    await driver.groups.create(consistent);
    const source = `consisgroup-${consistent.id}-cinder`;
    const suffix = `${copyGroup.id}-tmp`;
    await control.admin(arrayName, { kind: 'createProtectionGroupSnapshot', group: source, suffix });
    await control.addFault(arrayName, {
      kind: 'status',
      status: 400,
      message: 'Not allowed.',
      match: isRest1()
        ? { method: 'POST', path: 'pgroup' }
        : { method: 'POST', path: '/^protection-groups$/' },
    });
    const copying = driver.groups.createFrom(copyGroup, { kind: 'group', group: consistent, members: [] });
    await expect(copying).rejects.toMatchObject({ message: expect.stringContaining('Not allowed.') });
    const { protectionGroupSnapshots } = await control.state(arrayName);
    expect(protectionGroupSnapshots).toMatchObject([{ name: `${source}.${suffix}`, destroyed: true }]);
  });

  test('snapshots that an earlier try has taken are found by one that does not end at the first look', async () => {
    const { control, openPlain } = site();
    const driver = await openPlain();
    await driver.groups.create(consistent);
    for (const volume of members) {
      await driver.volumes.create(volume);
    }
    const groupSnapshot = { id: '6c4f7e3a-312a-40c5-96a8-536b8a0fe074', group: consistent };
    const parts = members.map((volume, index) =>
      aSnapshot(1, { id: member(index + 5).id, providerId: null, volume }),
    );
    const [first] = parts;
    if (first === undefined) {
      throw new Error('no member');
    }
    const cases = [
      [() => driver.snapshots.create(first), { query: {} }],
      [
        () => driver.groups.createSnapshot(groupSnapshot, parts),
        isRest1() ? { path: 'pgroup', query: { snap: 'true' } } : { path: 'protection-group-snapshots' },
      ],
    ] as const;
    for (const [take, look] of cases) {
      await take();
      const noJson = { kind: 'status', status: 200, raw: '<html>Gateway</html>' } as const;
      await control.addFault(arrayName, { ...noJson, match: { method: 'GET', ...look } });
      const failure = await take().catch((error: unknown) => error);
      expect(isTransient(failure)).toBe(true);
      await expect(take()).resolves.not.toThrow();
    }
  });

  /** Two volumes with a copy each on fa3. */
  async function withCopies(type = replicatedType('async')) {
    const { control, openPair } = site();
    const driver = await openPair('fa3');
    const volumes = members.map((volume) => ({ ...volume, group: null, type }));
    for (const volume of volumes) {
      await driver.volumes.create(volume);
    }
    await control.admin(arrayName, { kind: 'replicateNow', group: 'cinder-group' });
    return { driver, volumes };
  }

  test('trouble that passes costs no volume its failover', async () => {
    const { control } = site();
    const { driver, volumes } = await withCopies();
    await control.addFault('fa3', { kind: 'cut', phase: 'after-apply', match: creating(names[0] ?? '') });
    await control.addFault('fa3', { kind: 'cut', phase: 'before-apply', match: creating(names[1] ?? '') });
    const result = await driver.failoverHost(volumes, 'fa3');
    expect(result.volumes.map(({ kind }) => kind)).toEqual(['restored', 'restored']);
  });

  test('a target that goes away during the copies is not switched to', async () => {
    const { control, live } = site();
    const { driver, volumes } = await withCopies();
    await control.addFault('fa3', { kind: 'status', status: 503, times: null, skip: 2 });
    const failure = await driver.failoverHost(volumes, 'fa3').catch((error: unknown) => error);
    expect(isTransient(failure)).toBe(true);
    await control.clearFaults('fa3');
    // Work goes on where it was.
    await driver.volumes.create({ ...member(5), group: null });
    expect(await live('volumes')).toContain(member(5).providerId);
    const result = await driver.failoverHost(volumes, 'fa3');
    expect(result.volumes.map(({ kind }) => kind)).toEqual(['restored', 'restored']);
  });

  test('limits that are invalid, or refused, cost no volume its copy, and are told', async () => {
    const { control, log } = site();
    const { driver, volumes } = await withCopies();
    const limited = (maxIOPS: string) => ({
      ...replicatedType('async'),
      qos: { consumer: 'back-end', specs: { maxIOPS } } as const,
    });
    const asked = volumes.map((volume, index) => ({
      ...volume,
      type: limited(index === 0 ? 'many' : '500'),
    }));
    await control.addFault('fa3', {
      kind: 'status',
      status: 400,
      message: 'No limits today.',
      match: isRest1()
        ? { method: 'PUT', path: `volume/${names[1]}` }
        : { method: 'PATCH', path: 'volumes', query: { names: names[1] ?? '' } },
    });
    const result = await driver.failoverHost(asked, 'fa3');
    expect(result.volumes.map(({ kind }) => kind)).toEqual(['restored', 'restored']);
    const told = log.lines.filter((line) => line.startsWith('error a volume failed over without the limits'));
    expect(told).toHaveLength(2);
    expect(told.some((line) => line.includes('"many"'))).toBe(true);
    expect(told.some((line) => line.includes('No limits today.'))).toBe(true);
  });

  test('the newest copy is taken, under whichever name the primary has it', async () => {
    const { control, openPair } = site();
    const text = async (array: string, words?: string): Promise<string> => {
      if (words !== undefined) {
        await control.writeVolume(array, names[0] ?? '', 0, new TextEncoder().encode(words));
      }
      return new TextDecoder().decode(await control.readVolume(array, names[0] ?? '', 0, 3));
    };
    const volume = {
      ...member(1),
      group: null,
      type: replicatedType('async'),
      metadata: { array_name: 'fa2' },
    };
    const known = await openPair('fa3');
    await known.volumes.create(volume);
    await text(arrayName, 'old');
    await control.admin(arrayName, { kind: 'replicateNow', group: 'cinder-group' });
    await control.advance(60_000);
    const other = await openPair('fa3', 'fa2');
    await other.volumes.create(volume);
    await text('fa2', 'new');
    await control.admin('fa2', { kind: 'replicateNow', group: 'cinder-group' });
    await known.failoverHost([volume], 'fa3');
    expect(await text('fa3')).toBe('new');
    expect((await control.state('fa3')).volumes).toMatchObject([{ size: gib }]);
  });

  test.each([
    ['in the pod', 'outside of it', replicatedType('sync'), aVolumeType(), inPod],
    ['outside of the pod', 'in it', aVolumeType(), replicatedType('sync'), outside],
  ] as const)(
    'a group %s whose volume types say %s by now is found where it is',
    async (_where, _by, typeThen, typeNow, name) => {
      const { openReplicated, live, control } = site();
      const driver = await openReplicated();
      const then = { ...consistent, volumeTypes: [typeThen] };
      const now = { ...consistent, volumeTypes: [typeNow] };
      await driver.groups.create(then);
      const made = await driver.volumes.create({
        ...member(1),
        providerId: null,
        type: typeThen,
        group: then,
      });
      const volume = { ...member(1), ...made, type: typeThen, group: now };
      expect(await live('protectionGroups')).toContain(name);
      await driver.groups.update(now, { add: [], remove: [volume] });
      await driver.groups.update(now, { add: [volume], remove: [] });
      const { protectionGroups } = await control.state(arrayName);
      expect(protectionGroups.find((group) => group.name === name)?.volumes).toEqual([made.providerId]);
      const groupSnapshot = { id: '6c3f7e3a-312a-40c5-96a8-536b8a0fe074', group: now };
      const [part] = await driver.groups.createSnapshot(groupSnapshot, [
        { ...aSnapshot(1), providerId: null, volume, groupSnapshot },
      ]);
      expect(part?.providerId).toContain(`${name}.cgsnapshot-`);
      expect((await live('protectionGroupSnapshots')).join()).toContain(`${name}.cgsnapshot-`);
      await driver.groups.deleteSnapshot(groupSnapshot);
      expect((await live('protectionGroupSnapshots')).filter((made) => made.includes('cgsnapshot'))).toEqual(
        [],
      );
      await driver.groups.delete(now, [volume]);
      expect(await live('protectionGroups')).not.toContain(name);
      expect(await live('volumes')).toEqual([]);
    },
  );
});
