import { type BlockStorage, BlockStorageError } from '@cinder-flasharray/block-storage';
import type { GroupTypeRecord } from '@cinder-flasharray/store';
import { badRequest } from '../http/api-error.ts';
import { readBody } from '../http/body.ts';
import { looseBoolean, metadata, name, optionalText, text } from '../http/fields.ts';
import { inPages } from '../http/in-pages.ts';
import { publicFilter } from '../http/public-filter.ts';
import { type ApiRequest, accepted, ok, param, type Route } from '../http/route.ts';
import { groupSpecRoutes } from './group-spec-routes.ts';
import { groupTypeView } from './group-type-view.ts';

/** First microversion of group types and their specs. */
const since = 11;

const createShape = {
  name,
  description: optionalText,
  is_public: looseBoolean.optional(),
  group_specs: metadata.nullish(),
} as const;

const updateShape = {
  name: text.nullish(),
  description: optionalText,
  is_public: looseBoolean.optional(),
} as const;

const notFound = (id: string): string => `Group type ${id} could not be found.`;

/** `group_types` and their specs. */
export function groupTypeRoutes({ groupTypes }: BlockStorage, maxLimit: number): readonly Route[] {
  /** The type of the path: by id only, as Cinder finds it there. */
  const typeOf = async (request: ApiRequest): Promise<GroupTypeRecord> => {
    const id = param(request, 'id');
    const type = await groupTypes.get(request.context, id);
    if (type.id !== id) {
      throw new BlockStorageError('group-type-not-found', notFound(id));
    }
    return type;
  };
  const show = (type: GroupTypeRecord, { context }: ApiRequest): Readonly<Record<string, unknown>> => ({
    group_type: groupTypeView(type, context),
  });
  return [
    {
      method: 'GET',
      path: '/group_types',
      since,
      handler: async (request) => {
        const wanted = publicFilter(request);
        const types = (await groupTypes.list(request.context)).filter(
          ({ isPublic }) => wanted === null || isPublic === wanted,
        );
        return ok(
          inPages(request, 'group_types', types, maxLimit, {
            links: 'group_type_links',
            marker: notFound,
            view: (type) => groupTypeView(type, request.context),
          }),
        );
      },
    },
    {
      method: 'POST',
      path: '/group_types',
      since,
      handler: async (request) => {
        const asked = readBody(request.body, 'group_type', createShape, request.minor);
        const type = await groupTypes.create(request.context, {
          name: asked.name,
          description: asked.description ?? null,
          isPublic: asked.is_public ?? true,
        });
        const specs = asked.group_specs ?? {};
        const groupSpecs =
          Object.keys(specs).length === 0
            ? type.groupSpecs
            : await groupTypes.setGroupSpecs(request.context, type.id, specs);
        return accepted(show({ ...type, groupSpecs }, request));
      },
    },
    {
      method: 'GET',
      path: '/group_types/default',
      since,
      handler: async (request) => ok(show(await groupTypes.getDefault(request.context), request)),
    },
    {
      method: 'GET',
      path: '/group_types/:id',
      since,
      handler: async (request) => ok(show(await typeOf(request), request)),
    },
    {
      method: 'PUT',
      path: '/group_types/:id',
      since,
      handler: async (request) => {
        const asked = readBody(request.body, 'group_type', updateShape, request.minor);
        if (asked.name == null && asked.description == null && asked.is_public === undefined) {
          throw badRequest('Specify group type name, description or a combination thereof.');
        }
        if (asked.name?.trim() === '') {
          throw badRequest('Group type name can not be empty.');
        }
        const { id } = await typeOf(request);
        const type = await groupTypes.update(request.context, id, {
          ...(asked.name == null ? {} : { name: asked.name.trim() }),
          ...(asked.description == null ? {} : { description: asked.description }),
          ...(asked.is_public === undefined ? {} : { isPublic: asked.is_public }),
        });
        return ok(show(type, request));
      },
    },
    {
      method: 'DELETE',
      path: '/group_types/:id',
      since,
      handler: async (request) => {
        await groupTypes.delete(request.context, (await typeOf(request)).id);
        return accepted();
      },
    },
    ...groupSpecRoutes(groupTypes, typeOf, since),
  ];
}
