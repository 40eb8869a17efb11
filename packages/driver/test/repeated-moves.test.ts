import { expect, test } from 'vitest';
import { isTransient } from '../src/contract/driver-error.ts';
import {
  arrayName,
  aVolume,
  aVolumeType,
  connector,
  hostName,
  volumeId,
  volumeName,
} from './acceptance/harness.ts';
import { replicatedType } from './acceptance/replication-site.ts';
import { onRepeatedSite } from './repeated-site.ts';

const synchronous = replicatedType('sync');
const plain = aVolumeType({ name: 'plain' });
const gold = aVolumeType({ name: 'gold', extraSpecs: { 'flasharray:vg_name': 'gold' } });
const inPod = `cinder-pod::${volumeName}`;
const ghost = `cinder-ghost-pod-${volumeId}`;
const unknown = { otherTypes: [], reference: null };
const busy = { kind: 'status', status: 503, message: 'Busy.' } as const;

async function failureOf(work: () => Promise<unknown>): Promise<unknown> {
  try {
    await work();
    return null;
  } catch (error) {
    return error;
  }
}

onRepeatedSite((site) => {
  const isRest1 = () => site().level.generation === 'rest1';
  const unstretch = () =>
    isRest1()
      ? { method: 'DELETE', path: `/^pod\\/${ghost}\\/array/` }
      : { method: 'DELETE', path: '/^pods\\/(arrays|members)/' };
  const stretch = () =>
    isRest1()
      ? { method: 'POST', path: `/^pod\\/${ghost}\\/array/` }
      : { method: 'POST', path: '/^pods\\/(arrays|members)/' };
  const destroyGroup = () =>
    isRest1()
      ? { method: 'DELETE', path: 'vgroup/gold' }
      : { method: 'PATCH', path: 'volume-groups', query: { names: 'gold' } };

  test('a ghost pod whose removal is cut goes with the next try', async () => {
    const { control, openReplicated, live } = site();
    const driver = await openReplicated();
    await driver.volumes.create(aVolume(1));
    await control.addFault(arrayName, { kind: 'cut', phase: 'after-apply', match: unstretch() });
    const failure = await failureOf(() => driver.volumes.retype(aVolume(1), synchronous));
    expect(failure).toMatchObject({ volumeName: inPod });
    expect(isTransient(failure)).toBe(true);
    expect(await live('pods')).toContain(ghost);
    expect(await driver.volumes.retype(aVolume(1), synchronous)).toMatchObject({ providerId: inPod });
    expect(await live('pods')).toEqual(['cinder-pod']);
  });

  test('a ghost pod that is left goes, also where only the other array has it', async () => {
    const { control, openReplicated, live } = site();
    const driver = await openReplicated();
    await driver.volumes.create(aVolume(1));
    await driver.volumes.retype(aVolume(1), synchronous);
    await control.admin(arrayName, { kind: 'createPod', name: ghost });
    // By the name that it has by now.
    await driver.volumes.retype(aVolume(1, { providerId: inPod }), synchronous);
    expect(await live('pods')).toEqual(['cinder-pod']);
    await control.admin('fa2', { kind: 'createPod', name: ghost });
    await driver.volumes.retype(aVolume(1), synchronous);
    expect(await live('pods', 'fa2')).toEqual(['cinder-pod']);
  });

  test('a move waits for another array that is away, in its ghost pod', async () => {
    const { control, openReplicated, live } = site();
    const driver = await openReplicated();
    await driver.volumes.create(aVolume(1));
    await control.setReplicationLink(arrayName, 'fa2', 'down');
    const failure = await failureOf(() => driver.volumes.retype(aVolume(1), synchronous));
    expect(failure).toMatchObject({ volumeName: `${ghost}::${volumeName}` });
    expect(isTransient(failure)).toBe(true);
    await control.setReplicationLink(arrayName, 'fa2', 'up');
    expect(await driver.volumes.retype(aVolume(1), synchronous)).toMatchObject({ providerId: inPod });
    expect(await live('pods')).toEqual(['cinder-pod']);
  });

  test('a move goes on that was refused for another array, which is back when it is looked for', async () => {
    const { control, openReplicated } = site();
    const driver = await openReplicated();
    await driver.volumes.create(aVolume(1));
    const message = 'Array is not connected.';
    const refused = { kind: 'status', status: 400, message, context: 'fa2', match: stretch() } as const;
    await control.addFault(arrayName, refused);
    expect(await driver.volumes.retype(aVolume(1), synchronous)).toMatchObject({ providerId: inPod });
    await driver.volumes.retype(aVolume(1, { providerId: inPod, type: synchronous }), plain);
    await control.addFault(arrayName, { ...refused, times: null });
    const failure = await failureOf(() => driver.volumes.retype(aVolume(1), synchronous));
    expect(failure).toMatchObject({ code: 'array', message: expect.stringContaining(message) });
    expect(isTransient(failure)).toBe(false);
  });

  test('a move that was refused for another array goes on later when that cannot be looked for', async () => {
    const { control, openReplicated } = site();
    const driver = await openReplicated();
    await driver.volumes.create(aVolume(1));
    const hold = await control.armHold(arrayName, { match: stretch(), phase: 'before-apply' });
    const message = 'Array is not connected.';
    await control.addFault(arrayName, {
      kind: 'status',
      status: 400,
      message,
      context: 'fa2',
      match: stretch(),
    });
    const moving = failureOf(() => driver.volumes.retype(aVolume(1), synchronous));
    await control.waitForHold(arrayName, hold.id, 5_000);
    const looking = isRest1()
      ? { method: 'GET', path: 'pod/cinder-pod' }
      : { method: 'GET', path: 'pods', query: { names: 'cinder-pod' } };
    // As often as the client asks: the next look finds nothing wrong any more.
    const busy = { kind: 'status', status: 503, message: 'Busy.', times: 4 } as const;
    await control.addFault(arrayName, { ...busy, match: looking });
    await control.releaseHold(arrayName, hold.id, 'continue');
    const failure = await moving;
    expect(failure).toMatchObject({ volumeName: `${ghost}::${volumeName}` });
    expect(isTransient(failure)).toBe(true);
    expect(await driver.volumes.retype(aVolume(1), synchronous)).toMatchObject({ providerId: inPod });
  });

  test('a move that was refused for another array goes on later when that comes back between two looks', async () => {
    const { control, openReplicated } = site();
    const driver = await openReplicated();
    await driver.volumes.create(aVolume(1));
    await control.setReplicationLink(arrayName, 'fa2', 'down');
    const looking = isRest1()
      ? { method: 'GET', path: 'array/connection' }
      : { method: 'GET', path: 'array-connections' };
    // Its answer says that the other array is away.
    const hold = await control.armHold(arrayName, { match: looking, phase: 'before-reply' });
    const moving = failureOf(() => driver.volumes.retype(aVolume(1), synchronous));
    await control.waitForHold(arrayName, hold.id, 5_000);
    await control.setReplicationLink(arrayName, 'fa2', 'up');
    await control.releaseHold(arrayName, hold.id, 'continue');
    const failure = await moving;
    expect(failure).toMatchObject({ volumeName: `${ghost}::${volumeName}` });
    expect(isTransient(failure)).toBe(true);
    expect(await driver.volumes.retype(aVolume(1), synchronous)).toMatchObject({ providerId: inPod });
  });

  test('a ghost pod goes whose removal was refused for another array, which is back when it is looked for', async () => {
    const { control, openReplicated, live } = site();
    const driver = await openReplicated();
    await driver.volumes.create(aVolume(1));
    const message = 'Array is not connected.';
    const refused = { kind: 'status', status: 400, message, context: 'fa2', match: unstretch() } as const;
    await control.addFault(arrayName, refused);
    await control.addFault('fa2', { ...refused, context: arrayName });
    expect(await driver.volumes.retype(aVolume(1), synchronous)).toMatchObject({ providerId: inPod });
    expect(await live('pods')).toEqual(['cinder-pod']);
  });

  test('a volume is taken over on its way into the pod, wherever that stopped', async () => {
    const { control, openReplicated, live } = site();
    const driver = await openReplicated();
    await control.admin(arrayName, { kind: 'createVolume', name: 'theirs', size: 2 ** 30 });
    await control.addFault(arrayName, { kind: 'cut', phase: 'after-apply', match: unstretch() });
    const volume = aVolume(1, { type: synchronous, providerId: inPod });
    const failure = await failureOf(() => driver.manage.manage(volume, { 'source-name': 'theirs' }));
    expect(isTransient(failure)).toBe(true);
    expect(await driver.manage.manage(volume, { 'source-name': 'theirs' })).toMatchObject({
      providerId: inPod,
    });
    expect(await live('volumes')).toEqual([inPod]);
    expect(await live('pods')).toEqual(['cinder-pod']);
  });

  test('a volume is deleted where a move that was broken off has left it', async () => {
    const { control, openReplicated, live } = site();
    const driver = await openReplicated();
    await driver.volumes.create(aVolume(1));
    await control.setReplicationLink(arrayName, 'fa2', 'down');
    await failureOf(() => driver.volumes.retype(aVolume(1), synchronous));
    await driver.volumes.delete(aVolume(1));
    expect(await live('volumes')).toEqual([]);
    expect(await live('pods')).toEqual(['cinder-pod']);
  });

  test('a failover finds a volume on its way out of the pod, which goes on from there', async () => {
    const { control, openReplicated, live } = site();
    const driver = await openReplicated();
    const mirrored = aVolume(1, { type: synchronous, providerId: inPod });
    await driver.volumes.create(mirrored);
    await control.addFault(arrayName, { ...busy, times: null, match: unstretch() });
    expect(await failureOf(() => driver.volumes.retype(mirrored, plain))).toMatchObject({
      volumeName: `${ghost}::${volumeName}`,
    });
    await control.clearFaults(arrayName);
    const result = await driver.failoverHost([mirrored], 'fa2');
    expect(result.volumes).toEqual([{ id: volumeId, kind: 'failed-over' }]);
    expect(await driver.volumes.retype(mirrored, plain)).toMatchObject({ providerId: volumeName });
    expect(await live('volumes', 'fa2')).toEqual([volumeName]);
    expect(await live('pods', 'fa2')).toEqual(['cinder-pod']);
  });

  test('a volume whose move was given up is brought back to where its type wants it', async () => {
    const { control, openReplicated, live } = site();
    const driver = await openReplicated();
    const volume = aVolume(1, { type: gold, providerId: `gold/${volumeName}` });
    await driver.volumes.create(volume);
    await control.setReplicationLink(arrayName, 'fa2', 'down');
    await failureOf(() => driver.volumes.retype(volume, synchronous));
    expect(await live('volumes')).toEqual([`${ghost}::${volumeName}`]);
    await control.setReplicationLink(arrayName, 'fa2', 'up');
    // By its old name, as after a crash before the record was written.
    expect(await driver.volumes.settle(volume, unknown)).toMatchObject({ providerId: `gold/${volumeName}` });
    expect(await live('volumes')).toEqual([`gold/${volumeName}`]);
    expect(await live('pods')).toEqual(['cinder-pod']);
    await driver.volumes.delete(volume);
    await expect(driver.volumes.settle({ ...volume, type: plain }, unknown)).rejects.toMatchObject({
      code: 'volume-missing',
    });
  });

  test('a volume group goes that was made for a volume whose creation was given up', async () => {
    const { control, openPlain, live } = site();
    const driver = await openPlain();
    const volume = aVolume(1, { type: gold, providerId: `gold/${volumeName}` });
    await control.admin(arrayName, { kind: 'createVolumeGroup', name: 'gold' });
    await expect(driver.volumes.settle(volume, unknown)).rejects.toMatchObject({ code: 'volume-missing' });
    expect(await live('volumeGroups')).toEqual([]);
  });

  test('a move that is refused before it begins leaves no ghost pod', async () => {
    const { control, openReplicated, live } = site();
    const driver = await openReplicated();
    await driver.volumes.create(aVolume(1));
    await control.addFault(arrayName, {
      kind: 'status',
      status: 400,
      message: 'No.',
      match: isRest1()
        ? { method: 'PUT', path: `volume/${volumeName}` }
        : { method: 'PATCH', path: 'volumes', query: { names: volumeName } },
    });
    const failure = await failureOf(() => driver.volumes.retype(aVolume(1), synchronous));
    expect(failure).toMatchObject({ volumeName, message: expect.stringContaining('No.') });
    expect(await live('pods')).toEqual(['cinder-pod']);
  });

  test('a volume group that a delete has emptied goes with the next try', async () => {
    const { control, openPlain, live } = site();
    const driver = await openPlain();
    const volume = aVolume(1, { type: gold, providerId: `gold/${volumeName}` });
    await driver.volumes.create(volume);
    await control.addFault(arrayName, { ...busy, match: destroyGroup() });
    expect(isTransient(await failureOf(() => driver.volumes.delete(volume)))).toBe(true);
    await driver.volumes.delete(volume);
    expect(await live('volumeGroups')).toEqual([]);
  });

  test('a volume group that a retype has emptied goes with the next try', async () => {
    const { control, openPlain, live } = site();
    const driver = await openPlain();
    const volume = aVolume(1, { type: gold, providerId: `gold/${volumeName}` });
    await driver.volumes.create(volume);
    await control.addFault(arrayName, { ...busy, match: destroyGroup() });
    const failure = await failureOf(() => driver.volumes.retype(volume, plain));
    expect(failure).toMatchObject({ volumeName });
    expect(isTransient(failure)).toBe(true);
    expect(await driver.volumes.retype(volume, plain)).toMatchObject({ providerId: volumeName });
    expect(await live('volumeGroups')).toEqual([]);
  });

  test('a retype from a volume group into the pod and back leaves neither behind', async () => {
    const { openReplicated, live } = site();
    const driver = await openReplicated();
    const volume = aVolume(1, { type: gold, providerId: `gold/${volumeName}` });
    await driver.volumes.create(volume);
    expect(await driver.volumes.retype(volume, synchronous)).toMatchObject({ providerId: inPod });
    expect(await live('volumeGroups')).toEqual([]);
    const mirrored = aVolume(1, { type: synchronous, providerId: inPod });
    const back = await driver.volumes.retype(mirrored, gold);
    expect(back).toMatchObject({ providerId: `gold/${volumeName}` });
    // Under the old name again, as after a crash before the record was written.
    expect(await driver.volumes.retype(mirrored, gold)).toEqual(back);
    expect(await live('pods')).toEqual(['cinder-pod']);
  });

  test('a create that is refused leaves no empty volume group', async () => {
    const { control, openPlain, live } = site();
    const driver = await openPlain();
    await control.addFault(arrayName, {
      kind: 'status',
      status: 400,
      message: 'Volume limit reached.',
      match: isRest1() ? { method: 'POST', path: '/^volume\\//' } : { method: 'POST', path: '/^volumes$/' },
    });
    const volume = aVolume(1, { type: gold, providerId: `gold/${volumeName}` });
    await expect(driver.volumes.create(volume)).rejects.toMatchObject({ nothingMade: true });
    expect(await live('volumeGroups')).toEqual([]);
  });

  test('a host that the array does not let go costs no detach', async () => {
    const { control, openPlain, log } = site();
    const driver = await openPlain();
    await driver.volumes.create(aVolume(1));
    await driver.connections.connect(aVolume(1), connector());
    const match = isRest1()
      ? { method: 'DELETE', path: `/^host\\/${hostName}$/` }
      : { method: 'DELETE', path: '/^hosts$/' };
    await control.addFault(arrayName, { kind: 'status', status: 400, message: 'Host is in a group.', match });
    await driver.connections.disconnect(aVolume(1), connector());
    expect(log.lines.filter((line) => line.startsWith('warn'))).toEqual([
      expect.stringContaining('Host is in a group.'),
    ]);
    await driver.connections.connect(aVolume(1), connector());
    await control.addFault(arrayName, { ...busy, times: 2, match });
    const failure = await failureOf(() => driver.connections.disconnect(aVolume(1), connector()));
    expect(isTransient(failure)).toBe(true);
    await driver.connections.disconnect(aVolume(1), connector());
    expect((await control.state(arrayName)).hosts).toEqual([]);
  });
});
