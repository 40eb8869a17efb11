import type { MessageRecord } from '@cinder-flasharray/store';
import { BlockStorageError } from '../errors.ts';
import type { AcceptDependencies } from './accept-dependencies.ts';
import { attachmentOperations } from './attachments/attachments.ts';
import type { BlockStorage } from './block-storage.ts';
import { capabilities } from './capabilities.ts';
import { groupSnapshotOperations } from './groups/group-snapshots.ts';
import { groupTypeOperations } from './groups/group-types.ts';
import { groupOperations } from './groups/groups.ts';
import { manageOperations } from './manage/manage.ts';
import { qosSpecsOperations } from './qos-specs/qos-specs.ts';
import type { RequestContext } from './request-context.ts';
import { isUp, serviceOperations } from './services/services.ts';
import { snapshotOperations } from './snapshots/snapshots.ts';
import { volumeTypeOperations } from './volume-types/volume-types.ts';
import { volumeOperations } from './volumes/volumes.ts';

/** The half that accepts requests: validates, changes the status by compare and swap, journals, starts the work. */
export function createBlockStorage(dependencies: AcceptDependencies): BlockStorage {
  const { store, backends, config } = dependencies;
  const message = async (context: RequestContext, id: string): Promise<MessageRecord> => {
    const found = await store.messages.get(id);
    if (found === null || (!context.isAdmin && found.projectId !== context.projectId)) {
      throw new BlockStorageError('message-not-found', `Message ${id} could not be found.`);
    }
    return found;
  };
  return {
    volumes: volumeOperations(dependencies),
    snapshots: snapshotOperations(dependencies),
    attachments: attachmentOperations(dependencies),
    volumeTypes: volumeTypeOperations(dependencies),
    qosSpecs: qosSpecsOperations(dependencies),
    groupTypes: groupTypeOperations(dependencies),
    groups: groupOperations(dependencies),
    groupSnapshots: groupSnapshotOperations(dependencies),
    manage: manageOperations(dependencies),
    capabilities: (context, host) => capabilities(dependencies, context, host),
    services: serviceOperations(dependencies),
    pools: async () =>
      backends
        .reports()
        .flatMap(({ pool, capabilities }) => (capabilities === null ? [] : [{ name: pool, capabilities }])),
    limits: async (_context, projectId) => ({
      limits: await store.quotas.limits(projectId),
      usages: await store.quotas.usages(projectId),
    }),
    availabilityZones: async () => {
      const services = (await store.services.list()).filter(({ binary }) => binary === 'cinder-volume');
      const zones = new Set([
        config.storageAvailabilityZone,
        ...services.map(({ availabilityZone }) => availabilityZone),
      ]);
      return [...zones].sort().map((name) => ({
        name,
        available: services.some(
          (service) => service.availabilityZone === name && !service.disabled && isUp(dependencies, service),
        ),
      }));
    },
    messages: (context) => store.messages.list(context.projectId),
    message,
    deleteMessage: async (context, id) => {
      await store.messages.delete((await message(context, id)).id);
    },
  };
}
