import type { GroupTypeRecord } from '@cinder-flasharray/store';
import type { BlockStorageDependencies } from '../dependencies.ts';
import { BlockStorageError } from '../errors.ts';
import { checkMetadata } from '../request/check-metadata.ts';
import { invalidInput } from '../request/refusals.ts';
import type { RequestContext } from '../request/request-context.ts';
import { requireAdmin } from '../request/require-admin.ts';
import { groupTypeFor } from '../rows/group-type-for.ts';
import type { GroupTypeOperations } from './group-type-operations.ts';

const manage = 'group:group_types_manage';
const longestName = 255;

function checkName(name: string): void {
  if (name.trim() === '' || name.length > longestName) {
    throw invalidInput(`Group type name must be 1 to ${longestName} characters.`);
  }
}

const taken = (name: string): BlockStorageError =>
  new BlockStorageError('conflict', `Group Type ${name} already exists.`);

export function groupTypeOperations({
  store,
  config,
  randomUuid,
}: BlockStorageDependencies): GroupTypeOperations {
  const managed = async (context: RequestContext, id: string): Promise<GroupTypeRecord> => {
    requireAdmin(context, manage);
    return await groupTypeFor(store, context, id);
  };
  return {
    get: (context, nameOrId) => groupTypeFor(store, context, nameOrId),
    getDefault: async (context) => {
      if (config.defaultGroupType === null) {
        throw new BlockStorageError('group-type-not-found', 'Default group type can not be found.');
      }
      return await groupTypeFor(store, context, config.defaultGroupType);
    },
    list: (context) => store.groupTypes.list(context.isAdmin ? null : context.projectId),
    create: async (context, request) => {
      requireAdmin(context, manage);
      checkName(request.name);
      const outcome = await store.groupTypes.insert({ id: randomUuid(), groupSpecs: {}, ...request });
      if (outcome.kind === 'name-taken') {
        throw taken(request.name);
      }
      return outcome.type;
    },
    update: async (context, id, change) => {
      const type = await managed(context, id);
      if (change.name !== undefined) {
        checkName(change.name);
      }
      if ((await store.groupTypes.update(type.id, change)) === 'name-taken') {
        throw taken(change.name ?? type.name);
      }
      return await groupTypeFor(store, context, type.id);
    },
    delete: async (context, id) => {
      const type = await managed(context, id);
      if ((await store.groupTypes.delete(type.id)) === 'in-use') {
        throw invalidInput(`Group type ${type.id} still has groups.`);
      }
    },
    setGroupSpecs: async (context, id, specs) => {
      const type = await managed(context, id);
      checkMetadata(specs);
      await store.groupTypes.setGroupSpecs(type.id, specs);
      return (await groupTypeFor(store, context, type.id)).groupSpecs;
    },
    deleteGroupSpec: async (context, id, key) => {
      const type = await managed(context, id);
      if (!(await store.groupTypes.deleteGroupSpec(type.id, key))) {
        throw new BlockStorageError('key-not-found', `Group Type ${type.id} has no specs with key ${key}.`);
      }
    },
  };
}
