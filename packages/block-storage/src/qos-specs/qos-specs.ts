import type { Metadata, QosSpecsRecord, Records } from '@cinder-flasharray/store';
import type { BlockStorageDependencies } from '../dependencies.ts';
import { BlockStorageError } from '../errors.ts';
import { checkMetadata } from '../request/check-metadata.ts';
import { invalidInput } from '../request/refusals.ts';
import type { RequestContext } from '../request/request-context.ts';
import { requireAdmin } from '../request/require-admin.ts';
import { typeFor } from '../rows/type-for.ts';
import type { QosSpecsOperations } from './qos-specs-operations.ts';

/** Keys that are fields of their own. */
const reserved = ['name', 'consumer', 'QoS_Specs_Name'];

async function specsFor(records: Records, context: RequestContext, id: string): Promise<QosSpecsRecord> {
  requireAdmin(context, 'volume_extension:qos_specs_manage');
  const specs = await records.qosSpecs.get(id);
  if (specs === null) {
    throw new BlockStorageError('qos-specs-not-found', `No such QoS spec ${id}.`);
  }
  return specs;
}

function checkSpecs(specs: Metadata): void {
  checkMetadata(specs);
  const wrong = Object.keys(specs).find((key) => reserved.includes(key));
  if (wrong !== undefined) {
    throw invalidInput(`QoS key "${wrong}" is a field of its own.`);
  }
}

export function qosSpecsOperations({ store, randomUuid }: BlockStorageDependencies): QosSpecsOperations {
  return {
    create: async (context, request) => {
      requireAdmin(context, 'volume_extension:qos_specs_manage');
      if (request.name.trim() === '' || request.name.length > 255) {
        throw invalidInput('Name of QoS specs must be 1 to 255 characters.');
      }
      checkSpecs(request.specs);
      const outcome = await store.qosSpecs.insert({ id: randomUuid(), ...request });
      if (outcome.kind === 'name-taken') {
        throw new BlockStorageError('conflict', `QoS Specs ${request.name} already exists.`);
      }
      return outcome.specs;
    },
    get: (context, id) => specsFor(store, context, id),
    list: async (context) => {
      requireAdmin(context, 'volume_extension:qos_specs_manage');
      return await store.qosSpecs.list();
    },
    update: async (context, id, change) => {
      await specsFor(store, context, id);
      checkSpecs(change.specs);
      await store.qosSpecs.update(id, change);
      return await specsFor(store, context, id);
    },
    deleteKeys: async (context, id, keys) => {
      await specsFor(store, context, id);
      const [missing] = await store.qosSpecs.deleteKeys(id, keys);
      if (missing !== undefined) {
        throw new BlockStorageError('key-not-found', `QoS spec ${id} has no spec with key ${missing}.`);
      }
    },
    delete: (context, id, { force }) =>
      store.transaction(async (records) => {
        await specsFor(records, context, id);
        const types = await records.volumeTypes.withQosSpecs(id);
        if (types.length > 0 && !force) {
          throw invalidInput('Qos specs still in use.');
        }
        for (const type of types) {
          await records.volumeTypes.setQosSpecs(type.id, null);
        }
        await records.qosSpecs.delete(id);
      }),
    associations: async (context, id) => {
      await specsFor(store, context, id);
      return await store.volumeTypes.withQosSpecs(id);
    },
    associate: (context, id, volumeTypeId) =>
      store.transaction(async (records) => {
        await specsFor(records, context, id);
        const type = await typeFor(records, context, volumeTypeId);
        if (type.qosSpecsId !== null && type.qosSpecsId !== id) {
          throw invalidInput(
            `Failed to associate qos_specs: ${id} with type ${type.id}. Type ${type.id} is already associated with another qos specs: ${type.qosSpecsId}`,
          );
        }
        await records.volumeTypes.setQosSpecs(type.id, id);
      }),
    disassociate: (context, id, volumeTypeId) =>
      store.transaction(async (records) => {
        await specsFor(records, context, id);
        const type = await typeFor(records, context, volumeTypeId);
        if (type.qosSpecsId === id) {
          await records.volumeTypes.setQosSpecs(type.id, null);
        }
      }),
    disassociateAll: (context, id) =>
      store.transaction(async (records) => {
        await specsFor(records, context, id);
        for (const type of await records.volumeTypes.withQosSpecs(id)) {
          await records.volumeTypes.setQosSpecs(type.id, null);
        }
      }),
  };
}
