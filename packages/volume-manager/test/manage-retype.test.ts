import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  compute1,
  context,
  levels,
  type RunningManager,
  runManager,
  serviceOf,
  volumeRequest,
} from './running-manager.ts';

const gib = 2 ** 30;
const wholeList = { marker: null, limit: 1000, offset: 0, sort: [] } as const;

describe.each(levels)('managing and retyping, REST %s', (level, array) => {
  let running: RunningManager | undefined;

  beforeAll(async () => {
    running = await runManager(array);
  });

  afterAll(async () => {
    await running?.close();
  });

  const service = () => serviceOf(running);

  test('a volume of the array is taken over and let go again', async () => {
    const { manage, volumes, idle, state, control, limits } = service();
    await control.admin('fa1', { kind: 'createVolume', name: 'payroll', size: 2.5 * gib });
    const [listed] = await manage.manageableVolumes(context, 'node1@fa1#fa1', wholeList);
    expect(listed).toMatchObject({ reference: { name: 'payroll' }, size: 3, safeToManage: true });
    const { id } = await manage.manageVolume(context, {
      host: 'node1@fa1#fa1',
      reference: listed?.reference ?? {},
      displayName: 'payroll',
      displayDescription: null,
      volumeType: null,
      availabilityZone: null,
      metadata: { mine: 'yes' },
      bootable: false,
    });
    await idle();
    const managed = await volumes.get(context, id);
    expect(managed).toMatchObject({ status: 'available', size: 3, metadata: { mine: 'yes' } });
    expect((await state()).volumes).toMatchObject([{ name: `volume-${id}-cinder`, size: 2.5 * gib }]);
    const [again] = await manage.manageableVolumes(context, 'node1@fa1', wholeList);
    expect(again).toMatchObject({ safeToManage: false, cinderId: id });
    expect((await limits(context, context.projectId)).usages.gigabytes?.inUse).toBe(3);
    await manage.unmanageVolume(context, id);
    await idle();
    await expect(volumes.get(context, id)).rejects.toMatchObject({ code: 'volume-not-found' });
    expect((await state()).volumes.map(({ name }) => name)).toEqual([`volume-${id}-cinder-unmanaged`]);
    expect((await limits(context, context.projectId)).usages.gigabytes?.inUse).toBe(0);
  });

  test('what cannot be taken over is not deleted with its record', async () => {
    const { manage, volumes, idle, state, control } = service();
    await control.admin('fa1', { kind: 'createVolume', name: 'busy', size: gib });
    await control.admin('fa1', { kind: 'createHost', name: 'h1' });
    await control.admin('fa1', { kind: 'connectVolumeToHost', volume: 'busy', host: 'h1' });
    const { id } = await manage.manageVolume(context, {
      host: 'node1@fa1',
      reference: { 'source-name': 'busy' },
      displayName: null,
      displayDescription: null,
      volumeType: null,
      availabilityZone: null,
      metadata: {},
      bootable: false,
    });
    await idle();
    expect((await volumes.get(context, id)).status).toBe('error_managing');
    await volumes.delete(context, id, { cascade: false, force: false });
    await idle();
    await expect(volumes.get(context, id)).rejects.toMatchObject({ code: 'volume-not-found' });
    expect((await state()).volumes.find(({ name }) => name === 'busy')).toMatchObject({ destroyed: false });
    await expect(manage.manageableVolumes(context, 'node1@mars', wholeList)).rejects.toMatchObject({
      code: 'service-not-found',
    });
    await expect(
      manage.manageableVolumes(context, 'node1@fa1', { ...wholeList, marker: { name: 'nobody' } }),
    ).rejects.toMatchObject({ code: 'invalid-input', message: expect.stringContaining('marker not found') });
  });

  test('a volume that is refused after its rename has its old name, and its record has none', async () => {
    const { manage, idle, state, control, store } = service();
    if (level === '1.2' || level === '1.5') {
      // Volumes have no limits there: nothing is refused after the rename.
      return;
    }
    await control.admin('fa1', { kind: 'createVolume', name: 'ledger', size: gib });
    // The rename is the first change, the limits are the second one.
    await control.addFault('fa1', {
      kind: 'status',
      status: 400,
      message: 'No limits today.',
      skip: 1,
      match: level.startsWith('1.')
        ? { method: 'PUT', path: '/^volume\\//' }
        : { method: 'PATCH', path: 'volumes' },
    });
    const { id } = await manage.manageVolume(context, {
      host: 'node1@fa1',
      reference: { 'source-name': 'ledger' },
      displayName: null,
      displayDescription: null,
      volumeType: null,
      availabilityZone: null,
      metadata: {},
      bootable: false,
    });
    await idle();
    await control.clearFaults('fa1');
    expect(await store.volumes.get(id)).toMatchObject({ status: 'error_managing', providerId: null });
    expect((await state()).volumes).toContainEqual(
      expect.objectContaining({ name: 'ledger', destroyed: false }),
    );
  });

  test('a snapshot of the array is taken over and let go again', async () => {
    const { manage, snapshots, volumes, idle, state, control } = service();
    const volume = await volumes.create(context, volumeRequest());
    await idle();
    const name = `volume-${volume.id}-cinder`;
    await control.admin('fa1', { kind: 'createSnapshot', volume: name, suffix: 'backup' });
    const { id } = await manage.manageSnapshot(context, {
      volumeId: volume.id,
      reference: { 'source-name': `${name}.backup` },
      displayName: null,
      displayDescription: null,
      metadata: {},
    });
    await idle();
    if (level === '1.2') {
      expect((await snapshots.get(context, id)).status).toBe('error_managing');
      await snapshots.delete(context, id, { force: false });
      await idle();
      await expect(snapshots.get(context, id)).rejects.toMatchObject({ code: 'snapshot-not-found' });
      expect((await state()).snapshots).toMatchObject([{ name: `${name}.backup`, destroyed: false }]);
      return;
    }
    expect(await snapshots.get(context, id)).toMatchObject({
      status: 'available',
      providerId: `${name}.snapshot-${id}`,
    });
    await manage.unmanageSnapshot(context, id);
    await idle();
    await expect(snapshots.get(context, id)).rejects.toMatchObject({ code: 'snapshot-not-found' });
    expect((await state()).snapshots.map((snapshot) => snapshot.name)).toEqual([
      `${name}.snapshot-${id}-unmanaged`.length > 96
        ? `${`${name}.snapshot-${id}`.slice(0, -10)}-unmanaged`
        : `${name}.snapshot-${id}-unmanaged`,
    ]);
  });

  test('a volume that a refused retype has moved is attached, and deleted, where it is then', async () => {
    if (level === '1.2' || level === '1.5') {
      // No limits, no volume groups: nothing is moved.
      return;
    }
    const { attachments, volumeTypes, volumes, idle, state, control } = service();
    await volumeTypes.create(context, {
      name: 'silver',
      description: null,
      isPublic: true,
      extraSpecs: { 'flasharray:vg_name': 'silver' },
    });
    const { id } = await volumes.create(context, volumeRequest());
    await idle();
    // The move is the first change; the limits are refused, and the way back.
    await control.addFault('fa1', {
      kind: 'status',
      status: 400,
      message: 'Not today.',
      skip: 1,
      times: 2,
      match: level.startsWith('1.')
        ? { method: 'PUT', path: '/^volume\\//' }
        : { method: 'PATCH', path: '/^volumes$/' },
    });
    await volumes.retype(context, id, { newType: 'silver', migrationPolicy: 'never' });
    await idle();
    await control.clearFaults('fa1');
    expect((await volumes.get(context, id)).status).toBe('available');
    const attaching = attachments.create(context, {
      volumeId: id,
      instanceUuid: null,
      connector: compute1,
      mode: null,
    });
    await expect(attaching).resolves.toMatchObject({ volumeId: id });
    await attachments.delete(context, (await attaching).id);
    await volumes.delete(context, id, { cascade: false, force: false });
    await idle();
    expect((await state()).volumes.filter(({ name, destroyed }) => name.includes(id) && !destroyed)).toEqual(
      [],
    );
  });

  test('retyping gives limits and groups, or is refused with the status as it was', async () => {
    const { qosSpecs, volumeTypes, volumes, snapshots, idle, state } = service();
    const type = { description: null, isPublic: true };
    const limited = await volumeTypes.create(context, { name: 'limited', ...type, extraSpecs: {} });
    const grouped = await volumeTypes.create(context, {
      name: 'grouped',
      ...type,
      extraSpecs: { 'flasharray:vg_name': 'gold' },
    });
    await volumeTypes.create(context, {
      name: 'elsewhere',
      ...type,
      extraSpecs: { volume_backend_name: 'fa2' },
    });
    const specs = await qosSpecs.create(context, {
      name: 'slow',
      consumer: 'back-end',
      specs: { maxIOPS: '500' },
    });
    await qosSpecs.associate(context, specs.id, limited.id);
    const { id } = await volumes.create(context, volumeRequest({ size: 2 }));
    await idle();
    const snapshot = await snapshots.create(context, {
      volumeId: id,
      displayName: null,
      displayDescription: null,
      metadata: {},
      force: false,
    });
    await idle();
    const retype = async (newType: string) => {
      await volumes.retype(context, id, { newType, migrationPolicy: 'on-demand' });
      await idle();
      return await volumes.get(context, id);
    };
    await expect(retype('elsewhere')).rejects.toMatchObject({
      message: expect.stringContaining('Retype requires migration but is not allowed.'),
    });
    const capable = level !== '1.2' && level !== '1.5';
    expect(await retype('limited')).toMatchObject({
      status: 'available',
      volumeTypeId: capable ? limited.id : (await volumeTypes.get(context, 'fa1')).id,
    });
    const name = `volume-${id}-cinder`;
    const row = (await state()).volumes.find((volume) => volume.name === name);
    expect(row?.qos.iopsLimit).toBe(capable ? 500 : null);
    if (!capable) {
      return;
    }
    expect(await retype('grouped')).toMatchObject({
      status: 'available',
      volumeTypeId: grouped.id,
      providerId: `gold/${name}`,
    });
    expect(await snapshots.get(context, snapshot.id)).toMatchObject({
      volumeTypeId: grouped.id,
      providerId: `gold/${name}.snapshot-${snapshot.id}`,
    });
    expect((await state()).snapshots.map((one) => one.name)).toContain(
      `gold/${name}.snapshot-${snapshot.id}`,
    );
    const usages = (await service().limits(context, context.projectId)).usages;
    expect(usages.volumes_grouped?.inUse).toBe(1);
    expect(usages.volumes_limited?.inUse).toBe(0);
    await volumes.revert(context, id, snapshot.id);
    await idle();
    expect((await volumes.get(context, id)).status).toBe('available');
    await snapshots.delete(context, snapshot.id, { force: false });
    await idle();
    await volumes.delete(context, id, { cascade: false, force: false });
    await idle();
    expect((await state()).volumeGroups.filter(({ destroyed }) => !destroyed)).toEqual([]);
  });

  test('what is not on the array yet cannot be called available', async () => {
    const { control, manage, snapshots, store, volumes, idle } = service();
    await control.admin('fa1', { kind: 'createVolume', name: 'journal', size: 2 * gib });
    const hold = await control.armHold('fa1', { phase: 'before-apply' });
    const { id } = await manage.manageVolume(context, {
      host: 'node1@fa1#fa1',
      reference: { 'source-name': 'journal' },
      displayName: null,
      displayDescription: null,
      volumeType: null,
      availabilityZone: null,
      metadata: {},
      bootable: false,
    });
    await control.waitForHold('fa1', hold.id, 5_000);
    const change = { attachStatus: null, migrationStatus: null };
    await expect(volumes.resetStatus(context, id, { ...change, status: 'available' })).rejects.toMatchObject({
      code: 'invalid-volume',
    });
    await volumes.resetStatus(context, id, { ...change, status: 'error' });
    await control.releaseHold('fa1', hold.id, 'continue');
    await idle();
    expect(await store.volumes.get(id)).toMatchObject({ status: 'error', previousStatus: null });
    await volumes.resetStatus(context, id, { ...change, status: 'available' });
    expect(await store.volumes.get(id)).toMatchObject({ status: 'available', size: 2 });
    const next = await control.armHold('fa1', { phase: 'before-apply' });
    const snapshot = await snapshots.create(context, {
      volumeId: id,
      displayName: null,
      displayDescription: null,
      metadata: {},
      force: false,
    });
    await control.waitForHold('fa1', next.id, 5_000);
    await expect(snapshots.resetStatus(context, snapshot.id, 'available')).rejects.toMatchObject({
      code: 'invalid-snapshot',
    });
    await control.releaseHold('fa1', next.id, 'continue');
    await idle();
    await snapshots.resetStatus(context, snapshot.id, 'error');
    await snapshots.resetStatus(context, snapshot.id, 'available');
    expect(await store.snapshots.get(snapshot.id)).toMatchObject({ status: 'available' });
  });

  test('an extend that was accepted while a retype was under way counts against the type that it ends with', async () => {
    const { control, limits, store, volumeTypes, volumes, idle } = service();
    for (const name of ['before', 'after']) {
      await volumeTypes.create(context, { name, description: null, isPublic: true, extraSpecs: {} });
    }
    const { id } = await volumes.create(context, volumeRequest({ volumeType: 'before' }));
    await idle();
    const hold = await control.armHold('fa1', { phase: 'before-apply' });
    await volumes.retype(context, id, { newType: 'after', migrationPolicy: 'on-demand' });
    await control.waitForHold('fa1', hold.id, 5_000);
    await volumes.resetStatus(context, id, {
      status: 'available',
      attachStatus: null,
      migrationStatus: null,
    });
    await volumes.extend(context, id, 3, { online: false });
    await control.releaseHold('fa1', hold.id, 'continue');
    await idle();
    expect(await store.volumes.get(id)).toMatchObject({ size: 3, status: 'available' });
    const { usages } = await limits(context, context.projectId);
    expect([usages.gigabytes_before, usages.gigabytes_after]).toMatchObject([
      { inUse: 0, reserved: 0 },
      { inUse: 3, reserved: 0 },
    ]);
  });

  test('a snapshot has the size that its volume has got by then, though that was called available by hand', async () => {
    const { control, limits, snapshots, store, volumes, idle } = service();
    const { id } = await volumes.create(context, volumeRequest());
    await idle();
    const before = (await limits(context, context.projectId)).usages.gigabytes?.inUse ?? 0;
    const hold = await control.armHold('fa1', { phase: 'before-apply' });
    await volumes.extend(context, id, 3, { online: false });
    await control.waitForHold('fa1', hold.id, 5_000);
    await volumes.resetStatus(context, id, {
      status: 'available',
      attachStatus: null,
      migrationStatus: null,
    });
    const snapshot = await snapshots.create(context, {
      volumeId: id,
      displayName: null,
      displayDescription: null,
      metadata: {},
      force: false,
    });
    await control.releaseHold('fa1', hold.id, 'continue');
    await idle();
    expect(await store.snapshots.get(snapshot.id)).toMatchObject({ status: 'available', volumeSize: 3 });
    expect((await limits(context, context.projectId)).usages.gigabytes?.inUse).toBe(before + 2 + 3);
  });
});
