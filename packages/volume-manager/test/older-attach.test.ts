import { randomUUID } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { operations } from '../src/index.ts';
import { context, runManager, volumeRequest } from './running-manager.ts';

const instanceUuid = randomUUID();
const attachment = { instanceUuid, hostName: 'alpha', mountpoint: '/dev/vdb', mode: 'rw' } as const;
const connector = { host: 'alpha', initiator: 'iqn.2004-10.com.ubuntu:01:alpha', multipath: false };

async function aManager() {
  const running = await runManager();
  onTestFinished(running.close);
  const { store, manager, blockStorage, simulator } = running;
  return {
    ...blockStorage,
    store,
    runner: manager.runner,
    control: simulator.control,
    aVolume: async (multiattach = false) => {
      const type = await blockStorage.volumeTypes.create(context, {
        name: randomUUID(),
        description: null,
        isPublic: true,
        extraSpecs: multiattach ? { multiattach: '<is> True' } : {},
      });
      const { id } = await blockStorage.volumes.create(context, volumeRequest({ volumeType: type.id }));
      await manager.idle();
      return id;
    },
    connections: async () => (await simulator.control.state('fa1')).connections.length,
  };
}

test('a volume that was connected the older way is recorded as attached, and detached again', async () => {
  const { aVolume, volumes, connections, store } = await aManager();
  const id = await aVolume();
  await volumes.reserve(context, id);
  await volumes.initializeConnection(context, id, connector);
  await volumes.attach(context, id, attachment);
  expect(await volumes.get(context, id)).toMatchObject({
    status: 'in-use',
    attachStatus: 'attached',
    adminMetadata: { attached_mode: 'rw' },
    attachments: [
      {
        attachedHost: 'alpha',
        instanceUuid,
        mountpoint: '/dev/vdb',
        attachMode: 'rw',
        attachStatus: 'attached',
      },
    ],
  });
  await volumes.beginDetaching(context, id);
  await volumes.terminateConnection(context, id, connector);
  await volumes.detach(context, id, null);
  expect(await volumes.get(context, id)).toMatchObject({
    status: 'available',
    attachStatus: 'detached',
    attachments: [],
  });
  expect(await connections()).toBe(0);
  expect(await store.journal.list()).toEqual([]);
});

test('an attach that the volume does not allow is refused, and changes nothing', async () => {
  const { aVolume, volumes, store } = await aManager();
  const id = await aVolume();
  await volumes.setReadonly(context, id, true);
  await expect(volumes.attach(context, id, attachment)).rejects.toMatchObject({
    code: 'invalid-volume',
    message: `Invalid volume: Invalid attaching mode 'rw' for volume ${id}: the volume is read-only.`,
  });
  await volumes.attach(context, id, { ...attachment, mode: 'ro' });
  await expect(volumes.attach(context, id, { ...attachment, mode: 'ro' })).rejects.toMatchObject({
    code: 'invalid-volume',
    message: `Invalid volume: Volume ${id} status must be available or attaching or reserved to attach, but the current status is in-use.`,
  });
  expect((await volumes.get(context, id)).attachments).toHaveLength(1);
  expect(await store.journal.list()).toEqual([]);
});

test('what an older reservation gives back is not taken from an attachment of the newer way', async () => {
  const { aVolume, volumes, store } = await aManager();
  const id = await aVolume();
  await volumes.reserve(context, id);
  await store.attachments.insert({
    id: randomUUID(),
    volumeId: id,
    attachedHost: null,
    instanceUuid: null,
    mountpoint: null,
    attachTime: null,
    detachTime: null,
    attachMode: 'rw',
    attachStatus: 'reserved',
    connectionInfo: null,
    connector: null,
  });
  await volumes.unreserve(context, id);
  expect(await store.volumes.get(id)).toMatchObject({ status: 'reserved' });
});

test('what another request has taken meanwhile is not attached', async () => {
  const { aVolume, volumes, store, runner } = await aManager();
  const id = await aVolume();
  const details = { ...attachment, volumeId: id, attachmentId: randomUUID() };
  const attach = await store.transaction((records) =>
    runner.accept(records, operations.attach_volume.of(details)),
  );
  await store.volumes.update(id, { status: 'deleting' });
  await expect(runner.run(attach)).rejects.toMatchObject({ code: 'invalid-state' });
  expect(await volumes.get(context, id)).toMatchObject({ status: 'deleting', attachments: [] });
});

test('an attach that is taken up again after a crash makes one attachment', async () => {
  const { aVolume, volumes, store, runner } = await aManager();
  const id = await aVolume();
  const details = { ...attachment, volumeId: id, attachmentId: randomUUID() };
  for (let life = 0; life < 2; life += 1) {
    await runner.run(
      await store.transaction((records) => runner.accept(records, operations.attach_volume.of(details))),
    );
  }
  expect((await volumes.get(context, id)).attachments).toMatchObject([{ id: details.attachmentId }]);
});

test('a detach has to say which of several attachments it means, and none of them is touched', async () => {
  const { aVolume, volumes, connections } = await aManager();
  const id = await aVolume(true);
  await volumes.initializeConnection(context, id, connector);
  await volumes.attach(context, id, attachment);
  await volumes.attach(context, id, { ...attachment, instanceUuid: randomUUID(), hostName: 'beta' });
  const refusal = {
    code: 'invalid-volume',
    message: 'Invalid volume: Detach volume failed: More than one attachment, but no attachment_id provided.',
  };
  await expect(volumes.detach(context, id, null)).rejects.toMatchObject(refusal);
  await expect(volumes.forceDetach(context, id, null, connector)).rejects.toMatchObject(refusal);
  const unknown = randomUUID();
  const missing = { code: 'attachment-not-found', message: expect.stringContaining(unknown) };
  await expect(volumes.detach(context, id, unknown)).rejects.toMatchObject(missing);
  await expect(volumes.forceDetach(context, id, unknown, connector)).rejects.toMatchObject(missing);
  expect(await connections()).toBe(1);
  const { attachments } = await volumes.get(context, id);
  expect(attachments).toHaveLength(2);
  await volumes.detach(context, id, attachments[0]?.id ?? '');
  expect(await volumes.get(context, id)).toMatchObject({
    status: 'in-use',
    attachments: [{ id: attachments[1]?.id }],
  });
});

test('a detach by force ends the connection as well; that there is no attachment is fine', async () => {
  const { aVolume, volumes, connections } = await aManager();
  const id = await aVolume();
  await volumes.initializeConnection(context, id, connector);
  await volumes.attach(context, id, attachment);
  await volumes.forceDetach(context, id, null, connector);
  expect(await connections()).toBe(0);
  expect(await volumes.get(context, id)).toMatchObject({ status: 'available', attachments: [] });
  await volumes.reserve(context, id);
  await volumes.forceDetach(context, id, null, connector);
  await volumes.detach(context, id, null);
  expect(await volumes.get(context, id)).toMatchObject({ status: 'available', attachStatus: 'detached' });
});

test('an attachment that was made the newer way takes its connection along', async () => {
  const { aVolume, volumes, attachments, connections } = await aManager();
  const id = await aVolume();
  await attachments.create(context, { volumeId: id, instanceUuid, connector, mode: null });
  expect(await connections()).toBe(1);
  await volumes.detach(context, id, null);
  expect(await connections()).toBe(0);
  expect(await volumes.get(context, id)).toMatchObject({ status: 'available', attachments: [] });
});
