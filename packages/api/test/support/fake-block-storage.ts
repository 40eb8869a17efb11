import type { BlockStorage } from '@cinder-flasharray/block-storage';
import { consistencyGroupType } from './records.ts';

type Nouns =
  | 'volumes'
  | 'snapshots'
  | 'attachments'
  | 'volumeTypes'
  | 'qosSpecs'
  | 'groupTypes'
  | 'groups'
  | 'groupSnapshots'
  | 'manage'
  | 'services';

/** The parts of a `BlockStorage` that a test answers for. */
export type FakeParts = Partial<Omit<BlockStorage, Nouns>> & {
  readonly [Noun in Nouns]?: Partial<BlockStorage[Noun]>;
};

/**
 * A service below the API that answers only what a test gives it: for tests of shapes, where the point is what the API
 * asks and how it answers. Any other call fails the request.
 */
export function fakeBlockStorage(parts: FakeParts = {}): BlockStorage {
  const missing = (name: string) => async (): Promise<never> => {
    throw new Error(`the test does not expect ${name}`);
  };
  const { volumes, snapshots, attachments, volumeTypes, qosSpecs, groupTypes, groups, groupSnapshots } =
    parts;
  const { manage, services } = parts;
  return {
    volumes: {
      create: missing('volumes.create'),
      get: missing('volumes.get'),
      list: missing('volumes.list'),
      update: missing('volumes.update'),
      delete: missing('volumes.delete'),
      extend: missing('volumes.extend'),
      revert: missing('volumes.revert'),
      retype: missing('volumes.retype'),
      migrate: missing('volumes.migrate'),
      resetStatus: missing('volumes.resetStatus'),
      setMetadata: missing('volumes.setMetadata'),
      deleteMetadata: missing('volumes.deleteMetadata'),
      setBootable: missing('volumes.setBootable'),
      setReadonly: missing('volumes.setReadonly'),
      reserve: missing('volumes.reserve'),
      unreserve: missing('volumes.unreserve'),
      beginDetaching: missing('volumes.beginDetaching'),
      rollDetaching: missing('volumes.rollDetaching'),
      attach: missing('volumes.attach'),
      detach: missing('volumes.detach'),
      forceDetach: missing('volumes.forceDetach'),
      initializeConnection: missing('volumes.initializeConnection'),
      terminateConnection: missing('volumes.terminateConnection'),
      ...volumes,
    },
    snapshots: {
      create: missing('snapshots.create'),
      get: missing('snapshots.get'),
      list: missing('snapshots.list'),
      update: missing('snapshots.update'),
      delete: missing('snapshots.delete'),
      resetStatus: missing('snapshots.resetStatus'),
      setMetadata: missing('snapshots.setMetadata'),
      deleteMetadata: missing('snapshots.deleteMetadata'),
      ...snapshots,
    },
    attachments: {
      create: missing('attachments.create'),
      get: missing('attachments.get'),
      list: missing('attachments.list'),
      update: missing('attachments.update'),
      complete: missing('attachments.complete'),
      delete: missing('attachments.delete'),
      ...attachments,
    },
    volumeTypes: {
      get: missing('volumeTypes.get'),
      getDefault: missing('volumeTypes.getDefault'),
      list: async () => [],
      create: missing('volumeTypes.create'),
      update: missing('volumeTypes.update'),
      delete: missing('volumeTypes.delete'),
      setExtraSpecs: missing('volumeTypes.setExtraSpecs'),
      deleteExtraSpec: missing('volumeTypes.deleteExtraSpec'),
      accessList: missing('volumeTypes.accessList'),
      addAccess: missing('volumeTypes.addAccess'),
      removeAccess: missing('volumeTypes.removeAccess'),
      ...volumeTypes,
    },
    qosSpecs: {
      create: missing('qosSpecs.create'),
      get: missing('qosSpecs.get'),
      list: missing('qosSpecs.list'),
      update: missing('qosSpecs.update'),
      deleteKeys: missing('qosSpecs.deleteKeys'),
      delete: missing('qosSpecs.delete'),
      associations: missing('qosSpecs.associations'),
      associate: missing('qosSpecs.associate'),
      disassociate: missing('qosSpecs.disassociate'),
      disassociateAll: missing('qosSpecs.disassociateAll'),
      ...qosSpecs,
    },
    groupTypes: {
      // A new database holds it.
      get: async () => consistencyGroupType,
      getDefault: missing('groupTypes.getDefault'),
      list: missing('groupTypes.list'),
      create: missing('groupTypes.create'),
      update: missing('groupTypes.update'),
      delete: missing('groupTypes.delete'),
      setGroupSpecs: missing('groupTypes.setGroupSpecs'),
      deleteGroupSpec: missing('groupTypes.deleteGroupSpec'),
      ...groupTypes,
    },
    groups: {
      create: missing('groups.create'),
      createFromSource: missing('groups.createFromSource'),
      get: missing('groups.get'),
      list: missing('groups.list'),
      volumesOf: missing('groups.volumesOf'),
      update: missing('groups.update'),
      delete: missing('groups.delete'),
      resetStatus: missing('groups.resetStatus'),
      ...groups,
    },
    groupSnapshots: {
      create: missing('groupSnapshots.create'),
      get: missing('groupSnapshots.get'),
      list: missing('groupSnapshots.list'),
      delete: missing('groupSnapshots.delete'),
      resetStatus: missing('groupSnapshots.resetStatus'),
      ...groupSnapshots,
    },
    manage: {
      manageableVolumes: missing('manage.manageableVolumes'),
      manageableSnapshots: missing('manage.manageableSnapshots'),
      manageVolume: missing('manage.manageVolume'),
      manageSnapshot: missing('manage.manageSnapshot'),
      unmanageVolume: missing('manage.unmanageVolume'),
      unmanageSnapshot: missing('manage.unmanageSnapshot'),
      ...manage,
    },
    services: {
      list: missing('services.list'),
      setDisabled: missing('services.setDisabled'),
      failover: missing('services.failover'),
      freeze: missing('services.freeze'),
      thaw: missing('services.thaw'),
      ...services,
    },
    capabilities: parts.capabilities ?? missing('capabilities'),
    pools: parts.pools ?? missing('pools'),
    limits: parts.limits ?? missing('limits'),
    availabilityZones: parts.availabilityZones ?? missing('availabilityZones'),
    messages: parts.messages ?? missing('messages'),
    message: parts.message ?? missing('message'),
    deleteMessage: parts.deleteMessage ?? missing('deleteMessage'),
  };
}
