import { gibibytes } from '@cinder-flasharray/common';
import { expect } from 'vitest';
import {
  acceptanceCase,
  arrayName,
  aSnapshot,
  aVolume,
  aVolumeType,
  type CaseContext,
  gib,
  runCases,
  snapshotName,
  volumeName,
} from './harness.ts';

const everything = {
  managed: new Map<string, string>(),
  marker: null,
  limit: 1000,
  offset: 0,
  sort: [],
} as const;

async function existing({ control }: CaseContext, name: string, size = 2 * gib): Promise<void> {
  await control.admin(arrayName, { kind: 'createVolume', name, size });
}

acceptanceCase(80, 'every spelling of a reference is taken', async (context) => {
  const { openDriver, state } = context;
  const driver = await openDriver();
  const ids = ['a', 'b', 'c'].map((digit) => `${digit}${aVolume(1).id.slice(1)}`);
  for (const name of ['one', 'two', 'three']) {
    await existing(context, name);
  }
  const listed = await driver.manage.manageableVolumes({ ...everything, marker: null });
  const three = listed.find(({ reference }) => reference.name === 'three')?.reference ?? {};
  const references = [{ 'source-name': 'one' }, { name: 'two' }, three];
  for (const [index, reference] of references.entries()) {
    const id = ids[index] ?? '';
    const volume = aVolume(2, { id, nameId: id, providerId: `volume-${id}-cinder` });
    await expect(driver.manage.sizeOf(reference)).resolves.toBe(2);
    await expect(driver.manage.manage(volume, reference)).resolves.toEqual({
      providerId: `volume-${id}-cinder`,
      replicationStatus: 'disabled',
      metadata: { purpose: 'database', array_volume_name: `volume-${id}-cinder`, array_name: arrayName },
    });
    // Again, as after a crash before the record was written.
    await driver.manage.manage(volume, reference);
  }
  expect((await state()).volumes.map(({ name }) => name)).toEqual(ids.map((id) => `volume-${id}-cinder`));
  await expect(driver.manage.sizeOf({ id: 'x' })).rejects.toMatchObject({
    code: 'invalid-reference',
    message: expect.stringContaining("requires a 'source-name' key"),
  });
});

acceptanceCase(81, 'what must not be managed keeps its name', async (context) => {
  const { control, openDriver, state } = context;
  for (const name of ['connected', 'destroyed', 'taken']) {
    await existing(context, name);
  }
  await control.admin(arrayName, { kind: 'createHost', name: 'h1' });
  await control.admin(arrayName, { kind: 'connectVolumeToHost', volume: 'connected', host: 'h1' });
  await control.admin(arrayName, { kind: 'destroyVolume', name: 'destroyed' });
  const driver = await openDriver();
  const namesOf = async () => (await state()).volumes.map(({ name }) => name);
  const before = await namesOf();
  for (const [name, words] of [
    ['connected', 'manage_existing cannot manage a volume connected to hosts'],
    ['destroyed', 'is destroyed'],
    ['realm1::pod1::vol1', 'Unable to manage volume in a Realm'],
    ['missing', 'Unable to find Purity ref with source-name=missing'],
  ] as const) {
    for (const attempt of [
      () => driver.manage.sizeOf({ name }),
      () => driver.manage.manage(aVolume(2), { name }),
    ]) {
      await expect(attempt()).rejects.toMatchObject({
        code: 'invalid-reference',
        message: expect.stringContaining(words),
      });
    }
  }
  expect(await namesOf()).toEqual(before);
  if (context.level.generation === 'rest2' && context.level.name !== '2.4') {
    await control.admin(arrayName, { kind: 'createProtectionGroup', name: 'safe', volumes: ['taken'] });
    await control.admin(arrayName, { kind: 'ratchetProtectionGroup', name: 'safe' });
    await expect(driver.manage.manage(aVolume(2), { name: 'taken' })).rejects.toMatchObject({
      code: 'invalid-reference',
      message: expect.stringContaining('cannot manage a SafeMode protected volume'),
    });
  }
  await driver.volumes.create(aVolume(1));
  await expect(driver.manage.manage(aVolume(2), { name: 'taken' })).rejects.toMatchObject(
    context.level.generation === 'rest2' && context.level.name !== '2.4'
      ? { code: 'invalid-reference' }
      : { code: 'name-taken' },
  );
});

acceptanceCase(82, 'the name reported is the name on the array', async (context) => {
  const { control, openDriver, state } = context;
  const driver = await openDriver();
  const type = aVolumeType({ extraSpecs: { 'flasharray:vg_name': 'gold', 'flasharray:vg_maxIOPS': '1000' } });
  await existing(context, 'one');
  const grouped = await driver.manage.manage(aVolume(2, { type }), { name: 'one' });
  expect(grouped.providerId).toBe(`gold/${volumeName}`);
  await control.admin(arrayName, { kind: 'createPod', name: 'pod1' });
  await existing(context, 'pod1::two');
  const id = '2f8def5b-73f3-4a30-a38b-cd4863a987b8';
  const inPod = await driver.manage.manage(aVolume(2, { id, nameId: id }), { name: 'pod1::two' });
  expect(inPod.providerId).toBe(`pod1::volume-${id}-cinder`);
  expect((await state()).volumes.map(({ name }) => name).toSorted()).toEqual(
    [grouped.providerId, inPod.providerId].toSorted(),
  );
  // Out of somebody's volume group, which goes when it is empty.
  await control.admin(arrayName, { kind: 'createVolumeGroup', name: 'old' });
  await existing(context, 'old/three');
  const otherId = '3f8def5b-73f3-4a30-a38b-cd4863a987b8';
  const out = await driver.manage.manage(aVolume(2, { id: otherId, nameId: otherId }), {
    name: 'old/three',
  });
  expect(out.providerId).toBe(`volume-${otherId}-cinder`);
  expect((await state()).volumeGroups.filter(({ destroyed }) => !destroyed).map(({ name }) => name)).toEqual([
    'gold',
  ]);
});

acceptanceCase(83, 'a snapshot must be of the volume that Cinder names', async (context) => {
  const { control, openDriver, state } = context;
  const driver = await openDriver();
  await driver.volumes.create(aVolume(1));
  await existing(context, 'other');
  await control.admin(arrayName, { kind: 'createSnapshot', volume: volumeName, suffix: 'backup' });
  await control.admin(arrayName, { kind: 'createSnapshot', volume: 'other', suffix: 'backup' });
  for (const name of ['backup', 'other.backup', `${volumeName}.missing`, 'pg1.1.volume']) {
    await expect(driver.manage.manageSnapshot(aSnapshot(1), { name })).rejects.toMatchObject({
      code: 'invalid-reference',
    });
  }
  const reference = { 'source-name': `${volumeName}.backup` };
  await expect(driver.manage.sizeOfSnapshot(aSnapshot(1), reference)).resolves.toBe(1);
  const update = await driver.manage.manageSnapshot(aSnapshot(1), reference);
  expect(update).toMatchObject({ providerId: snapshotName, metadata: { array_snapshot_name: snapshotName } });
  await driver.manage.manageSnapshot(aSnapshot(1), reference);
  expect((await state()).snapshots.map(({ name }) => name)).toEqual(['other.backup', snapshotName]);
  await driver.manage.unmanageSnapshot(aSnapshot(1));
  const unmanaged = `${snapshotName.slice(0, -10)}-unmanaged`;
  expect((await state()).snapshots.map(({ name }) => name)).toEqual(['other.backup', unmanaged]);
  await driver.manage.unmanageSnapshot(aSnapshot(1));
});

acceptanceCase(84, 'a size is rounded up to GiB', async (context) => {
  await existing(context, 'odd', 2.5 * gib);
  const driver = await context.openDriver();
  await expect(driver.manage.sizeOf({ name: 'odd' })).resolves.toBe(gibibytes(3));
});

acceptanceCase(85, 'names of unmanaged volumes fit and are unique', async (context) => {
  const { openDriver, state } = context;
  const driver = await openDriver();
  const long = `volume-${'x'.repeat(39)}-cinder-long-name`;
  const names = [`${long}1`, `${long}2`]
    .map((name) => name.slice(0, 62))
    .map((name, index) => `${name}${index}`);
  for (const name of names) {
    expect(name).toHaveLength(63);
    await existing(context, name);
    await driver.manage.unmanage(aVolume(2, { providerId: name }));
  }
  const after = (await state()).volumes.map(({ name }) => name);
  expect(new Set(after).size).toBe(2);
  for (const name of after) {
    expect(name).toContain('-unmanaged');
    expect(name.length).toBeLessThanOrEqual(63);
  }
  await driver.volumes.create(aVolume(1));
  await driver.manage.unmanage(aVolume(1));
  const now = await state();
  expect(now.volumes.map(({ name }) => name)).toContain(`${volumeName}-unmanaged`);
  expect(now.tags.filter(({ resource }) => resource === `${volumeName}-unmanaged`)).toEqual([]);
  await driver.manage.unmanage(aVolume(1));
});

acceptanceCase(86, 'an array error is no empty list', async (context) => {
  const { control, openDriver } = context;
  await existing(context, 'one');
  const driver = await openDriver();
  await control.addFault(arrayName, {
    match: { method: 'GET', path: '/^volumes?$/' },
    kind: 'status',
    status: 400,
    message: 'Internal trouble.',
  });
  await expect(driver.manage.manageableVolumes(everything)).rejects.toMatchObject({
    code: 'array',
    message: expect.stringContaining('Internal trouble'),
  });
});

acceptanceCase(87, 'pages of a sorted list join', async (context) => {
  const { control, openDriver } = context;
  for (let size = 1; size <= 30; size += 1) {
    await control.admin(arrayName, {
      kind: 'seedVolumes',
      count: 10,
      prefix: `v${String(size).padStart(2, '0')}-`,
      size: size * gib,
    });
  }
  const driver = await openDriver();
  const managed = new Map([['v07-3', aVolume(1).id]]);
  const sort = [{ key: 'size', direction: 'desc' }] as const;
  const seen: string[] = [];
  let marker: { readonly name: string } | null = null;
  for (;;) {
    const page = await driver.manage.manageableVolumes({ managed, marker, limit: 10, offset: 0, sort });
    seen.push(...page.map(({ reference }) => reference.name));
    const last = page.at(-1);
    if (last === undefined) {
      break;
    }
    marker = last.reference;
  }
  expect(seen).toHaveLength(300);
  expect(new Set(seen).size).toBe(300);
  expect(seen.map((name) => Number(name.slice(1, 3)))).toEqual(
    Array.from({ length: 300 }, (_, index) => 30 - Math.floor(index / 10)),
  );
  const [taken] = await driver.manage.manageableVolumes({
    managed,
    marker: { name: 'v07-2' },
    limit: 1,
    offset: 0,
    sort: [{ key: 'reference', direction: 'asc' }],
  });
  expect(taken).toEqual({
    reference: { name: 'v07-3' },
    size: 7,
    safeToManage: false,
    reasonNotSafe: 'Volume already managed',
    cinderId: aVolume(1).id,
    extraInfo: null,
  });
  await expect(
    driver.manage.manageableVolumes({ ...everything, marker: { name: 'nobody' } }),
  ).rejects.toMatchObject({ code: 'invalid-marker', message: expect.stringContaining('marker not found') });
});

runCases();
