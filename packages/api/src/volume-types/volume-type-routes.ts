import { type BlockStorage, BlockStorageError } from '@cinder-flasharray/block-storage';
import type { VolumeTypeRecord } from '@cinder-flasharray/store';
import { badRequest } from '../http/api-error.ts';
import { readBody } from '../http/body.ts';
import { looseBoolean, metadata, name, optionalText, text } from '../http/fields.ts';
import { inPages } from '../http/in-pages.ts';
import { publicFilter } from '../http/public-filter.ts';
import { type ApiRequest, accepted, ok, param, type Route } from '../http/route.ts';
import { accessRoutes } from './access-routes.ts';
import { extraSpecRoutes } from './extra-spec-routes.ts';
import { changedVolumeTypeView, volumeTypeCore, volumeTypeView } from './volume-type-view.ts';

const createShape = {
  name,
  description: optionalText,
  extra_specs: metadata.nullish(),
  'os-volume-type-access:is_public': looseBoolean.optional(),
} as const;

const updateShape = {
  name: text.nullish(),
  description: optionalText,
  is_public: looseBoolean.optional(),
} as const;

/** `types`, their extra specs and their access. */
export function volumeTypeRoutes({ volumeTypes }: BlockStorage, maxLimit: number): readonly Route[] {
  /** The type of the path: by id only, as Cinder finds it there. */
  const typeOf = async (request: ApiRequest): Promise<VolumeTypeRecord> => {
    const id = param(request, 'id');
    const type = await volumeTypes.get(request.context, id);
    if (type.id !== id) {
      throw new BlockStorageError('volume-type-not-found', `Volume type ${id} could not be found.`);
    }
    return type;
  };
  return [
    {
      method: 'GET',
      path: '/types',
      handler: async (request) => {
        const wanted = publicFilter(request);
        const types = (await volumeTypes.list(request.context)).filter(
          ({ isPublic }) => wanted === null || isPublic === wanted,
        );
        return ok(
          inPages(request, 'volume_types', types, maxLimit, {
            links: 'volume_type_links',
            marker: (id) => `Volume type ${id} could not be found.`,
            view: (type) => volumeTypeView(type, request.context),
          }),
        );
      },
    },
    {
      method: 'POST',
      path: '/types',
      handler: async (request) => {
        const asked = readBody(request.body, 'volume_type', createShape, request.minor);
        const type = await volumeTypes.create(request.context, {
          name: asked.name,
          description: asked.description ?? null,
          isPublic: asked['os-volume-type-access:is_public'] ?? true,
          extraSpecs: asked.extra_specs ?? {},
        });
        return ok({ volume_type: changedVolumeTypeView(type) });
      },
    },
    {
      method: 'GET',
      path: '/types/default',
      handler: async ({ context }) =>
        ok({ volume_type: volumeTypeCore(await volumeTypes.getDefault(context), context) }),
    },
    {
      method: 'GET',
      path: '/types/:id',
      handler: async (request) => ok({ volume_type: volumeTypeView(await typeOf(request), request.context) }),
    },
    {
      method: 'PUT',
      path: '/types/:id',
      handler: async (request) => {
        const asked = readBody(request.body, 'volume_type', updateShape, request.minor);
        if (asked.name == null && asked.description == null && asked.is_public === undefined) {
          throw badRequest('Specify volume type name, description, is_public or a combination thereof.');
        }
        if (asked.name?.trim() === '') {
          throw badRequest('Volume type name can not be empty.');
        }
        const { id } = await typeOf(request);
        const type = await volumeTypes.update(request.context, id, {
          ...(asked.name == null ? {} : { name: asked.name.trim() }),
          ...(asked.description === undefined ? {} : { description: asked.description }),
          ...(asked.is_public === undefined ? {} : { isPublic: asked.is_public }),
        });
        return ok({ volume_type: changedVolumeTypeView(type) });
      },
    },
    {
      method: 'DELETE',
      path: '/types/:id',
      handler: async (request) => {
        await volumeTypes.delete(request.context, (await typeOf(request)).id);
        return accepted();
      },
    },
    // No type of this service encrypts.
    {
      method: 'GET',
      path: '/types/:id/encryption',
      handler: async (request) => {
        await typeOf(request);
        return ok({});
      },
    },
    ...extraSpecRoutes(volumeTypes, typeOf),
    ...accessRoutes(volumeTypes),
  ];
}
