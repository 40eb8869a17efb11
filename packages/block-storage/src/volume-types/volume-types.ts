import type { Metadata, VolumeTypeRecord } from '@cinder-flasharray/store';
import type { BlockStorageDependencies } from '../dependencies.ts';
import { BlockStorageError } from '../errors.ts';
import { checkMetadata } from '../request/check-metadata.ts';
import { invalidInput } from '../request/refusals.ts';
import type { RequestContext } from '../request/request-context.ts';
import { requireAdmin } from '../request/require-admin.ts';
import { typeFor } from '../rows/type-for.ts';
import type { VolumeTypeOperations } from './volume-type-operations.ts';

const manage = 'volume_extension:types_manage';
const longestName = 255;

function checkName(name: string): void {
  if (name.trim() === '' || name.length > longestName) {
    throw invalidInput(`Volume type name must be 1 to ${longestName} characters.`);
  }
}

const taken = (name: string): BlockStorageError =>
  new BlockStorageError('conflict', `Volume Type ${name} already exists.`);

export function volumeTypeOperations(dependencies: BlockStorageDependencies): VolumeTypeOperations {
  const { store, config, randomUuid } = dependencies;
  const byId = async (context: RequestContext, id: string): Promise<VolumeTypeRecord> => {
    requireAdmin(context, manage);
    return await typeFor(store, context, id);
  };
  return {
    get: (context, nameOrId) => typeFor(store, context, nameOrId),
    getDefault: (context) => typeFor(store, context, config.defaultVolumeType ?? '__DEFAULT__'),
    list: (context) => store.volumeTypes.list(context.isAdmin ? null : context.projectId),
    create: async (context, request) => {
      requireAdmin(context, manage);
      checkName(request.name);
      checkMetadata(request.extraSpecs);
      const outcome = await store.volumeTypes.insert({ id: randomUuid(), ...request });
      if (outcome.kind === 'name-taken') {
        throw taken(request.name);
      }
      return outcome.type;
    },
    update: async (context, id, change) => {
      const type = await byId(context, id);
      if (change.name !== undefined) {
        checkName(change.name);
      }
      const outcome = await store.volumeTypes.update(type.id, change);
      if (outcome === 'name-taken') {
        throw taken(change.name ?? type.name);
      }
      return await typeFor(store, context, id);
    },
    delete: async (context, id) => {
      const type = await byId(context, id);
      if (type.name === '__DEFAULT__' || type.name === config.defaultVolumeType) {
        throw new BlockStorageError(
          'invalid-input',
          `The volume type ${type.id} is the default volume type and cannot be deleted.`,
        );
      }
      if ((await store.volumeTypes.delete(type.id)) === 'in-use') {
        throw new BlockStorageError('invalid-input', 'Target volume type is still in use.');
      }
    },
    setExtraSpecs: async (context, id, specs) => {
      const type = await byId(context, id);
      checkMetadata(specs);
      await store.volumeTypes.setExtraSpecs(type.id, specs);
      return specsOf(await typeFor(store, context, type.id));
    },
    deleteExtraSpec: async (context, id, key) => {
      const type = await byId(context, id);
      if (!(await store.volumeTypes.deleteExtraSpec(type.id, key))) {
        throw new BlockStorageError(
          'key-not-found',
          `Volume Type ${type.id} has no extra specs with key ${key}.`,
        );
      }
    },
    accessList: async (context, id) => {
      const type = await byId(context, id);
      if (type.isPublic) {
        throw new BlockStorageError(
          'volume-type-not-found',
          'Access list not available for public volume types.',
        );
      }
      return await store.volumeTypes.accessList(type.id);
    },
    addAccess: async (context, id, projectId) => {
      const type = await privateType(context, id);
      if (!(await store.volumeTypes.addAccess(type.id, projectId))) {
        throw new BlockStorageError(
          'conflict',
          `Volume type access for ${type.id} / ${projectId} combination already exists.`,
        );
      }
    },
    removeAccess: async (context, id, projectId) => {
      const type = await privateType(context, id);
      if (!(await store.volumeTypes.removeAccess(type.id, projectId))) {
        throw new BlockStorageError(
          'key-not-found',
          `Volume type access not found for ${type.id} / ${projectId} combination.`,
        );
      }
    },
  };

  async function privateType(context: RequestContext, id: string): Promise<VolumeTypeRecord> {
    const type = await byId(context, id);
    if (type.isPublic) {
      throw invalidInput('Type access modification is not applicable to public volume type.');
    }
    return type;
  }
}

function specsOf(type: VolumeTypeRecord): Metadata {
  return type.extraSpecs;
}
