import type { Metadata, VolumeTypeRecord } from '@cinder-flasharray/store';
import { type BlockStorage, BlockStorageError, type RequestContext } from '@cinder-flasharray/volume-manager';
import { z } from 'zod';
import { badRequest } from '../http/api-error.ts';
import { looseBoolean, metadata, optionalText, readBody } from '../http/body.ts';
import { type ApiRequest, accepted, ok, param, type Route } from '../http/route.ts';

function typeView(type: VolumeTypeRecord, { isAdmin }: RequestContext): Readonly<Record<string, unknown>> {
  return {
    id: type.id,
    name: type.name,
    is_public: type.isPublic,
    description: type.description,
    ...(isAdmin ? { extra_specs: type.extraSpecs, qos_specs_id: type.qosSpecsId } : {}),
    'os-volume-type-access:is_public': type.isPublic,
  };
}

export function volumeTypeRoutes({ volumeTypes }: BlockStorage): readonly Route[] {
  const show = (request: ApiRequest, type: VolumeTypeRecord) =>
    ok({ volume_type: typeView(type, request.context) });
  return [
    {
      method: 'GET',
      path: '/types',
      handler: async (request) => {
        const asked = request.query.get('is_public')?.toLowerCase();
        const types = (await volumeTypes.list(request.context)).filter(
          ({ isPublic }) =>
            asked === undefined || asked === 'none' || isPublic === (asked === 'true' || asked === '1'),
        );
        return ok({ volume_types: types.map((type) => typeView(type, request.context)) });
      },
    },
    {
      method: 'POST',
      path: '/types',
      handler: async (request) => {
        const asked = readBody(
          request.body,
          'volume_type',
          {
            name: z.string(),
            description: optionalText,
            extra_specs: metadata.nullable().optional(),
            'os-volume-type-access:is_public': looseBoolean.optional(),
            is_public: looseBoolean.optional(),
          },
          request.minor,
        );
        const type = await volumeTypes.create(request.context, {
          name: asked.name.trim(),
          description: asked.description ?? null,
          isPublic: asked['os-volume-type-access:is_public'] ?? asked.is_public ?? true,
          extraSpecs: asked.extra_specs ?? {},
        });
        return show(request, type);
      },
    },
    {
      method: 'GET',
      path: '/types/default',
      handler: async (request) => show(request, await volumeTypes.getDefault(request.context)),
    },
    {
      method: 'GET',
      path: '/types/:id',
      handler: async (request) => {
        const id = param(request, 'id');
        const type = await volumeTypes.get(request.context, id);
        if (type.id !== id) {
          throw new BlockStorageError('volume-type-not-found', `Volume type ${id} could not be found.`);
        }
        return show(request, type);
      },
    },
    {
      method: 'PUT',
      path: '/types/:id',
      handler: async (request) => {
        const asked = readBody(
          request.body,
          'volume_type',
          {
            name: z.string().nullable().optional(),
            description: optionalText,
            is_public: looseBoolean.nullable().optional(),
          },
          request.minor,
        );
        if (asked.name == null && asked.description === undefined && asked.is_public == null) {
          throw badRequest('Specify volume type name, description, is_public or a combination thereof.');
        }
        const type = await volumeTypes.update(request.context, param(request, 'id'), {
          ...(asked.name == null ? {} : { name: asked.name.trim() }),
          ...(asked.description === undefined ? {} : { description: asked.description }),
          ...(asked.is_public == null ? {} : { isPublic: asked.is_public }),
        });
        return show(request, type);
      },
    },
    {
      method: 'DELETE',
      path: '/types/:id',
      handler: async (request) => {
        await volumeTypes.delete(request.context, param(request, 'id'));
        return accepted();
      },
    },
    {
      method: 'GET',
      path: '/types/:id/encryption',
      handler: async (request) => {
        await volumeTypes.get(request.context, param(request, 'id'));
        return ok({});
      },
    },
    ...extraSpecRoutes(volumeTypes),
    ...accessRoutes(volumeTypes),
  ];
}

function extraSpecRoutes(volumeTypes: BlockStorage['volumeTypes']): readonly Route[] {
  const specs = async (request: ApiRequest): Promise<Metadata> =>
    (await volumeTypes.get(request.context, param(request, 'id'))).extraSpecs;
  return [
    {
      method: 'GET',
      path: '/types/:id/extra_specs',
      handler: async (request) => ok({ extra_specs: await specs(request) }),
    },
    {
      method: 'POST',
      path: '/types/:id/extra_specs',
      handler: async (request) => {
        const { extra_specs } = readBody({ body: request.body }, 'body', { extra_specs: metadata }, 0);
        await volumeTypes.setExtraSpecs(request.context, param(request, 'id'), extra_specs);
        return ok({ extra_specs });
      },
    },
    {
      method: 'GET',
      path: '/types/:id/extra_specs/:key',
      handler: async (request) => {
        const key = param(request, 'key');
        const value = (await specs(request))[key];
        if (value === undefined) {
          throw new BlockStorageError(
            'key-not-found',
            `Volume Type ${param(request, 'id')} has no extra specs with key ${key}.`,
          );
        }
        return ok({ [key]: value });
      },
    },
    {
      method: 'PUT',
      path: '/types/:id/extra_specs/:key',
      handler: async (request) => {
        const asked = readBody({ body: { specs: request.body } }, 'body', { specs: metadata }, 0).specs;
        const key = param(request, 'key');
        if (Object.keys(asked).length !== 1 || !(key in asked)) {
          throw badRequest('Request body and URI mismatch');
        }
        await volumeTypes.setExtraSpecs(request.context, param(request, 'id'), asked);
        return ok(asked);
      },
    },
    {
      method: 'DELETE',
      path: '/types/:id/extra_specs/:key',
      handler: async (request) => {
        await volumeTypes.deleteExtraSpec(request.context, param(request, 'id'), param(request, 'key'));
        return accepted();
      },
    },
  ];
}

function accessRoutes(volumeTypes: BlockStorage['volumeTypes']): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/types/:id/os-volume-type-access',
      handler: async (request) => {
        const id = param(request, 'id');
        const projects = await volumeTypes.accessList(request.context, id);
        return ok({
          volume_type_access: projects.map((project) => ({ volume_type_id: id, project_id: project })),
        });
      },
    },
    {
      method: 'POST',
      path: '/types/:id/action',
      handler: async (request) => {
        const { body, context } = request;
        const [name = ''] = typeof body === 'object' && body !== null ? Object.keys(body) : [];
        const id = param(request, 'id');
        if (name === 'addProjectAccess') {
          await volumeTypes.addAccess(context, id, readBody(body, name, { project: z.string() }, 0).project);
          return accepted();
        }
        if (name === 'removeProjectAccess') {
          await volumeTypes.removeAccess(
            context,
            id,
            readBody(body, name, { project: z.string() }, 0).project,
          );
          return accepted();
        }
        throw badRequest(
          `There is no such action: ${name}. Verify the request body and Content-Type header and try again.`,
        );
      },
    },
  ];
}
