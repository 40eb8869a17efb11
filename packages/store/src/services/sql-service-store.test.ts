import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { aFolder, aStore } from '../../test/fixtures.ts';

const volumeService = {
  host: 'node1@puredriver-1',
  binary: 'cinder-volume',
  availabilityZone: 'nova',
} as const;

test('a service is made once, and found again by host and binary', async () => {
  const { store } = await aStore();
  const made = await store.services.register(volumeService);
  expect(made).toEqual({
    id: 1,
    uuid: expect.stringMatching(/^[0-9a-f-]{36}$/),
    host: 'node1@puredriver-1',
    binary: 'cinder-volume',
    topic: 'cinder-volume',
    reportCount: 0,
    disabled: false,
    disabledReason: null,
    availabilityZone: 'nova',
    replicationStatus: 'not-capable',
    frozen: false,
    activeBackendId: null,
    clusterName: null,
    createdAt: new Date('2026-11-21T00:00:00.000Z'),
    updatedAt: new Date('2026-11-21T00:00:00.000Z'),
  });
  const again = await store.services.register({ ...volumeService, availabilityZone: 'az2' });
  expect(again).toEqual({ ...made, availabilityZone: 'az2' });
  const scheduler = await store.services.register({
    ...volumeService,
    host: 'node1',
    binary: 'cinder-scheduler',
  });
  expect(await store.services.list()).toEqual([again, scheduler]);
  expect(await store.services.find('node1', 'cinder-scheduler')).toEqual(scheduler);
  expect(await store.services.find('node1', 'cinder-volume')).toBeNull();
});

test('a service advertises the versions of Cinder 21', async () => {
  const path = join(aFolder(), 'state.sqlite');
  const { store } = await aStore(path);
  await store.services.register(volumeService);
  await store.services.register({ ...volumeService, host: 'node1', binary: 'cinder-scheduler' });
  using database = new DatabaseSync(path);
  const rows = database.prepare('SELECT rpc_current_version, object_current_version FROM services').all();
  expect(rows.map((row) => ({ ...row }))).toEqual([
    { rpc_current_version: '3.18', object_current_version: '1.39' },
    { rpc_current_version: '3.12', object_current_version: '1.39' },
  ]);
});

test('a heartbeat is a sign of life, and disabling a service is none', async () => {
  const { store, clock } = await aStore();
  const { id } = await store.services.register(volumeService);
  clock.advance(10_000);
  await store.services.heartbeat(id);
  await store.services.heartbeat(id);
  clock.advance(10_000);
  await store.services.setDisabled(id, true, 'maintenance');
  expect(await store.services.find(volumeService.host, volumeService.binary)).toMatchObject({
    reportCount: 2,
    updatedAt: new Date('2026-11-21T00:00:10.000Z'),
    disabled: true,
    disabledReason: 'maintenance',
  });
  await store.services.setDisabled(id, false, null);
  await store.services.update(id, {
    replicationStatus: 'failed-over',
    activeBackendId: 'fa2',
    frozen: true,
    disabled: true,
    disabledReason: 'failed-over',
  });
  expect(await store.services.find(volumeService.host, volumeService.binary)).toMatchObject({
    reportCount: 2,
    updatedAt: new Date('2026-11-21T00:00:10.000Z'),
    replicationStatus: 'failed-over',
    activeBackendId: 'fa2',
    frozen: true,
    disabled: true,
    disabledReason: 'failed-over',
  });
  await store.services.update(id, { replicationStatus: 'enabled', disabled: false, disabledReason: null });
  expect(await store.services.find(volumeService.host, volumeService.binary)).toMatchObject({
    disabled: false,
    disabledReason: null,
    replicationStatus: 'enabled',
    frozen: true,
    activeBackendId: 'fa2',
  });
});
