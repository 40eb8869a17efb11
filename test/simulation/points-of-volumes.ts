import { type Answer, context } from './clients.ts';
import { after, bytesOf, type KnownVolume, presenceAfter } from './knowledge.ts';
import { newVolume } from './operations-of-volumes.ts';
import type { PointOperation, PreparedOperation } from './points.ts';
import { fresh, type Scene, type View } from './scene.ts';

const gib = 2 ** 30;

/** Says what differs from one volume that is there and usable. */
function volumeIs(
  { rows }: View,
  id: string,
  wanted: { readonly size?: number; readonly type?: string },
): string | null {
  const row = rows.volumes.find((candidate) => candidate.id === id);
  if (row?.status !== 'available') {
    return `volume ${id} is ${row?.status ?? 'gone'}`;
  }
  if (wanted.size !== undefined && row.size !== wanted.size) {
    return `volume ${id} has ${row.size} GiB`;
  }
  return wanted.type !== undefined && row.type !== wanted.type ? `volume ${id} is ${row.type}` : null;
}

/** A request that makes a volume. */
async function making(
  scene: Scene,
  label: string,
  about: Parameters<typeof newVolume>[0],
  contents: ReadonlySet<number>,
): Promise<PreparedOperation> {
  const before = await scene.view();
  const known = { size: about.size ?? 1, type: about.volumeType ?? 'plain', contents };
  return {
    request: async () => {
      const made = await scene.clients.call(label, (service) =>
        service.volumes.create(context, newVolume(about)),
      );
      if (made.kind === 'ok') {
        scene.knowledge.learnVolume(made.value.id, known);
      }
      return made;
    },
    missing: ({ rows }) => oneNew('volume', fresh(before.rows.volumes, rows.volumes)),
    adopt: ({ rows }) => {
      for (const { id } of fresh(before.rows.volumes, rows.volumes)) {
        scene.knowledge.learnVolume(id, known);
      }
    },
  };
}

/** Says what differs from one new object that is there and usable. */
function oneNew(
  kind: string,
  made: readonly { readonly id: string; readonly status: string }[],
): string | null {
  const [first] = made;
  if (first === undefined || made.length > 1) {
    return `there are ${made.length} new ${kind}s`;
  }
  return first.status === 'available' ? null : `${kind} ${first.id} is ${first.status}`;
}

function noRow(kind: string, rows: readonly { readonly id: string; readonly status: string }[], id: string) {
  const row = rows.find((candidate) => candidate.id === id);
  return row === undefined ? null : `${kind} ${id} is ${row.status}`;
}

/** What the snapshots hold is what their volumes hold: nobody has written since. */
export function adoptSnapshots({ knowledge }: Scene, { rows }: View): void {
  for (const { id, volume_id: volume } of rows.snapshots) {
    knowledge.learnSnapshot(id, volume, [1], new Set(knowledge.volumes.get(volume)?.contents));
  }
}

/** A request to give the volume another type. */
function retyping(scene: Scene, volume: KnownVolume, type: string): PreparedOperation {
  return {
    request: async () => {
      const answer = await scene.clients.call(`retype ${type}`, (service) =>
        service.volumes.retype(context, volume.id, { newType: type, migrationPolicy: 'never' }),
      );
      volume.types = after(answer, volume.types, new Set([type]));
      return answer;
    },
    missing: (view) => volumeIs(view, volume.id, { type }),
  };
}

/** A request to fail the back end over, or back. */
function failingOver(scene: Scene, target: string, isAsynchronous: boolean): PreparedOperation {
  const isBack = target === 'default';
  return {
    request: () =>
      scene.clients.call(`failover ${target}`, (service) =>
        service.services.failover(context, scene.backend, target),
      ),
    missing: ({ rows }) => {
      const { service } = rows;
      const [status, active] = [service?.replication_status ?? '', service?.active_backend_id ?? ''];
      const isThere = isBack ? active === '' || active === 'default' : active === target;
      // Back from an asynchronous copy, what was written since is on the other array only: that is an error by rule.
      const wanted = isBack && isAsynchronous ? 'error' : 'available';
      const troubled = rows.volumes.find((row) => row.status !== wanted);
      if (!isThere || status !== (isBack ? 'enabled' : 'failed-over')) {
        return `the back end is ${status}, at ${active}`;
      }
      return troubled === undefined ? null : `volume ${troubled.id} is ${troubled.status}`;
    },
  };
}

/** Deletes the volume, with its snapshots or without any. */
function deleting(scene: Scene, volume: KnownVolume, cascade: boolean): PreparedOperation {
  return {
    request: async () => {
      const answer = await scene.clients.call('delete', (service) =>
        service.volumes.delete(context, volume.id, { cascade, force: false }),
      );
      volume.presence = presenceAfter(answer, volume.presence);
      for (const snapshot of scene.knowledge.snapshots.values()) {
        snapshot.presence = presenceAfter(answer, snapshot.presence);
      }
      return answer;
    },
    missing: ({ rows }) =>
      noRow('volume', rows.volumes, volume.id) ??
      (rows.snapshots.length > 0 ? `there are ${rows.snapshots.length} snapshots` : null),
  };
}

/** Has a copy on the asynchronous target: the first one is taken when the protection group is made. */
async function replicated(scene: Scene, type: string): Promise<KnownVolume> {
  const volume = await scene.volume(type);
  if (scene.stage.site.name === 'async') {
    await scene.stage.site.simulator.control.admin('fa1', { kind: 'replicateNow', group: 'cinder-group' });
    await scene.stage.time.wait(20_000);
  }
  return volume;
}

const failovers = (['sync', 'async'] as const).flatMap((site): readonly PointOperation[] => [
  {
    name: `failover-${site}`,
    site,
    prepare: async (scene) => {
      await replicated(scene, `mirror-${site}`);
      return failingOver(scene, 'fa2', site === 'async');
    },
  },
  {
    name: `failback-${site}`,
    site,
    prepare: async (scene) => {
      await replicated(scene, `mirror-${site}`);
      await scene.failover('fa2');
      return failingOver(scene, 'default', site === 'async');
    },
  },
]);

const retypes = [
  ['retype-limited', 'one', 'plain', 'limited'],
  ['retype-gold', 'one', 'plain', 'gold'],
  ['retype-gold-plain', 'one', 'gold', 'plain'],
  ['retype-mirror', 'sync', 'plain', 'mirror-sync'],
  ['retype-mirror-plain', 'sync', 'mirror-sync', 'plain'],
] as const;

export const volumePoints: readonly PointOperation[] = [
  {
    name: 'create',
    site: 'one',
    prepare: (scene) => making(scene, 'create', { size: 1, volumeType: 'plain' }, new Set([0])),
  },
  {
    name: 'create-in-volume-group',
    site: 'one',
    prepare: (scene) => making(scene, 'create', { size: 1, volumeType: 'gold' }, new Set([0])),
  },
  {
    name: 'clone',
    site: 'one',
    prepare: async (scene) => {
      const { id, contents } = await scene.volume('plain');
      return await making(scene, 'clone', { size: 2, sourceVolid: id }, contents);
    },
  },
  {
    name: 'from-snapshot',
    site: 'one',
    prepare: async (scene) => {
      const { id, contents } = await scene.snapshot(await scene.volume('plain'));
      return await making(scene, 'from snapshot', { size: 2, snapshotId: id }, contents);
    },
  },
  {
    name: 'extend',
    site: 'one',
    prepare: async (scene) => {
      const volume = await scene.volume('plain');
      return {
        request: async () => {
          const answer = await scene.clients.call('extend', (service) =>
            service.volumes.extend(context, volume.id, 3, { online: true }),
          );
          volume.sizes = after(answer, volume.sizes, new Set([3]));
          return answer;
        },
        missing: (view) => volumeIs(view, volume.id, { size: 3 }),
      };
    },
  },
  {
    name: 'delete',
    site: 'one',
    prepare: async (scene) => deleting(scene, await scene.volume('plain'), false),
  },
  {
    name: 'delete-cascade',
    site: 'one',
    prepare: async (scene) => {
      const volume = await scene.volume('plain');
      await scene.snapshot(volume);
      await scene.snapshot(volume);
      return deleting(scene, volume, true);
    },
  },
  {
    name: 'snapshot-create',
    site: 'one',
    prepare: async (scene) => {
      const volume = await scene.volume('plain');
      return {
        request: async () => {
          const made = await scene.clients.call('create snapshot', (service) =>
            service.snapshots.create(context, {
              volumeId: volume.id,
              displayName: null,
              displayDescription: null,
              metadata: {},
              force: false,
            }),
          );
          if (made.kind === 'ok') {
            scene.knowledge.learnSnapshot(made.value.id, volume.id, [1], new Set(volume.contents));
          }
          return made;
        },
        missing: ({ rows }) => oneNew('snapshot', rows.snapshots),
        adopt: (view) => adoptSnapshots(scene, view),
      };
    },
  },
  {
    name: 'snapshot-delete',
    site: 'one',
    prepare: async (scene) => {
      const snapshot = await scene.snapshot(await scene.volume('plain'));
      return {
        request: async () => {
          const answer = await scene.clients.call('delete snapshot', (service) =>
            service.snapshots.delete(context, snapshot.id, { force: false }),
          );
          snapshot.presence = presenceAfter(answer, snapshot.presence);
          return answer;
        },
        missing: ({ rows }) => noRow('snapshot', rows.snapshots, snapshot.id),
      };
    },
  },
  {
    name: 'revert',
    site: 'one',
    prepare: async (scene) => {
      const volume = await scene.volume('plain');
      const snapshot = await scene.snapshot(volume);
      await scene.write(volume);
      return {
        request: async () => {
          const answer = await scene.clients.call('revert', (service) =>
            service.volumes.revert(context, volume.id, snapshot.id),
          );
          volume.contents = after(answer, volume.contents, snapshot.contents);
          return answer;
        },
        missing: (view) => volumeIs(view, volume.id, {}),
      };
    },
  },
  ...retypes.map(
    ([name, site, from, to]): PointOperation => ({
      name,
      site,
      prepare: async (scene) => retyping(scene, await scene.volume(from), to),
    }),
  ),
  {
    name: 'manage',
    site: 'one',
    prepare: async (scene) => {
      const { control } = scene.stage.site.simulator;
      const serial = scene.knowledge.nextWrite();
      const name = `admin-made-${serial}`;
      await control.admin('fa1', { kind: 'createVolume', name, size: gib });
      await control.writeVolume('fa1', name, 0, bytesOf(serial));
      const before = await scene.view();
      const known = { size: 1, type: 'limited', contents: [serial] };
      return {
        request: async () => {
          const made = await scene.clients.call('manage', (service) =>
            service.manage.manageVolume(context, {
              host: scene.backend,
              reference: { 'source-name': name },
              displayName: null,
              displayDescription: null,
              volumeType: 'limited',
              availabilityZone: null,
              metadata: {},
              bootable: false,
            }),
          );
          if (made.kind === 'ok') {
            scene.knowledge.learnVolume(made.value.id, known);
          }
          return made;
        },
        missing: ({ rows }) => oneNew('volume', fresh(before.rows.volumes, rows.volumes)),
        adopt: ({ rows }) => {
          for (const { id } of fresh(before.rows.volumes, rows.volumes)) {
            scene.knowledge.learnVolume(id, known);
          }
        },
      };
    },
  },
  {
    name: 'unmanage',
    site: 'one',
    prepare: async (scene) => {
      const volume = await scene.volume('plain');
      return {
        request: async () => {
          const answer = await scene.clients.call('unmanage', (service) =>
            service.manage.unmanageVolume(context, volume.id),
          );
          volume.presence = presenceAfter(answer, volume.presence);
          return answer;
        },
        missing: ({ rows, array }) =>
          noRow('volume', rows.volumes, volume.id) ??
          (array.volumes.some(
            ({ name, destroyed }) => !destroyed && name === `volume-${volume.id}-cinder-unmanaged`,
          )
            ? null
            : 'the array has no volume that was unmanaged'),
      };
    },
  },
  {
    name: 'snapshot-manage',
    site: 'one',
    prepare: async (scene) => {
      const volume = await scene.volume('plain');
      const source = `volume-${volume.id}-cinder`;
      await scene.stage.site.simulator.control.admin('fa1', {
        kind: 'createSnapshot',
        volume: source,
        suffix: 'admin-made',
      });
      return {
        request: async () => {
          const made = await scene.clients.call('manage snapshot', (service) =>
            service.manage.manageSnapshot(context, {
              volumeId: volume.id,
              reference: { 'source-name': `${source}.admin-made` },
              displayName: null,
              displayDescription: null,
              metadata: {},
            }),
          );
          if (made.kind === 'ok') {
            scene.knowledge.learnSnapshot(made.value.id, volume.id, [1], new Set(volume.contents));
          }
          return made;
        },
        missing: ({ rows }) => oneNew('snapshot', rows.snapshots),
        adopt: (view) => adoptSnapshots(scene, view),
      };
    },
  },
  {
    name: 'snapshot-unmanage',
    site: 'one',
    prepare: async (scene) => {
      const snapshot = await scene.snapshot(await scene.volume('plain'));
      return {
        request: async (): Promise<Answer<unknown>> => {
          const answer = await scene.clients.call('unmanage snapshot', (service) =>
            service.manage.unmanageSnapshot(context, snapshot.id),
          );
          snapshot.presence = presenceAfter(answer, snapshot.presence);
          return answer;
        },
        missing: ({ rows, array }) =>
          noRow('snapshot', rows.snapshots, snapshot.id) ??
          (array.snapshots.some(({ name, destroyed }) => !destroyed && name.endsWith('-unmanaged'))
            ? null
            : 'the array has no snapshot that was unmanaged'),
      };
    },
  },
  ...failovers,
];
