import type { GroupTypeRecord, Records } from '@cinder-flasharray/store';
import { BlockStorageError } from '../../errors.ts';
import {
  type AcceptDependencies,
  checkMetadata,
  invalidInput,
  requireAdmin,
} from '../accept-dependencies.ts';
import type { RequestContext } from '../request-context.ts';
import type { GroupTypeOperations } from './group-operations.ts';

const manage = 'group:group_types_manage';
const longestName = 255;

/** @throws BlockStorageError `group-type-not-found`; private types are not found without access */
export async function groupTypeFor(
  records: Records,
  context: RequestContext,
  nameOrId: string,
): Promise<GroupTypeRecord> {
  const type = (await records.groupTypes.get(nameOrId)) ?? (await records.groupTypes.findByName(nameOrId));
  const visible =
    type !== null &&
    (type.isPublic || context.isAdmin || (await records.groupTypes.hasAccess(type.id, context.projectId)));
  if (!visible) {
    throw new BlockStorageError('group-type-not-found', `Group type ${nameOrId} could not be found.`);
  }
  return type;
}

function checkName(name: string): void {
  if (name.trim() === '' || name.length > longestName) {
    throw invalidInput(`Group type name must be 1 to ${longestName} characters.`);
  }
}

const taken = (name: string): BlockStorageError =>
  new BlockStorageError('conflict', `Group Type ${name} already exists.`);

export function groupTypeOperations({ store, config, randomUuid }: AcceptDependencies): GroupTypeOperations {
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
