import { gibibytes } from '@cinder-flasharray/common';
import { expect, test } from 'vitest';
import type { DriverVolumeType } from '../src/contract/records.ts';
import { arrayName, aVolume, aVolumeType, gib, volumeId, volumeName } from './acceptance/harness.ts';
import { replicatedType } from './acceptance/replication-site.ts';
import { onRepeatedSite } from './repeated-site.ts';

const plain = aVolumeType({ name: 'plain' });
const gold = aVolumeType({ name: 'gold', extraSpecs: { 'flasharray:vg_name': 'gold' } });
const inPod = `cinder-pod::${volumeName}`;
const ghost = `cinder-ghost-pod-${volumeId}`;
const refusal = { kind: 'status', status: 400, message: 'No.' } as const;

onRepeatedSite((site) => {
  const isRest1 = () => site().level.generation === 'rest1';
  const changeVolume = (name: string) =>
    isRest1()
      ? { method: 'PUT', path: `volume/${name}` }
      : { method: 'PATCH', path: 'volumes', query: { names: name } };
  const joinGroup = () =>
    isRest1()
      ? { method: 'PUT', path: '/^(pgroup|volume)\\/.*(cinder-group|pgroup)/' }
      : { method: 'POST', path: '/^protection-groups\\/volumes/' };
  const stretchGhost = () =>
    isRest1()
      ? { method: 'POST', path: `/^pod\\/${ghost}\\/array/` }
      : { method: 'POST', path: '/^pods\\/(arrays|members)/' };

  async function existing(name: string): Promise<void> {
    await site().control.admin(arrayName, { kind: 'createVolume', name, size: gib });
  }

  function managed(type: DriverVolumeType, providerId = volumeName) {
    return aVolume(1, { type, providerId });
  }

  test('a volume whose limits are refused gets its old name back', async () => {
    const { control, openPlain, live } = site();
    const driver = await openPlain();
    await existing('theirs');
    await control.addFault(arrayName, { ...refusal, match: changeVolume(volumeName) });
    await expect(driver.manage.manage(managed(plain), { name: 'theirs' })).rejects.toMatchObject({
      nothingMade: true,
      message: expect.stringContaining('No.'),
    });
    expect(await live('volumes')).toEqual(['theirs']);
  });

  test('a volume that is refused in a volume group goes back into the one it came from', async () => {
    const { control, openPlain, live } = site();
    const driver = await openPlain();
    await control.admin(arrayName, { kind: 'createVolumeGroup', name: 'old' });
    await existing('old/theirs');
    await control.addFault(arrayName, { ...refusal, match: changeVolume(`gold/${volumeName}`) });
    await expect(
      driver.manage.manage(managed(gold, `gold/${volumeName}`), { name: 'old/theirs' }),
    ).rejects.toMatchObject({ nothingMade: true });
    expect(await live('volumes')).toEqual(['old/theirs']);
    expect(await live('volumeGroups')).toEqual(['old']);
  });

  test('a volume whose first step is refused keeps its old name', async () => {
    const { control, openPlain, live } = site();
    const driver = await openPlain();
    await existing('old');
    await control.addFault(arrayName, { ...refusal, match: changeVolume('old') });
    await expect(driver.manage.manage(managed(gold), { 'source-name': 'old' })).rejects.toMatchObject({
      nothingMade: true,
    });
    expect(await live('volumes')).toEqual(['old']);
  });

  test('a volume that does not get its old name back is told under the one it has', async () => {
    const { control, openPlain, live } = site();
    const driver = await openPlain();
    await existing('theirs');
    await control.addFault(arrayName, { ...refusal, times: null, match: changeVolume(volumeName) });
    await expect(driver.manage.manage(managed(plain), { name: 'theirs' })).rejects.toMatchObject({
      nothingMade: false,
      volumeName,
      message: expect.stringContaining(volumeName),
    });
    expect(await live('volumes')).toEqual([volumeName]);
  });

  test('a volume whose replication is refused gets its old name back', async () => {
    const { control, openReplicated, live } = site();
    const driver = await openReplicated();
    await existing('theirs');
    await control.addFault(arrayName, { ...refusal, match: joinGroup() });
    await expect(
      driver.manage.manage(managed(replicatedType('async')), { name: 'theirs' }),
    ).rejects.toMatchObject({ nothingMade: true });
    expect(await live('volumes')).toEqual(['theirs']);
  });

  test('a volume whose way into the pod is refused is taken out of its ghost pod again', async () => {
    const { control, openReplicated, live } = site();
    const driver = await openReplicated();
    await control.admin(arrayName, { kind: 'createVolumeGroup', name: 'old' });
    await existing('old/theirs');
    await control.addFault(arrayName, { ...refusal, match: stretchGhost() });
    await expect(
      driver.manage.manage(managed(replicatedType('sync'), inPod), { name: 'old/theirs' }),
    ).rejects.toMatchObject({ nothingMade: true });
    expect(await live('volumes')).toEqual(['old/theirs']);
    expect(await live('volumeGroups')).toEqual(['old']);
    expect(await live('pods')).toEqual(['cinder-pod']);
  });

  test('a copy of ours that an earlier try has made is taken up, although its source has grown since', async () => {
    const { control, openPlain, live } = site();
    const driver = await openPlain();
    const id = `f${volumeId.slice(1)}`;
    const source = aVolume(1, { id, nameId: id, providerId: `volume-${id}-cinder` });
    await driver.volumes.create(source);
    await control.addFault(arrayName, {
      kind: 'cut',
      phase: 'after-apply',
      match: isRest1()
        ? { method: 'POST', path: `volume/${volumeName}` }
        : { method: 'POST', path: 'volumes', query: { names: volumeName } },
    });
    await expect(driver.volumes.clone(aVolume(2), source)).rejects.toMatchObject({ nothingMade: false });
    await driver.volumes.extend(source, gibibytes(4));
    await driver.volumes.clone(aVolume(2), source);
    expect((await control.state(arrayName)).volumes.find(({ name }) => name === volumeName)).toMatchObject({
      size: 2 * gib,
    });
    expect(await live('volumes')).toHaveLength(2);
  });

  test('a volume of a plain pod stays in it, or goes from there into the pod', async () => {
    const { control, openReplicated, live } = site();
    const driver = await openReplicated();
    await control.admin(arrayName, { kind: 'createPod', name: 'pod1' });
    await existing('pod1::theirs');
    const there = `pod1::${volumeName}`;
    expect(await driver.manage.manage(managed(plain, there), { name: 'pod1::theirs' })).toMatchObject({
      providerId: there,
    });
    const bronze = aVolumeType({ name: 'bronze' });
    expect(await driver.volumes.retype(managed(plain, there), bronze)).toMatchObject({ providerId: there });
    expect(await driver.volumes.retype(managed(plain, there), replicatedType('sync'))).toMatchObject({
      providerId: inPod,
    });
    expect(await live('volumes')).toEqual([inPod]);
    expect((await live('pods')).toSorted()).toEqual(['cinder-pod', 'pod1']);
  });

  test('a volume of a plain pod cannot be copied from there, and keeps its name', async () => {
    const { control, openReplicated, live } = site();
    const driver = await openReplicated();
    await control.admin(arrayName, { kind: 'createPod', name: 'pod1' });
    await existing('pod1::theirs');
    await expect(
      driver.manage.manage(managed(replicatedType('async')), { name: 'pod1::theirs' }),
    ).rejects.toMatchObject({ nothingMade: true });
    expect(await live('volumes')).toEqual(['pod1::theirs']);
  });

  test('a volume on its way through its ghost pod arrives before it is let go', async () => {
    const { control, openReplicated, live } = site();
    const driver = await openReplicated();

    const inGhost = `${ghost}::${volumeName}`;
    await control.admin(arrayName, { kind: 'createPod', name: ghost });
    await control.admin(arrayName, { kind: 'createVolume', name: inGhost, size: gib });
    await driver.manage.unmanage(aVolume(1, { type: replicatedType('sync'), providerId: inGhost }));
    expect(await live('volumes')).toEqual([expect.stringMatching(/^cinder-pod::volume-.*-unmanaged$/)]);
    expect(await live('pods')).toEqual(['cinder-pod']);
  });

  test('a volume that an administrator has destroyed is let go at the first try', async () => {
    const { control, openPlain, live } = site();
    const driver = await openPlain();
    await driver.volumes.create(aVolume(1));
    await control.admin(arrayName, { kind: 'destroyVolume', name: volumeName });
    await expect(driver.manage.unmanage(aVolume(1))).resolves.toBeUndefined();
    expect(await live('volumes')).toEqual([]);
    const renames = (await control.requests(arrayName)).filter(({ method, path }) =>
      isRest1() ? method === 'PUT' && path.includes('volume/') : method === 'PATCH' && /volumes$/.test(path),
    );
    expect(renames.length).toBeLessThanOrEqual(1);
  });

  test('a volume that is let go after a move takes the empty pod along that the move has left', async () => {
    const { control, openReplicated, live } = site();
    const driver = await openReplicated();
    const type = replicatedType('sync');
    const { providerId } = await driver.volumes.create(aVolume(1, { type, providerId: null }));
    await control.admin(arrayName, { kind: 'createPod', name: ghost });
    await driver.manage.unmanage(aVolume(1, { type, providerId }), { otherTypes: [], reference: null });
    expect(await live('volumes')).toEqual([expect.stringMatching(/^cinder-pod::volume-.*-unmanaged$/)]);
    expect(await live('pods')).toEqual(['cinder-pod']);
  });
});
