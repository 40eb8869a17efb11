import { expect, onTestFinished, test } from 'vitest';
import { context, runManager, volumeRequest } from './running-manager.ts';

const gib = 2 ** 30;
const details = { displayName: null, displayDescription: null, metadata: {} };

async function aManager() {
  const running = await runManager();
  onTestFinished(running.close);
  const { store, blockStorage, manager, simulator } = running;
  const manageVolume = async (name: string) => {
    const { id } = await blockStorage.manage.manageVolume(context, {
      ...details,
      host: 'node1@fa1',
      reference: { 'source-name': name },
      volumeType: null,
      availabilityZone: null,
      bootable: false,
    });
    await manager.idle();
    return id;
  };
  return {
    ...blockStorage,
    manageVolume,
    idle: () => manager.idle(),
    limit: (limits: Readonly<Record<string, number>>) => store.quotas.setLimits(context.projectId, limits),
    used: async () => {
      const { usages } = await blockStorage.limits(context, context.projectId);
      return Object.fromEntries(
        Object.entries(usages).map(([resource, { inUse, reserved }]) => [resource, inUse + reserved]),
      );
    },
    messagesOf: async (id: string) =>
      (await blockStorage.messages(context)).filter(({ resourceUuid }) => resourceUuid === id),
    names: async () => (await simulator.control.state('fa1')).volumes.map(({ name }) => name),
    control: simulator.control,
  };
}

test.each(['gigabytes', 'gigabytes_fa1'])(
  'managing a volume that is larger than what is left of %s is refused, and nothing is renamed or counted',
  async (resource) => {
    const { control, manageVolume, volumes, limit, used, messagesOf, names, idle } = await aManager();
    await limit({ [resource]: 4 });
    await volumes.create(context, volumeRequest({ size: 2 }));
    await idle();
    await control.admin('fa1', { kind: 'createVolume', name: 'payroll', size: 3 * gib });
    const id = await manageVolume('payroll');
    expect(await volumes.get(context, id)).toMatchObject({
      status: 'error_managing',
      size: 0,
      providerId: null,
    });
    expect(await names()).toContain('payroll');
    expect(await used()).toMatchObject({ volumes: 2, volumes_fa1: 2, gigabytes: 2, gigabytes_fa1: 2 });
    // "Not enough quota resource for operation."
    expect(await messagesOf(id)).toMatchObject([{ eventId: 'VOLUME_VOLUME_008_006', detailId: '006' }]);
    await volumes.delete(context, id, { cascade: false, force: false });
    await idle();
    expect(await names()).toContain('payroll');
    expect(await used()).toMatchObject({ volumes: 1, volumes_fa1: 1, gigabytes: 2, gigabytes_fa1: 2 });
  },
);

test('managing a volume that just fits counts it', async () => {
  const { control, manageVolume, volumes, limit, used } = await aManager();
  await limit({ gigabytes: 3, gigabytes_fa1: 3 });
  await control.admin('fa1', { kind: 'createVolume', name: 'payroll', size: 3 * gib });
  expect(await volumes.get(context, await manageVolume('payroll'))).toMatchObject({
    status: 'available',
    size: 3,
  });
  expect(await used()).toMatchObject({ volumes: 1, volumes_fa1: 1, gigabytes: 3, gigabytes_fa1: 3 });
});

test('managing a snapshot that is larger than its volume is refused when the rest does not fit', async () => {
  const { control, manage, snapshots, volumes, limit, used, messagesOf, idle } = await aManager();
  const volume = await volumes.create(context, volumeRequest({ size: 1 }));
  await idle();
  const name = `volume-${volume.id}-cinder`;
  await control.admin('fa1', { kind: 'resizeVolume', name, size: 8 * gib });
  await control.admin('fa1', { kind: 'createSnapshot', volume: name, suffix: 'large' });
  await limit({ gigabytes: 4 });
  const { id } = await manage.manageSnapshot(context, {
    ...details,
    volumeId: volume.id,
    reference: { 'source-name': `${name}.large` },
  });
  await idle();
  expect(await snapshots.get(context, id)).toMatchObject({
    status: 'error_managing',
    volumeSize: 1,
    providerId: null,
  });
  expect(await used()).toMatchObject({ volumes: 1, snapshots: 1, gigabytes: 2, gigabytes_fa1: 2 });
  expect(await messagesOf(id)).toMatchObject([{ eventId: 'VOLUME_VOLUME_SNAPSHOT_009_006' }]);
  await snapshots.delete(context, id, { force: false });
  await idle();
  expect(await used()).toMatchObject({ volumes: 1, snapshots: 0, gigabytes: 1, gigabytes_fa1: 1 });
});

test('a snapshot that the array refuses to delete has a message that says so', async () => {
  const { control, snapshots, volumes, messagesOf, idle } = await aManager();
  const volume = await volumes.create(context, volumeRequest({ size: 1 }));
  await idle();
  const { id } = await snapshots.create(context, { ...details, volumeId: volume.id, force: false });
  await idle();
  const match = { method: 'PATCH', path: '/^volume-snapshots$/' } as const;
  await control.addFault('fa1', { kind: 'status', status: 400, message: 'No.', match, times: null });
  await snapshots.delete(context, id, { force: false });
  await idle();
  expect(await snapshots.get(context, id)).toMatchObject({ status: 'error_deleting' });
  // "Snapshot failed to delete."
  expect(await messagesOf(id)).toMatchObject([
    { eventId: 'VOLUME_VOLUME_SNAPSHOT_010_016', actionId: '010', detailId: '016' },
  ]);
});
