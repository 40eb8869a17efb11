import { describe, expect, test } from 'vitest';
import { aStore, aVolume, id, projectA, projectB } from '../../test/fixtures.ts';
import type { Store } from '../store.ts';
import type { VolumeFilter } from './volume-store.ts';

async function found(store: Store, filter: Partial<VolumeFilter>): Promise<readonly string[]> {
  const page = await store.volumes.list(
    { projectId: projectA, ...filter },
    { sort: [{ key: 'id', direction: 'asc' }], limit: 100, offset: 0, marker: null },
  );
  return page.kind === 'page' ? page.rows.map((row) => row.id) : [];
}

/** Three volumes of one project, made a second apart, and one of another. */
async function fourVolumes(): Promise<Store> {
  const { store, clock } = await aStore();
  await store.volumes.insert(
    aVolume(1, {
      displayName: '100%_full',
      size: 1,
      bootable: true,
      metadata: { tier: 'gold', site: 'north' },
      snapshotId: id(70),
      useQuota: false,
    }),
  );
  clock.advance(1000);
  await store.volumes.insert(
    aVolume(2, {
      displayName: '100 is full',
      size: 2,
      status: 'error',
      host: 'n@other#pool',
      metadata: { tier: 'gold' },
      sourceVolid: id(1),
      migrationStatus: 'starting',
    }),
  );
  clock.advance(1000);
  await store.volumes.insert(
    aVolume(3, {
      displayName: null,
      size: 3,
      multiattach: true,
      host: null,
      availabilityZone: 'az2',
      volumeTypeId: id(901),
      userId: 'somebody',
      replicationStatus: 'enabled',
      metadata: { tier: 'north' },
    }),
  );
  await store.volumes.update(id(3), { displayDescription: 'touched' });
  await store.volumes.insert(aVolume(4, { projectId: projectB }));
  return store;
}

const day = (second: number): Date => new Date(Date.UTC(2026, 10, 21, 0, 0, second));

describe('a filter of volumes', () => {
  test.each<[string, Partial<VolumeFilter>, readonly number[]]>([
    ['nothing', {}, [1, 2, 3]],
    ['every project', { projectId: null }, [1, 2, 3, 4]],
    ['ids', { ids: [id(2), id(4), id(9)] }, [2]],
    ['no ids', { ids: [] }, []],
    ['a name', { displayName: { operator: 'eq', value: '100%_full' } }, [1]],
    ['another name than', { displayName: { operator: 'neq', value: '100%_full' } }, [2]],
    ['a part of a name', { displayName: { operator: 'like', value: 'FULL' } }, [1, 2]],
    ['a per cent sign, which is no wildcard', { displayName: { operator: 'like', value: '0%' } }, [1]],
    ['an underscore, which is no wildcard', { displayName: { operator: 'like', value: '_' } }, [1]],
    ['a backslash', { displayName: { operator: 'like', value: '\\' } }, []],
    ['a status', { status: { operator: 'eq', value: 'error' } }, [2]],
    ['a size', { size: { operator: 'gte', value: 2 } }, [2, 3]],
    ['a smaller size', { size: { operator: 'lt', value: 2 } }, [1]],
    ['bootable', { bootable: true }, [1]],
    ['not bootable', { bootable: false }, [2, 3]],
    ['migration status', { migrationStatus: 'starting' }, [2]],
    ['availability zone', { availabilityZone: { operator: 'eq', value: 'az2' } }, [3]],
    ['host', { host: { operator: 'like', value: 'other' } }, [2]],
    ['type', { volumeTypeId: id(901) }, [3]],
    ['the snapshot it was made from', { snapshotId: id(70) }, [1]],
    ['the volume it was made from', { sourceVolid: id(1) }, [2]],
    ['user', { userId: 'somebody' }, [3]],
    ['replication status', { replicationStatus: { operator: 'eq', value: 'enabled' } }, [3]],
    ['multiattach', { multiattach: true }, [3]],
    ['quota', { consumesQuota: false }, [1]],
    ['quota taken', { consumesQuota: true }, [2, 3]],
    ['a pair of metadata', { metadata: { tier: 'gold' } }, [1, 2]],
    ['two pairs of metadata', { metadata: { tier: 'gold', site: 'north' } }, [1]],
    ['a value under another key', { metadata: { site: 'gold' } }, []],
    ['made after', { createdAt: [{ operator: 'gt', value: day(0) }] }, [2, 3]],
    [
      'made between',
      {
        createdAt: [
          { operator: 'gte', value: day(1) },
          { operator: 'lt', value: day(2) },
        ],
      },
      [2],
    ],
    ['made at', { createdAt: [{ operator: 'eq', value: day(1) }] }, [2]],
    ['changed', { updatedAt: [{ operator: 'gte', value: day(0) }] }, [3]],
    ['two things at once', { bootable: false, size: { operator: 'lte', value: 2 } }, [2]],
  ])('by %s finds the volumes that meet it', async (_, filter, numbers) => {
    expect(await found(await fourVolumes(), filter)).toEqual(numbers.map(id));
  });

  test('does not see metadata that was deleted', async () => {
    const store = await fourVolumes();
    await store.volumes.deleteMetadata(id(1), 'tier');
    expect(await found(store, { metadata: { tier: 'gold' } })).toEqual([id(2)]);
  });
});
