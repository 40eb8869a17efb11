import { context } from './clients.ts';
import { type KnownGroup, type KnownVolume, presenceAfter } from './knowledge.ts';
import type { PointOperation, PreparedOperation } from './points.ts';
import { adoptSnapshots } from './points-of-volumes.ts';
import { fresh, type Scene, type View } from './scene.ts';
import { consistentType } from './site.ts';

/** Says what differs from a group that is there, with exactly these members. */
function groupIs({ rows }: View, id: string, members: readonly string[]): string | null {
  const row = rows.groups.find((candidate) => candidate.id === id);
  if (row?.status !== 'available') {
    return `group ${id} is ${row?.status ?? 'gone'}`;
  }
  const found = rows.volumes.filter(({ group_id: own }) => own === id);
  const troubled = found.find(({ status }) => status !== 'available');
  if (troubled !== undefined) {
    return `volume ${troubled.id} is ${troubled.status}`;
  }
  const [one, other] = [members, found.map((volume) => volume.id)].map((ids) => ids.toSorted().join());
  return one === other ? null : `group ${id} has [${other}]`;
}

function updating(
  scene: Scene,
  group: KnownGroup,
  change: { readonly addVolumes: readonly string[]; readonly removeVolumes: readonly string[] },
  members: readonly KnownVolume[],
): PreparedOperation {
  return {
    request: () =>
      scene.clients.call('update group', (service) => service.groups.update(context, group.id, change)),
    missing: (view) =>
      groupIs(
        view,
        group.id,
        members.map(({ id }) => id),
      ),
  };
}

/** A group that is a copy of the volumes of another one. */
async function copying(
  scene: Scene,
  from: { readonly groupSnapshotId: string | null; readonly sourceGroupId: string | null },
  volumes: readonly KnownVolume[],
): Promise<PreparedOperation> {
  const before = await scene.view();
  return {
    request: async () => {
      const made = await scene.clients.call('copy group', (service) =>
        service.groups.createFromSource(context, { ...from, name: null, description: null }),
      );
      if (made.kind === 'ok') {
        scene.learnGroup(made.value.id);
      }
      return made;
    },
    missing: (view) => {
      const { rows } = view;
      const [group] = fresh(before.rows.groups, rows.groups);
      const copies = fresh(before.rows.volumes, rows.volumes).map(({ id }) => id);
      if (group === undefined || copies.length !== volumes.length) {
        return `there are ${copies.length} new volumes, and ${group === undefined ? 'no' : 'a'} new group`;
      }
      return groupIs(view, group.id, copies);
    },
    adopt: ({ rows }) => {
      const contents = new Set(volumes.flatMap((volume) => [...volume.contents]));
      for (const { id } of fresh(before.rows.volumes, rows.volumes)) {
        scene.knowledge.learnVolume(id, { size: 1, type: 'plain', contents });
      }
    },
  };
}

export const groupPoints: readonly PointOperation[] = [
  {
    name: 'group-create',
    site: 'one',
    prepare: async (scene) => ({
      request: async () => {
        const made = await scene.clients.call('create group', (service) =>
          service.groups.create(context, {
            groupType: consistentType,
            volumeTypes: ['plain'],
            name: null,
            description: null,
            availabilityZone: null,
          }),
        );
        if (made.kind === 'ok') {
          scene.learnGroup(made.value.id);
        }
        return made;
      },
      missing: (view) => {
        const [group] = view.rows.groups;
        return group === undefined ? 'there is no group' : groupIs(view, group.id, []);
      },
    }),
  },
  {
    name: 'group-add',
    site: 'one',
    prepare: async (scene) => {
      const { group, volumes } = await scene.groupWithVolumes();
      const joins = await scene.volume('plain');
      return updating(scene, group, { addVolumes: [joins.id], removeVolumes: [] }, [...volumes, joins]);
    },
  },
  {
    name: 'group-remove',
    site: 'one',
    prepare: async (scene) => {
      const { group, volumes } = await scene.groupWithVolumes();
      const leaves = volumes.slice(0, 1).map(({ id }) => id);
      return updating(scene, group, { addVolumes: [], removeVolumes: leaves }, volumes.slice(1));
    },
  },
  {
    name: 'group-delete',
    site: 'one',
    prepare: async (scene) => {
      const { group, volumes } = await scene.groupWithVolumes();
      return {
        request: async () => {
          const answer = await scene.clients.call('delete group', (service) =>
            service.groups.delete(context, group.id, { deleteVolumes: true }),
          );
          for (const item of [group, ...volumes]) {
            item.presence = presenceAfter(answer, item.presence);
          }
          return answer;
        },
        missing: ({ rows }) =>
          rows.groups.length + rows.volumes.length === 0
            ? null
            : [...rows.groups, ...rows.volumes].map(({ id, status }) => `${id} is ${status}`).join(', '),
      };
    },
  },
  {
    name: 'group-copy',
    site: 'one',
    prepare: async (scene) => {
      const { group, volumes } = await scene.groupWithVolumes();
      return await copying(scene, { groupSnapshotId: null, sourceGroupId: group.id }, volumes);
    },
  },
  {
    name: 'group-from-snapshot',
    site: 'one',
    prepare: async (scene) => {
      const { group, volumes } = await scene.groupWithVolumes();
      const { id } = await scene.groupSnapshot(group, volumes);
      return await copying(scene, { groupSnapshotId: id, sourceGroupId: null }, volumes);
    },
  },
  {
    name: 'group-snapshot-create',
    site: 'one',
    prepare: async (scene) => {
      const { group } = await scene.groupWithVolumes();
      return {
        request: async () => {
          const made = await scene.clients.call('create group snapshot', (service) =>
            service.groupSnapshots.create(context, { groupId: group.id, name: null, description: null }),
          );
          if (made.kind === 'ok') {
            const { id } = made.value;
            scene.knowledge.groupSnapshots.set(id, { id, groupId: group.id, presence: 'yes' });
          }
          return made;
        },
        missing: ({ rows }) => {
          const all = [...rows.groupSnapshots, ...rows.snapshots];
          const troubled = all.find(({ status }) => status !== 'available');
          if (troubled !== undefined) {
            return `${troubled.id} is ${troubled.status}`;
          }
          return all.length === 3 ? null : `there are ${all.length} snapshots of group and volumes`;
        },
        adopt: (view) => adoptSnapshots(scene, view),
      };
    },
  },
  {
    name: 'group-snapshot-delete',
    site: 'one',
    prepare: async (scene) => {
      const { group, volumes } = await scene.groupWithVolumes();
      const { id } = await scene.groupSnapshot(group, volumes);
      return {
        request: async () => {
          const answer = await scene.clients.call('delete group snapshot', (service) =>
            service.groupSnapshots.delete(context, id),
          );
          for (const item of [
            ...scene.knowledge.groupSnapshots.values(),
            ...scene.knowledge.snapshots.values(),
          ]) {
            item.presence = presenceAfter(answer, item.presence);
          }
          return answer;
        },
        missing: ({ rows }) => {
          const left = rows.groupSnapshots.length + rows.snapshots.length;
          return left === 0 ? null : `there are ${left} snapshots of group and volumes`;
        },
      };
    },
  },
];
