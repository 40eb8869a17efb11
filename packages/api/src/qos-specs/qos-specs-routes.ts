import type { BlockStorage } from '@cinder-flasharray/block-storage';
import type { QosSpecsRecord } from '@cinder-flasharray/store';
import { badRequest } from '../http/api-error.ts';
import { inPages } from '../http/in-pages.ts';
import { flag } from '../http/list-query.ts';
import { type ApiRequest, accepted, ok, param, type Route } from '../http/route.ts';
import { changedQosSpecsOf, deletedKeysOf, newQosSpecsOf } from './qos-specs-body.ts';
import { qosSpecsCore, qosSpecsView } from './qos-specs-view.ts';

/** What a list can be filtered by, and the value each specs have. */
const filters: Readonly<Record<string, (specs: QosSpecsRecord) => string>> = {
  id: ({ id }) => id,
  name: ({ name }) => name,
  consumer: ({ consumer }) => consumer,
};

const path = '/qos-specs/:id';

/** `qos-specs` and the types they are associated with: administrators only. */
export function qosSpecsRoutes({ qosSpecs }: BlockStorage, maxLimit: number): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/qos-specs',
      handler: async (request) => {
        const wanted = Object.entries(filters).filter(([name]) => request.query.has(name));
        const listed = (await qosSpecs.list(request.context)).filter((specs) =>
          wanted.every(([name, fieldOf]) => fieldOf(specs) === request.query.get(name)),
        );
        return ok(
          inPages(request, 'qos_specs', listed, maxLimit, {
            links: 'qos_specs_links',
            marker: (id) => `No such QoS spec ${id}.`,
            view: qosSpecsCore,
          }),
        );
      },
    },
    {
      method: 'POST',
      path: '/qos-specs',
      handler: async (request) => {
        const { name, consumer, specs } = newQosSpecsOf(request.body, request.minor);
        const made = await qosSpecs.create(request.context, {
          name,
          consumer: consumer ?? 'back-end',
          specs,
        });
        return ok(qosSpecsView(request, made));
      },
    },
    {
      method: 'GET',
      path,
      handler: async (request) =>
        ok(qosSpecsView(request, await qosSpecs.get(request.context, param(request, 'id')))),
    },
    {
      method: 'PUT',
      path,
      handler: async (request) => {
        const { consumer, specs, shown } = changedQosSpecsOf(request.body, request.minor);
        await qosSpecs.update(request.context, param(request, 'id'), {
          ...(consumer === null ? {} : { consumer }),
          specs,
        });
        return ok({ qos_specs: shown });
      },
    },
    {
      method: 'DELETE',
      path,
      handler: async (request) => {
        const force = flag(request.query, 'force');
        await qosSpecs.delete(request.context, param(request, 'id'), { force });
        return accepted();
      },
    },
    {
      method: 'PUT',
      path: `${path}/delete_keys`,
      handler: async (request) => {
        const keys = deletedKeysOf(request.body, request.minor);
        await qosSpecs.deleteKeys(request.context, param(request, 'id'), keys);
        return accepted();
      },
    },
    {
      method: 'GET',
      path: `${path}/associations`,
      handler: async (request) => {
        const types = await qosSpecs.associations(request.context, param(request, 'id'));
        return ok({
          qos_associations: types.map(({ id, name }) => ({ association_type: 'volume_type', name, id })),
        });
      },
    },
    {
      method: 'GET',
      path: `${path}/associate`,
      handler: async (request) => {
        await qosSpecs.associate(request.context, param(request, 'id'), typeIdOf(request));
        return accepted();
      },
    },
    {
      method: 'GET',
      path: `${path}/disassociate`,
      handler: async (request) => {
        await qosSpecs.disassociate(request.context, param(request, 'id'), typeIdOf(request));
        return accepted();
      },
    },
    {
      method: 'GET',
      path: `${path}/disassociate_all`,
      handler: async (request) => {
        await qosSpecs.disassociateAll(request.context, param(request, 'id'));
        return accepted();
      },
    },
  ];
}

function typeIdOf({ query }: ApiRequest): string {
  const id = query.get('vol_type_id') ?? '';
  if (id === '') {
    throw badRequest('Volume Type id must not be None.');
  }
  return id;
}
