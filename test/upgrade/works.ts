import { connectorOf, instances } from '../simulation/machines.ts';
import {
  type ApiRequest,
  action,
  connecting,
  del,
  failingOver,
  host,
  initializing,
  newVolume,
  post,
  retyping,
} from './requests.ts';
import type { UpgradeSite } from './state-files.ts';

/** Finds the id of an object of the scene: `volume plain`. */
export type IdOf = (name: string) => string;

/** One kind of work that the service was killed in. */
export interface UpgradeWork {
  /** Of its file. */
  readonly name: string;
  readonly site: UpgradeSite;
  /** Requests that come to their end before it. */
  readonly before?: (idOf: IdOf) => readonly ApiRequest[];
  /**
   * This array is lost when the service is started anew after `before`, and back when the work begins: it has to be
   * asked who it is then, and the process is killed at that.
   */
  readonly lost?: string;
  /** A request that the array is lost in: what it leaves is in the journal when the work begins. */
  readonly spoiled?: (idOf: IdOf) => ApiRequest;
  /** Null: the process is killed at rest. */
  readonly request: ((idOf: IdOf) => ApiRequest) | null;
  /** How many of the array's changes it is killed at; absent: all. */
  readonly calls?: number;
  /** A cast is answered before the array is asked, a call with what the array said. */
  readonly kind: 'cast' | 'call';
  /** Requests that are accepted while the first one is with the array, which answers nothing any more. */
  readonly meanwhile?: (idOf: IdOf) => readonly ApiRequest[];
  /** What is different from the scene when all has come to its end; null: it is gone. */
  readonly ending: (state: { readonly answered: boolean }) => Readonly<Record<string, string | null>>;
}

const site = 'one';
const cast = 'cast';
const call = 'call';

const worksOnVolumes: readonly UpgradeWork[] = [
  {
    name: 'create-volume',
    site,
    kind: cast,
    request: () => newVolume({ volume_type: 'plain' }),
    ending: () => ({ 'volume made': 'available, 1 GiB, plain, holds 0' }),
  },
  {
    name: 'create-volume-in-volume-group',
    site,
    kind: cast,
    request: () => newVolume({ volume_type: 'gold' }),
    ending: () => ({ 'volume made': 'available, 1 GiB, gold, holds 0' }),
  },
  {
    name: 'create-volume-from-snapshot',
    site,
    kind: cast,
    request: (idOf) => newVolume({ size: 2, snapshot_id: idOf('snapshot first') }),
    ending: () => ({ 'volume made': 'available, 2 GiB, plain, holds 2' }),
  },
  {
    name: 'clone-volume',
    site,
    kind: cast,
    request: (idOf) => newVolume({ size: 2, source_volid: idOf('volume plain') }),
    ending: () => ({ 'volume made': 'available, 2 GiB, plain, holds 1' }),
  },
  {
    name: 'delete-volume',
    site,
    kind: cast,
    request: (idOf) => del(`/volumes/${idOf('volume gold')}`),
    ending: () => ({ 'volume gold': null }),
  },
  {
    name: 'delete-volume-cascade',
    site,
    kind: cast,
    request: (idOf) => del(`/volumes/${idOf('volume snapped')}?cascade=true`),
    ending: () => ({ 'volume snapped': null, 'snapshot first': null, 'snapshot second': null }),
  },
  {
    name: 'extend-volume',
    site,
    kind: cast,
    request: (idOf) => action('volumes', idOf('volume plain'), { 'os-extend': { new_size: 3 } }),
    ending: () => ({ 'volume plain': 'available, 3 GiB, plain, holds 1' }),
  },
  {
    name: 'revert-to-snapshot',
    site,
    kind: cast,
    request: (idOf) =>
      action('volumes', idOf('volume snapped'), { revert: { snapshot_id: idOf('snapshot second') } }),
    ending: () => ({ 'volume snapped': 'available, 1 GiB, plain, holds 3' }),
  },
  {
    name: 'retype-to-limits',
    site,
    kind: cast,
    request: (idOf) => retyping(idOf('volume plain'), 'limited'),
    ending: () => ({ 'volume plain': 'available, 1 GiB, limited, holds 1' }),
  },
  {
    name: 'retype-into-volume-group',
    site,
    kind: cast,
    request: (idOf) => retyping(idOf('volume snapped'), 'gold'),
    ending: () => ({ 'volume snapped': 'available, 1 GiB, gold, holds 4' }),
  },
  {
    name: 'manage-existing',
    site,
    kind: cast,
    request: () =>
      post('/manageable_volumes', {
        volume: { host: 'node1@fa', ref: { 'source-name': 'admin-made' }, volume_type: 'limited' },
      }),
    ending: () => ({ 'volume made': 'available, 2 GiB, limited, holds 14', 'by hand admin-made': null }),
  },
  {
    name: 'unmanage-volume',
    site,
    kind: cast,
    request: (idOf) => action('volumes', idOf('volume plain'), { 'os-unmanage': {} }),
    ending: () => ({ 'volume plain': null, 'unmanaged volume plain': 'holds 1' }),
  },
];

const worksOnSnapshots: readonly UpgradeWork[] = [
  {
    name: 'create-snapshot',
    site,
    kind: cast,
    request: (idOf) => post('/snapshots', { snapshot: { volume_id: idOf('volume plain'), name: 'made' } }),
    ending: () => ({ 'snapshot made': 'available, of plain, 1 GiB, holds 1' }),
  },
  {
    name: 'delete-snapshot',
    site,
    kind: cast,
    request: (idOf) => del(`/snapshots/${idOf('snapshot first')}`),
    ending: () => ({ 'snapshot first': null }),
  },
  {
    name: 'manage-existing-snapshot',
    site,
    kind: cast,
    request: (idOf) =>
      post('/manageable_snapshots', {
        snapshot: {
          volume_id: idOf('volume plain'),
          ref: { 'source-name': `volume-${idOf('volume plain')}-cinder.admin-made` },
        },
      }),
    ending: () => ({ 'snapshot made': 'available, of plain, 1 GiB, holds 1' }),
  },
  {
    name: 'unmanage-snapshot',
    site,
    kind: cast,
    request: (idOf) => action('snapshots', idOf('snapshot first'), { 'os-unmanage': {} }),
    ending: () => ({ 'snapshot first': null, 'unmanaged snapshot first': 'holds 2' }),
  },
];

const worksOnGroups: readonly UpgradeWork[] = [
  {
    name: 'create-group',
    site,
    kind: cast,
    request: (idOf) =>
      post('/groups', {
        group: {
          group_type: idOf('group type consistent'),
          volume_types: [idOf('type plain')],
          name: 'made',
        },
      }),
    ending: () => ({ 'group made': 'available, of no volume' }),
  },
  {
    name: 'update-group',
    site,
    kind: cast,
    before: (idOf) => [del(`/group_snapshots/${idOf('group snapshot pair')}`)],
    request: (idOf) => ({
      method: 'PUT',
      path: `/groups/${idOf('group pair')}`,
      body: { group: { add_volumes: idOf('volume plain'), remove_volumes: idOf('volume one') } },
    }),
    ending: () => ({
      'group pair': 'available, of other, plain',
      'group snapshot pair': null,
      'snapshot of one': null,
      'snapshot of other': null,
    }),
  },
  {
    name: 'delete-group',
    site,
    kind: cast,
    before: (idOf) => [del(`/group_snapshots/${idOf('group snapshot pair')}`)],
    request: (idOf) => action('groups', idOf('group pair'), { delete: { 'delete-volumes': true } }),
    ending: () => ({
      'group pair': null,
      'group snapshot pair': null,
      'snapshot of one': null,
      'snapshot of other': null,
      'volume one': null,
      'volume other': null,
    }),
  },
  {
    name: 'create-group-from-group-snapshot',
    site,
    kind: cast,
    // That release has no way to allow a project more than ten volumes.
    before: (idOf) => [del(`/volumes/${idOf('volume gold')}`)],
    request: (idOf) =>
      post('/groups/action', {
        'create-from-src': { group_snapshot_id: idOf('group snapshot pair'), name: 'made' },
      }),
    ending: () => ({
      'volume gold': null,
      'group made': 'available, of made (10), made (11)',
      'volume made (10)': 'available, 1 GiB, plain, holds 10',
      'volume made (11)': 'available, 1 GiB, plain, holds 11',
    }),
  },
  {
    name: 'create-group-from-group',
    site,
    kind: cast,
    // That release has no way to allow a project more than ten volumes.
    before: (idOf) => [del(`/volumes/${idOf('volume gold')}`)],
    request: (idOf) =>
      post('/groups/action', { 'create-from-src': { source_group_id: idOf('group pair'), name: 'made' } }),
    ending: () => ({
      'volume gold': null,
      'group made': 'available, of made (12), made (13)',
      'volume made (12)': 'available, 1 GiB, plain, holds 12',
      'volume made (13)': 'available, 1 GiB, plain, holds 13',
    }),
  },
  {
    name: 'create-group-snapshot',
    site,
    kind: cast,
    request: (idOf) =>
      post('/group_snapshots', { group_snapshot: { group_id: idOf('group pair'), name: 'made' } }),
    ending: () => ({
      'group snapshot made': 'available, of pair',
      'snapshot made (12)': 'available, of one, 1 GiB, holds 12',
      'snapshot made (13)': 'available, of other, 1 GiB, holds 13',
    }),
  },
  {
    name: 'delete-group-snapshot',
    site,
    kind: cast,
    request: (idOf) => del(`/group_snapshots/${idOf('group snapshot pair')}`),
    ending: () => ({ 'group snapshot pair': null, 'snapshot of one': null, 'snapshot of other': null }),
  },
];

/** Attached, for a client that was told so. Its tags may be what was broken off. */
const attached = (volume: string) => ({
  [`attachment of ${volume}`]: `attaching, ${host}`,
  [`connection of ${volume}`]: host,
  [`volume ${volume}`]: 'attaching, 1 GiB, plain, holds 6',
});

const worksOnConnections: readonly UpgradeWork[] = [
  {
    name: 'attachment-update',
    site,
    kind: call,
    request: (idOf) => connecting(idOf('attachment of reserved'), host),
    ending: ({ answered }) => (answered ? attached('reserved') : {}),
  },
  {
    name: 'attachment-create',
    site,
    kind: call,
    request: (idOf) =>
      post('/attachments', {
        attachment: {
          volume_uuid: idOf('volume plain'),
          instance_uuid: instances[host],
          connector: connectorOf(host),
        },
      }),
    ending: ({ answered }) =>
      answered
        ? {
            'attachment of plain': `attaching, ${host}`,
            'connection of plain': host,
            'volume plain': 'attaching, 1 GiB, plain, holds 1',
          }
        : { 'attachment of plain': 'error_attaching' },
  },
  {
    name: 'attachment-update-other-machine',
    site,
    kind: call,
    before: (idOf) => [connecting(idOf('attachment of reserved'), host)],
    request: (idOf) => connecting(idOf('attachment of reserved'), 'beta'),
    // Once it is answered, that release has forgotten the first machine's connection.
    calls: 2,
    ending: () => attached('reserved'),
  },
  {
    name: 'attachment-delete',
    site,
    kind: call,
    request: (idOf) => del(`/attachments/${idOf('attachment of connected')}`),
    ending: () => ({
      'attachment of connected': null,
      'connection of connected': null,
      'volume connected': 'available, 1 GiB, plain, holds 7',
    }),
  },
  {
    name: 'initialize-connection',
    site,
    kind: call,
    request: (idOf) => initializing(idOf('volume waiting')),
    ending: () => ({}),
  },
  {
    name: 'terminate-connection',
    site,
    kind: call,
    request: (idOf) =>
      action('volumes', idOf('volume older'), {
        'os-terminate_connection': { connector: connectorOf(host) },
      }),
    ending: () => ({ 'connection of older': null }),
  },
  {
    name: 'left-of-a-failed-attach',
    site,
    kind: call,
    spoiled: (idOf) => connecting(idOf('attachment of reserved'), host),
    request: null,
    ending: () => ({}),
  },
  {
    name: 'left-of-a-failed-attach-that-was-repeated',
    site,
    kind: call,
    spoiled: (idOf) => connecting(idOf('attachment of reserved'), host),
    request: (idOf) => connecting(idOf('attachment of reserved'), host),
    ending: ({ answered }) => (answered ? attached('reserved') : {}),
  },
  {
    name: 'left-of-an-older-attach-that-was-repeated',
    site,
    kind: call,
    spoiled: (idOf) => initializing(idOf('volume waiting')),
    before: (idOf) => [
      initializing(idOf('volume waiting')),
      action('volumes', idOf('volume waiting'), {
        'os-attach': { instance_uuid: instances[host], mountpoint: '/dev/vdb', mode: 'rw' },
      }),
    ],
    request: null,
    ending: () => ({
      'attachment of waiting': 'attached',
      'connection of waiting': host,
      'volume waiting': 'in-use, 1 GiB, plain, holds 9',
    }),
  },
];

const worksTogether: readonly UpgradeWork[] = [
  {
    name: 'several-on-one-volume',
    site,
    kind: cast,
    request: (idOf) => newVolume({ source_volid: idOf('volume plain') }),
    meanwhile: (idOf) => [
      post('/snapshots', { snapshot: { volume_id: idOf('volume plain'), name: 'made' } }),
      action('volumes', idOf('volume plain'), { 'os-extend': { new_size: 4 } }),
      del(`/snapshots/${idOf('snapshot first')}`),
      del(`/volumes/${idOf('volume gold')}`),
    ],
    ending: () => ({
      'volume made': 'available, 1 GiB, plain, holds 1',
      'snapshot made': 'available, of plain, 1 GiB, holds 1',
      'volume plain': 'available, 4 GiB, plain, holds 1',
      'snapshot first': null,
      'volume gold': null,
    }),
  },
];

const worksOnReplication: readonly UpgradeWork[] = [
  {
    name: 'create-volume-in-pod',
    site: 'sync',
    kind: cast,
    request: () => newVolume({ volume_type: 'mirror-sync' }),
    ending: () => ({ 'volume made': 'available, 1 GiB, mirror-sync, holds 0, enabled' }),
  },
  {
    name: 'retype-into-pod',
    site: 'sync',
    kind: cast,
    request: (idOf) => retyping(idOf('volume plain'), 'mirror-sync'),
    ending: () => ({ 'volume plain': 'available, 1 GiB, mirror-sync, holds 1, enabled' }),
  },
  {
    name: 'retype-out-of-pod',
    site: 'sync',
    kind: cast,
    request: (idOf) => retyping(idOf('volume mirror'), 'plain'),
    ending: () => ({ 'volume mirror': 'available, 1 GiB, plain, holds 2, disabled' }),
  },
  {
    name: 'delete-volume-in-pod',
    site: 'sync',
    kind: cast,
    request: (idOf) => del(`/volumes/${idOf('volume mirror')}`),
    ending: () => ({ 'volume mirror': null }),
  },
  {
    name: 'failover-sync',
    site: 'sync',
    kind: cast,
    request: () => failingOver('fa2'),
    ending: () => ({
      service: 'failed-over, to fa2',
      'volume mirror': 'available, 1 GiB, mirror-sync, holds 2, failed-over',
      'volume plain': 'error, 1 GiB, plain, not-capable',
    }),
  },
  {
    name: 'failback-sync',
    site: 'sync',
    kind: cast,
    before: () => [failingOver('fa2')],
    lost: 'fa1',
    request: () => failingOver('default'),
    ending: () => ({ 'volume plain': 'error, 1 GiB, plain, holds 1, not-capable' }),
  },
  {
    name: 'create-volume-in-replicated-group',
    site: 'async',
    kind: cast,
    request: () => newVolume({ volume_type: 'mirror-async' }),
    ending: () => ({ 'volume made': 'available, 1 GiB, mirror-async, holds 0, enabled' }),
  },
  {
    name: 'failover-async',
    site: 'async',
    kind: cast,
    request: () => failingOver('fa2'),
    ending: () => ({
      service: 'failed-over, to fa2',
      'volume mirror': 'available, 1 GiB, mirror-async, holds 2, failed-over',
      'volume plain': 'error, 1 GiB, plain, not-capable',
    }),
  },
  {
    name: 'failback-async',
    site: 'async',
    kind: cast,
    before: () => [failingOver('fa2')],
    lost: 'fa1',
    request: () => failingOver('default'),
    ending: () => ({
      'volume mirror': 'error, 1 GiB, mirror-async, holds 2, failover-error',
      'volume plain': 'error, 1 GiB, plain, holds 1, not-capable',
    }),
  },
];

export const upgradeWorks: readonly UpgradeWork[] = [
  ...worksOnVolumes,
  ...worksOnSnapshots,
  ...worksOnGroups,
  ...worksOnConnections,
  ...worksTogether,
  ...worksOnReplication,
];
