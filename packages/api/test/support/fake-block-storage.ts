import type { BlockStorage } from '@cinder-flasharray/volume-manager';

/** The parts of a `BlockStorage` that a test answers for. */
export interface FakeParts
  extends Partial<Omit<BlockStorage, 'volumes' | 'snapshots' | 'attachments' | 'volumeTypes' | 'services'>> {
  readonly volumes?: Partial<BlockStorage['volumes']>;
  readonly snapshots?: Partial<BlockStorage['snapshots']>;
  readonly attachments?: Partial<BlockStorage['attachments']>;
  readonly volumeTypes?: Partial<BlockStorage['volumeTypes']>;
  readonly services?: Partial<BlockStorage['services']>;
}

/**
 * A service below the API that answers only what a test gives it: for tests of shapes, where the point is what the API
 * asks and how it answers. Any other call fails the request.
 */
export function fakeBlockStorage(parts: FakeParts = {}): BlockStorage {
  const missing = (name: string) => async (): Promise<never> => {
    throw new Error(`the test does not expect ${name}`);
  };
  const { volumes, snapshots, attachments, volumeTypes, services, ...others } = parts;
  return {
    volumes: {
      create: missing('volumes.create'),
      get: missing('volumes.get'),
      list: missing('volumes.list'),
      update: missing('volumes.update'),
      delete: missing('volumes.delete'),
      extend: missing('volumes.extend'),
      revert: missing('volumes.revert'),
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
    services: {
      list: missing('services.list'),
      setDisabled: missing('services.setDisabled'),
      ...services,
    },
    pools: missing('pools'),
    limits: missing('limits'),
    availabilityZones: missing('availabilityZones'),
    messages: missing('messages'),
    message: missing('message'),
    deleteMessage: missing('deleteMessage'),
    ...others,
  };
}
