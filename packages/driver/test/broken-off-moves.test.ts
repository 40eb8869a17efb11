import { expect, test } from 'vitest';
import { isTransient } from '../src/contract/driver-error.ts';
import { arrayName, aVolume, aVolumeType, volumeId, volumeName } from './acceptance/harness.ts';
import { replicatedType } from './acceptance/replication-site.ts';
import { onRepeatedSite } from './repeated-site.ts';

const synchronous = replicatedType('sync');
const plain = aVolumeType({ name: 'plain' });
const gold = aVolumeType({ name: 'gold', extraSpecs: { 'flasharray:vg_name': 'gold' } });
const inPod = `cinder-pod::${volumeName}`;
const ghost = `cinder-ghost-pod-${volumeId}`;
const mirrored = aVolume(1, { type: synchronous, providerId: inPod });
const inGold = aVolume(1, { type: gold, providerId: `gold/${volumeName}` });

/** Moves between volume groups, the array and the pod that something comes in between. */
onRepeatedSite((site) => {
  const isRest1 = () => site().level.generation === 'rest1';

  test('a clock that is set ends no wait for a ghost pod', async () => {
    const { control, openReplicated } = site();
    const day = 86_400_000;
    const driver = await openReplicated(day);
    await control.setReplication({ resyncMs: 9_000 });
    await driver.volumes.create(aVolume(1));
    expect(await driver.volumes.retype(aVolume(1), synchronous)).toMatchObject({ providerId: inPod });
  });

  test('a failback takes away the empty ghost pods that moves have left on either side', async () => {
    const { control, openReplicated, live } = site();
    const driver = await openReplicated();
    await driver.failoverHost([], 'fa2');
    await control.admin(arrayName, { kind: 'createPod', name: 'cinder-ghost-pod-one' });
    await control.admin('fa2', { kind: 'createPod', name: 'cinder-ghost-pod-two' });
    await control.admin(arrayName, { kind: 'createPod', name: 'cinder-ghost-pod-three' });
    await control.admin(arrayName, { kind: 'createPod', name: 'cinder-ghost' });
    await control.admin(arrayName, {
      kind: 'createVolume',
      name: 'cinder-ghost-pod-three::kept',
      size: 2 ** 30,
    });
    expect(await driver.failoverHost([], 'default')).toEqual({ activeBackendId: 'default', volumes: [] });
    expect((await live('pods')).toSorted()).toEqual(['cinder-ghost', 'cinder-ghost-pod-three', 'cinder-pod']);
    expect(await live('pods', 'fa2')).toEqual(['cinder-pod']);
  });

  test('a failback takes away the volume groups that moves have left empty on either side, and no others', async () => {
    const { control, openReplicated, live } = site();
    const driver = await openReplicated();
    const silver = aVolumeType({ name: 'silver', extraSpecs: { 'flasharray:vg_name': 'silver' } });
    await driver.volumes.create(inGold);
    await driver.failoverHost([], 'fa2');
    for (const name of ['gold', 'silver', 'others']) {
      await control.admin('fa2', { kind: 'createVolumeGroup', name });
    }
    await control.admin(arrayName, { kind: 'createVolumeGroup', name: 'silver' });
    await control.admin(arrayName, { kind: 'createVolumeGroup', name: 'others' });
    await driver.failoverHost([], 'default', { volumeTypes: [gold, silver, plain] });
    expect((await live('volumeGroups')).toSorted()).toEqual(['gold', 'others']);
    expect(await live('volumeGroups', 'fa2')).toEqual(['others']);
  });

  test('a volume of the pod that has been let go is told as gone by the way over and by the way back', async () => {
    const { openReplicated } = site();
    const driver = await openReplicated();
    await driver.volumes.create(mirrored);
    await driver.manage.unmanage(mirrored);
    const gone = [{ id: volumeId, kind: 'destroyed', reason: expect.any(String) }];
    expect((await driver.failoverHost([mirrored], 'fa2')).volumes).toEqual(gone);
    expect((await driver.failoverHost([mirrored], 'default')).volumes).toEqual(gone);
  });

  test('a failback tells that a volume is on neither array', async () => {
    const { control, openReplicated } = site();
    const driver = await openReplicated();
    await driver.volumes.create(mirrored);
    await driver.failoverHost([mirrored], 'fa2');
    await control.admin('fa2', { kind: 'destroyVolume', name: inPod });
    await control.admin('fa2', { kind: 'eradicateVolume', name: inPod });
    expect((await driver.failoverHost([mirrored], 'default')).volumes).toEqual([
      { id: volumeId, kind: 'destroyed', reason: 'it is on neither array' },
    ]);
  });

  test('a failback tells which volumes a move has left on the other array only', async () => {
    const { openReplicated, live } = site();
    const driver = await openReplicated();
    await driver.volumes.create(mirrored);
    await driver.failoverHost([mirrored], 'fa2');
    expect(await driver.volumes.retype(mirrored, plain)).toMatchObject({ providerId: volumeName });
    const result = await driver.failoverHost([mirrored], 'default');
    expect(result.volumes).toEqual([
      { id: volumeId, kind: 'left-behind', reason: expect.stringContaining('fa2') },
    ]);
    expect(await live('volumes', 'fa2')).toEqual([volumeName]);
  });

  test('a failback takes a volume of the pod, or of its ghost pod, for what it is', async () => {
    const { control, openReplicated } = site();
    const driver = await openReplicated();
    await driver.volumes.create(mirrored);
    await driver.failoverHost([mirrored], 'fa2');
    expect((await driver.failoverHost([mirrored], 'default')).volumes).toEqual([]);
    const busy = { kind: 'status', status: 503, message: 'Busy.', times: null } as const;
    await control.addFault(arrayName, {
      ...busy,
      match: isRest1()
        ? { method: 'DELETE', path: `/^pod\\/${ghost}\\/array/` }
        : { method: 'DELETE', path: '/^pods\\/(arrays|members)/' },
    });
    await expect(driver.volumes.retype(mirrored, plain)).rejects.toMatchObject({
      volumeName: `${ghost}::${volumeName}`,
    });
    await control.clearFaults(arrayName);
    await driver.failoverHost([mirrored], 'fa2');
    expect((await driver.failoverHost([mirrored], 'default')).volumes).toEqual([]);
    expect(await driver.volumes.retype(mirrored, plain)).toMatchObject({ providerId: volumeName });
  });

  test('an empty ghost pod that a move has left on another array is no obstacle', async () => {
    const { control, openReplicated, live } = site();
    const driver = await openReplicated();
    await control.admin('fa2', { kind: 'createPod', name: ghost });
    await driver.volumes.create(aVolume(1));
    expect(await driver.volumes.retype(aVolume(1), synchronous)).toMatchObject({ providerId: inPod });
    expect(await live('pods', 'fa2')).toEqual(['cinder-pod']);
  });

  test('a volume that an earlier try has taken out of its volume group is replicated under its new name', async () => {
    const { control, openPair, live } = site();
    const driver = await openPair('fa3');
    await driver.volumes.create(inGold);
    await control.addFault(arrayName, {
      kind: 'status',
      status: 503,
      message: 'Busy.',
      times: 6,
      match: isRest1()
        ? { method: 'DELETE', path: 'vgroup/gold' }
        : { method: 'PATCH', path: 'volume-groups', query: { names: 'gold' } },
    });
    const asynchronous = replicatedType('async');
    const failure = await driver.volumes.retype(inGold, asynchronous).catch((error: unknown) => error);
    expect(failure).toMatchObject({ volumeName });
    expect(isTransient(failure)).toBe(true);
    await control.clearFaults(arrayName);
    // Under its old name: nobody has written the new one down yet.
    expect(await driver.volumes.retype(inGold, asynchronous)).toMatchObject({ providerId: volumeName });
    const { protectionGroups } = await control.state(arrayName);
    expect(protectionGroups.find(({ name }) => name === 'cinder-group')?.volumes).toEqual([volumeName]);
    expect(await live('volumeGroups')).toEqual([]);
  });

  test('a volume is found wherever a retype that was broken off has left it, and so are empty volume groups', async () => {
    const { control, openPlain, live } = site();
    const driver = await openPlain();
    await driver.volumes.create(aVolume(1));
    await control.admin(arrayName, { kind: 'createVolumeGroup', name: 'gold' });
    expect(await driver.volumes.locate(aVolume(1), { otherTypes: [gold], reference: null })).toBe(volumeName);
    expect(await live('volumeGroups')).toEqual([]);
    expect(await driver.volumes.retype(aVolume(1), gold)).toMatchObject({ providerId: `gold/${volumeName}` });
    expect(await driver.volumes.locate(aVolume(1), { otherTypes: [gold], reference: null })).toBe(
      `gold/${volumeName}`,
    );
    expect(await live('volumeGroups')).toEqual(['gold']);
    expect(
      await driver.volumes.settle(aVolume(1, { type: plain }), { otherTypes: [gold], reference: null }),
    ).toMatchObject({
      providerId: volumeName,
    });
    expect(await live('volumeGroups')).toEqual([]);
  });

  test('a volume is deleted, or let go, wherever a retype that was broken off has left it', async () => {
    const { openPlain, live } = site();
    const driver = await openPlain();
    const move = { otherTypes: [gold], reference: null };
    await driver.volumes.create(aVolume(1));
    await driver.volumes.retype(aVolume(1), gold);
    await driver.manage.unmanage(aVolume(1), move);
    expect(await live('volumes')).toEqual([expect.stringMatching(/^gold\/volume-.*-unmanaged$/)]);
    await driver.manage.unmanage(aVolume(1), move);
    await driver.volumes.create(aVolume(1));
    await driver.volumes.retype(aVolume(1), gold);
    await driver.volumes.delete(aVolume(1), { move });
    expect(await live('volumes')).toEqual([expect.stringMatching(/^gold\/volume-.*-unmanaged$/)]);
  });

  test('an array that does not let us in is waited for, as one that is away', async () => {
    const { control, openPlain } = site();
    const driver = await openPlain();
    await driver.volumes.create(aVolume(1));
    await control.addFault(arrayName, {
      kind: 'status',
      status: 401,
      message: 'Invalid session.',
      times: null,
      match: isRest1() ? { method: 'PUT', path: '/^volume\\//' } : { method: 'PATCH', path: '/^volumes$/' },
    });
    const failure = await driver.volumes.retype(aVolume(1), gold).catch((error: unknown) => error);
    expect(failure).toMatchObject({ arrayCode: 'unauthorized' });
    expect(isTransient(failure)).toBe(true);
  });
});
