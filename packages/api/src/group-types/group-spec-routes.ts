import { type BlockStorage, BlockStorageError } from '@cinder-flasharray/block-storage';
import type { GroupTypeRecord } from '@cinder-flasharray/store';
import { badRequest } from '../http/api-error.ts';
import { readObject, readWholeBody } from '../http/body.ts';
import { groupSpecs } from '../http/fields.ts';
import { requireAdmin } from '../http/require-admin.ts';
import { type ApiRequest, accepted, ok, param, type Route } from '../http/route.ts';

const path = '/group_types/:id/group_specs';

/** `group_types/{id}/group_specs` and its keys: administrators only. */
export function groupSpecRoutes(
  groupTypes: BlockStorage['groupTypes'],
  typeOf: (request: ApiRequest) => Promise<GroupTypeRecord>,
  since: number,
): readonly Route[] {
  const specsOf = async (request: ApiRequest): Promise<GroupTypeRecord> => {
    requireAdmin(request.context, 'group:group_types_specs');
    return await typeOf(request);
  };
  return [
    {
      method: 'GET',
      path,
      since,
      handler: async (request) => ok({ group_specs: (await specsOf(request)).groupSpecs }),
    },
    {
      method: 'POST',
      path,
      since,
      handler: async (request) => {
        const { group_specs } = readWholeBody(request.body, { group_specs: groupSpecs }, request.minor);
        await groupTypes.setGroupSpecs(request.context, (await specsOf(request)).id, group_specs);
        return accepted({ group_specs });
      },
    },
    {
      method: 'GET',
      path: `${path}/:key`,
      since,
      handler: async (request) => {
        const [type, key] = [await specsOf(request), param(request, 'key')];
        const value = type.groupSpecs[key];
        if (value === undefined) {
          throw new BlockStorageError(
            'key-not-found',
            `Group Type ${type.id} has no extra spec with key ${key}.`,
          );
        }
        return ok({ [key]: value });
      },
    },
    {
      method: 'PUT',
      path: `${path}/:key`,
      since,
      handler: async (request) => {
        const { specs } = readObject({ specs: request.body }, null, { specs: groupSpecs }, request.minor);
        const [named, ...others] = Object.keys(specs);
        if (named !== param(request, 'key') || others.length > 0) {
          throw badRequest('Request body and URI mismatch');
        }
        await groupTypes.setGroupSpecs(request.context, (await specsOf(request)).id, specs);
        return ok(specs);
      },
    },
    {
      method: 'DELETE',
      path: `${path}/:key`,
      since,
      handler: async (request) => {
        const { id } = await specsOf(request);
        await groupTypes.deleteGroupSpec(request.context, id, param(request, 'key'));
        return accepted();
      },
    },
  ];
}
