import { type BlockStorage, BlockStorageError } from '@cinder-flasharray/block-storage';
import type { VolumeTypeRecord } from '@cinder-flasharray/store';
import { badRequest } from '../http/api-error.ts';
import { readObject, readWholeBody } from '../http/body.ts';
import { metadata } from '../http/fields.ts';
import { type ApiRequest, accepted, ok, param, type Route } from '../http/route.ts';
import { shownExtraSpecs } from './volume-type-view.ts';

const path = '/types/:id/extra_specs';

/** `types/{id}/extra_specs` and its keys. */
export function extraSpecRoutes(
  volumeTypes: BlockStorage['volumeTypes'],
  typeOf: (request: ApiRequest) => Promise<VolumeTypeRecord>,
): readonly Route[] {
  return [
    {
      method: 'GET',
      path,
      handler: async (request) =>
        ok({ extra_specs: shownExtraSpecs(await typeOf(request), request.context) }),
    },
    {
      method: 'POST',
      path,
      handler: async (request) => {
        const { extra_specs } = readWholeBody(request.body, { extra_specs: metadata }, request.minor);
        await volumeTypes.setExtraSpecs(request.context, (await typeOf(request)).id, extra_specs);
        return ok({ extra_specs });
      },
    },
    {
      method: 'GET',
      path: `${path}/:key`,
      handler: async (request) => {
        const [type, key] = [await typeOf(request), param(request, 'key')];
        const value = shownExtraSpecs(type, request.context)[key];
        if (value === undefined) {
          throw new BlockStorageError(
            'key-not-found',
            `Volume Type ${type.id} has no extra specs with key ${key}.`,
          );
        }
        return ok({ [key]: value });
      },
    },
    {
      method: 'PUT',
      path: `${path}/:key`,
      handler: async (request) => {
        const key = param(request, 'key');
        const { specs } = readObject({ specs: request.body }, null, { specs: metadata }, request.minor);
        const [named, ...others] = Object.keys(specs);
        if (named !== key || others.length > 0) {
          throw badRequest('Request body and URI mismatch');
        }
        await volumeTypes.setExtraSpecs(request.context, (await typeOf(request)).id, specs);
        return ok(specs);
      },
    },
    {
      method: 'DELETE',
      path: `${path}/:key`,
      handler: async (request) => {
        const { id } = await typeOf(request);
        await volumeTypes.deleteExtraSpec(request.context, id, param(request, 'key'));
        return accepted();
      },
    },
  ];
}
