import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  context,
  hastyClock,
  type RunningManager,
  runManager,
  serviceOf,
  volumeRequest,
} from './running-manager.ts';

/** What an administrator takes the status from while the array is busy. */

let running: RunningManager | undefined;

beforeAll(async () => {
  running = await runManager({}, hastyClock);
});

afterAll(async () => {
  await running?.close();
});

function service() {
  const site = serviceOf(running);
  const { control, idle } = site;
  return {
    ...site,
    /** Accepts work, does something while the array can do none of it, and waits for the end. */
    during: async (accept: () => Promise<unknown>, meanwhile: () => Promise<unknown>): Promise<void> => {
      const fault = { kind: 'status', status: 503, message: 'Busy.', match: {}, times: null } as const;
      await control.addFault('fa1', fault);
      try {
        await accept();
        await meanwhile();
      } finally {
        await control.clearFaults('fa1');
      }
      await idle();
    },
  };
}

async function aVolume(groupId: string | null = null): Promise<string> {
  const { volumes, idle } = service();
  const { id } = await volumes.create(context, volumeRequest({ groupId }));
  await idle();
  return id;
}

async function aSnapshot(volumeId: string): Promise<string> {
  const { snapshots, idle } = service();
  const { id } = await snapshots.create(context, {
    volumeId,
    displayName: null,
    displayDescription: null,
    metadata: {},
    force: false,
  });
  await idle();
  return id;
}

async function aGroup(): Promise<string> {
  const { groups, idle } = service();
  const { id } = await groups.create(context, {
    groupType: 'default_cgsnapshot_type',
    volumeTypes: ['fa1'],
    name: null,
    description: null,
    availabilityZone: null,
  });
  await idle();
  return id;
}

const volumeStatus = (id: string, status: string) =>
  service().volumes.resetStatus(context, id, { status, attachStatus: null, migrationStatus: null });

test('the temporary snapshot goes when somebody takes the status from a copy of a group half way', async () => {
  const { control, groups, idle } = service();
  const group = await aGroup();
  await aVolume(group);
  const hold = await control.armHold('fa1', {
    match: { method: 'POST', path: '/^volumes$/' },
    phase: 'before-apply',
  });
  const { id: copy } = await groups.createFromSource(context, {
    sourceGroupId: group,
    groupSnapshotId: null,
    name: null,
    description: null,
  });
  await control.waitForHold('fa1', hold.id, 5_000);
  const taken = `consisgroup-${group}-cinder.${copy}-tmp`;
  const state = async (): Promise<boolean | undefined> =>
    (await control.state('fa1')).protectionGroupSnapshots.find(({ name }) => name === taken)?.destroyed;
  expect(await state()).toBe(false);
  await groups.resetStatus(context, copy, 'error');
  await control.releaseHold('fa1', hold.id, 'drop');
  await idle();
  expect(await state()).toBe(true);
  for (const id of [copy, group]) {
    await groups.delete(context, id, { deleteVolumes: true });
  }
  await idle();
});

test('a snapshot is available again when its volume does not go back to it any more', async () => {
  const { volumes, store, during } = service();
  const volume = await aVolume();
  const snapshot = await aSnapshot(volume);
  await during(
    () => volumes.revert(context, volume, snapshot),
    () => volumeStatus(volume, 'available'),
  );
  expect(await store.volumes.get(volume)).toMatchObject({ status: 'available' });
  expect(await store.snapshots.get(snapshot)).toMatchObject({ status: 'available' });
});

test('snapshots can be deleted after a delete of their volume that was called off', async () => {
  const { snapshots, volumes, store, during, idle } = service();
  const volume = await aVolume();
  const snapshot = await aSnapshot(volume);
  await during(
    () => volumes.delete(context, volume, { cascade: true, force: false }),
    () => volumeStatus(volume, 'available'),
  );
  expect(await store.snapshots.get(snapshot)).toMatchObject({ status: 'error' });
  await snapshots.delete(context, snapshot, { force: false });
  await idle();
  expect(await store.snapshots.get(snapshot)).toBeNull();
});

test('a snapshot that is deleted by itself after a delete of its volume was called off is gone', async () => {
  const { snapshots, volumes, store, during } = service();
  const volume = await aVolume();
  const snapshot = await aSnapshot(volume);
  await during(
    () => volumes.delete(context, volume, { cascade: true, force: false }),
    async () => {
      await volumeStatus(volume, 'available');
      await snapshots.delete(context, snapshot, { force: true });
    },
  );
  expect(await store.snapshots.get(snapshot)).toBeNull();
  expect(await store.volumes.get(volume)).toMatchObject({ status: 'available' });
});

test('a volume that was to leave a group goes with it when it is deleted first', async () => {
  const { groups, store, during } = service();
  const group = await aGroup();
  const volume = await aVolume(group);
  await during(
    () => groups.update(context, group, { removeVolumes: [volume] }),
    async () => {
      await groups.resetStatus(context, group, 'available');
      await groups.delete(context, group, { deleteVolumes: true });
    },
  );
  expect([await store.groups.get(group), await store.volumes.get(volume)]).toEqual([null, null]);
});

test('a group can be deleted with its volumes after a delete that was called off', async () => {
  const { groups, store, during, idle } = service();
  const group = await aGroup();
  const volume = await aVolume(group);
  await during(
    () => groups.delete(context, group, { deleteVolumes: true }),
    () => groups.resetStatus(context, group, 'available'),
  );
  expect(await store.volumes.get(volume)).toMatchObject({ status: 'error_deleting' });
  await groups.delete(context, group, { deleteVolumes: true });
  await idle();
  expect([await store.groups.get(group), await store.volumes.get(volume)]).toEqual([null, null]);
});

test('the delete of a group keeps in mind that nobody has settled an earlier move of a member', async () => {
  const { groups, store, during } = service();
  const group = await aGroup();
  const volume = await aVolume(group);
  await store.volumes.update(volume, { previousStatus: 'managing' });
  await during(
    () => groups.delete(context, group, { deleteVolumes: true }),
    async () => {
      expect(await store.volumes.get(volume)).toMatchObject({
        status: 'deleting',
        previousStatus: 'managing',
      });
    },
  );
  expect(await store.volumes.get(volume)).toBeNull();
});

test('volumes of a copy of a group that was called off are in error, and go with it', async () => {
  const { groups, store, during, idle } = service();
  const source = await aGroup();
  await aVolume(source);
  const copy = async () =>
    await groups.createFromSource(context, {
      groupSnapshotId: null,
      sourceGroupId: source,
      name: null,
      description: null,
    });
  let id = '';
  await during(
    async () => {
      ({ id } = await copy());
    },
    () => groups.resetStatus(context, id, 'error'),
  );
  expect(await store.volumes.ofGroup(id)).toMatchObject([{ status: 'error' }]);
  await groups.delete(context, id, { deleteVolumes: true });
  await idle();
  expect([await store.groups.get(id), await store.volumes.ofGroup(id)]).toEqual([null, []]);
});

test('members of a group snapshot are not left being made, or deleted, when that is called off', async () => {
  const { groupSnapshots, store, during, idle } = service();
  const group = await aGroup();
  await aVolume(group);
  let id = '';
  await during(
    async () => {
      ({ id } = await groupSnapshots.create(context, { groupId: group, name: null, description: null }));
    },
    () => groupSnapshots.resetStatus(context, id, 'error'),
  );
  expect(await store.snapshots.ofGroupSnapshot(id)).toMatchObject([{ status: 'error' }]);
  await during(
    () => groupSnapshots.delete(context, id),
    () => groupSnapshots.resetStatus(context, id, 'error'),
  );
  expect(await store.snapshots.ofGroupSnapshot(id)).toMatchObject([{ status: 'error_deleting' }]);
  await groupSnapshots.delete(context, id);
  await idle();
  expect(await store.snapshots.ofGroupSnapshot(id)).toEqual([]);
});

test('a volume joins its group although somebody sets the status of that meanwhile', async () => {
  const { control, groups, store, during } = service();
  const group = await aGroup();
  const volume = await aVolume();
  await during(
    () => groups.update(context, group, { addVolumes: [volume] }),
    () => groups.resetStatus(context, group, 'available'),
  );
  expect(await store.groups.get(group)).toMatchObject({ status: 'available' });
  const { protectionGroups } = await control.state('fa1');
  expect(protectionGroups.find(({ name }) => name.includes(group))?.volumes).toEqual([
    `volume-${volume}-cinder`,
  ]);
});

test('a group, or a group snapshot, that is not made yet cannot be called available', async () => {
  const { groups, groupSnapshots, store, during } = service();
  let id = '';
  await during(
    async () => {
      ({ id } = await groups.create(context, {
        groupType: 'default_cgsnapshot_type',
        volumeTypes: ['fa1'],
        name: null,
        description: null,
        availabilityZone: null,
      }));
    },
    async () => {
      await expect(groups.resetStatus(context, id, 'available')).rejects.toMatchObject({
        code: 'invalid-group',
      });
    },
  );
  await aVolume(id);
  expect(await store.groups.get(id)).toMatchObject({ status: 'available' });
  let snapshot = '';
  await during(
    async () => {
      ({ id: snapshot } = await groupSnapshots.create(context, {
        groupId: id,
        name: null,
        description: null,
      }));
    },
    async () => {
      await expect(groupSnapshots.resetStatus(context, snapshot, 'available')).rejects.toMatchObject({
        code: 'invalid-group-snapshot',
      });
    },
  );
  expect(await store.groupSnapshots.get(snapshot)).toMatchObject({ status: 'available' });
});

test('a snapshot has the size that the array has it in, when an extend that was called off had got through', async () => {
  const { control, store, volumes, idle } = service();
  const volume = await aVolume();
  await control.admin('fa1', { kind: 'resizeVolume', name: `volume-${volume}-cinder`, size: 3 * 2 ** 30 });
  const snapshot = await aSnapshot(volume);
  expect(await store.snapshots.get(snapshot)).toMatchObject({ status: 'available', volumeSize: 3 });
  const copy = await volumes.create(context, volumeRequest({ size: null, snapshotId: snapshot }));
  await idle();
  expect(await store.volumes.get(copy.id)).toMatchObject({ status: 'available', size: 3 });
});

test('a snapshot that was called off before it was taken is not taken', async () => {
  const { control, snapshots, store, during } = service();
  const volume = await aVolume();
  let id = '';
  await during(
    async () => {
      ({ id } = await snapshots.create(context, {
        volumeId: volume,
        displayName: null,
        displayDescription: null,
        metadata: {},
        force: false,
      }));
    },
    () => snapshots.resetStatus(context, id, 'error'),
  );
  expect(await store.snapshots.get(id)).toMatchObject({ status: 'error' });
  const { snapshots: taken } = await control.state('fa1');
  expect(taken.filter(({ source }) => source === `volume-${volume}-cinder`)).toEqual([]);
});
