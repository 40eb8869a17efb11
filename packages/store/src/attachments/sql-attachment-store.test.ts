import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { aFolder, anAttachment, aStore, aVolume, id, projectA, projectB } from '../../test/fixtures.ts';
import type { AttachmentFilter } from './attachment-store.ts';

describe('an attachment', () => {
  test('comes back as it was inserted, with connector and connection info whole', async () => {
    const { store } = await aStore();
    await store.volumes.insert(aVolume(1));
    const made = await store.attachments.insert(
      anAttachment(10, 1, {
        instanceUuid: id(77),
        attachMode: 'ro',
        attachTime: new Date('2026-11-20T01:02:03.004Z'),
        connector: { host: 'compute1', multipath: true, 'system uuid': null },
        connectionInfo: { driver_volume_type: 'iscsi', target_luns: [1, 1] },
      }),
    );
    expect(made).toEqual({
      ...anAttachment(10, 1),
      instanceUuid: id(77),
      attachMode: 'ro',
      attachTime: new Date('2026-11-20T01:02:03.004Z'),
      connector: { host: 'compute1', multipath: true, 'system uuid': null },
      connectionInfo: { driver_volume_type: 'iscsi', target_luns: [1, 1] },
      createdAt: new Date('2026-11-21T00:00:00.000Z'),
      updatedAt: null,
    });
    expect(await store.attachments.get(id(10))).toEqual(made);
    expect(await store.attachments.ofVolume(id(1))).toEqual([made]);
    expect(await store.attachments.ofVolume(id(2))).toEqual([]);
  });

  test('changes only while its status is one of those asked for', async () => {
    const { store } = await aStore();
    await store.volumes.insert(aVolume(1));
    await store.attachments.insert(anAttachment(10, 1));
    const condition = { attachStatus: ['attaching'] } as const;
    expect(await store.attachments.updateWhere(id(10), condition, { attachStatus: 'attached' })).toBe(false);
    expect(
      await store.attachments.update(id(10), { attachStatus: 'attaching', connector: { host: 'compute1' } }),
    ).toBe(true);
    expect(
      await store.attachments.updateWhere(id(10), condition, { attachStatus: 'attached', connector: null }),
    ).toBe(true);
    expect(await store.attachments.get(id(10))).toMatchObject({ attachStatus: 'attached', connector: null });
  });

  test('is deleted softly: detached, at a time', async () => {
    const path = join(aFolder(), 'state.sqlite');
    const { store, clock } = await aStore(path);
    await store.volumes.insert(aVolume(1));
    await store.attachments.insert(anAttachment(10, 1, { attachStatus: 'attached' }));
    clock.advance(1);
    await store.attachments.delete(id(10));
    await store.attachments.delete(id(10));
    expect(await store.attachments.get(id(10))).toBeNull();
    expect(await store.attachments.update(id(10), { mountpoint: '/dev/vdb' })).toBe(false);
    using database = new DatabaseSync(path);
    expect({
      ...database
        .prepare('SELECT deleted, deleted_at, updated_at, detach_time, attach_status FROM volume_attachment')
        .get(),
    }).toEqual({
      deleted: 1,
      deleted_at: '2026-11-21 00:00:00.001000',
      updated_at: '2026-11-21 00:00:00.001000',
      detach_time: '2026-11-21 00:00:00.001000',
      attach_status: 'detached',
    });
  });

  test('whose connector is no JSON object is refused by name', async () => {
    const path = join(aFolder(), 'state.sqlite');
    const { store } = await aStore(path);
    await store.volumes.insert(aVolume(1));
    await store.attachments.insert(anAttachment(10, 1));
    using database = new DatabaseSync(path);
    for (const text of ['[1]', '{', 'null', '"text"']) {
      database.prepare('UPDATE volume_attachment SET connector = ?').run(text);
      await expect(store.attachments.get(id(10)), text).rejects.toMatchObject({
        code: 'schema',
        message: `table volume_attachment, row ${id(10)}: connector is not a JSON object`,
      });
    }
  });
});

test.each<[string, Partial<AttachmentFilter>, readonly number[]]>([
  ['nothing', {}, [12, 11, 10]],
  ['every project', { projectId: null }, [13, 12, 11, 10]],
  ['volume', { volumeId: id(1) }, [11, 10]],
  ['instance', { instanceUuid: id(77) }, [11]],
  ['status', { attachStatus: 'attached' }, [12]],
])('a filter of attachments by %s finds those that meet it', async (_, filter, numbers) => {
  const { store } = await aStore();
  await store.volumes.insert(aVolume(1));
  await store.volumes.insert(aVolume(2));
  await store.volumes.insert(aVolume(3, { projectId: projectB }));
  await store.attachments.insert(anAttachment(10, 1));
  await store.attachments.insert(anAttachment(11, 1, { instanceUuid: id(77) }));
  await store.attachments.insert(anAttachment(12, 2, { attachStatus: 'attached' }));
  await store.attachments.insert(anAttachment(13, 3));
  const found = await store.attachments.list(
    { projectId: projectA, ...filter },
    { sort: [], limit: 10, offset: 0, marker: null },
  );
  expect(found.kind === 'page' && found.rows.map((attachment) => attachment.id)).toEqual(numbers.map(id));
});
