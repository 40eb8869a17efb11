import type { BlockStorage } from '@cinder-flasharray/block-storage';
import { z } from 'zod';
import { badRequest } from '../http/api-error.ts';
import { optionalText } from '../http/fields.ts';
import { pageRequest } from '../http/list-query.ts';
import { type ApiReply, type ApiRequest, accepted, ok, param, type Route } from '../http/route.ts';
import { cgsnapshotView } from './consistency-group-view.ts';
import { readOldBody } from './old-body.ts';
import { oldGroups } from './old-groups.ts';

const createShape = {
  consistencygroup_id: z.string().nullish(),
  name: optionalText,
  description: optionalText,
} as const;

/** `cgsnapshots`: group snapshots in the form they had before groups. */
export function cgsnapshotRoutes(blockStorage: BlockStorage, maxLimit: number): readonly Route[] {
  const { groupSnapshots } = blockStorage;
  const { groupOf, snapshotOf, allSnapshots } = oldGroups(blockStorage, maxLimit);

  /** Limit and offset only; a limit of 0 is none. */
  const list = async (request: ApiRequest, detail: boolean): Promise<ApiReply> => {
    const { limit, offset } = pageRequest(request, ['created_at'], maxLimit);
    const page = (await allSnapshots(request)).slice(offset, offset + (limit || maxLimit));
    return ok({
      cgsnapshots: page.map((snapshot) =>
        detail ? cgsnapshotView(snapshot) : { id: snapshot.id, name: snapshot.name },
      ),
    });
  };

  return [
    { method: 'GET', path: '/cgsnapshots', handler: (request) => list(request, false) },
    { method: 'GET', path: '/cgsnapshots/detail', handler: (request) => list(request, true) },
    {
      method: 'POST',
      path: '/cgsnapshots',
      handler: async (request) => {
        const asked = readOldBody(request.body, 'cgsnapshot', createShape);
        if (asked.consistencygroup_id == null) {
          throw badRequest("'consistencygroup_id' must be specified");
        }
        const group = await groupOf(request, asked.consistencygroup_id);
        const { id, name } = await groupSnapshots.create(request.context, {
          groupId: group.id,
          name: asked.name ?? null,
          description: asked.description ?? null,
        });
        return accepted({ cgsnapshot: { id, name } });
      },
    },
    {
      method: 'GET',
      path: '/cgsnapshots/:id',
      handler: async (request) =>
        ok({ cgsnapshot: cgsnapshotView(await snapshotOf(request, param(request, 'id'))) }),
    },
    {
      method: 'DELETE',
      path: '/cgsnapshots/:id',
      handler: async (request) => {
        await groupSnapshots.delete(request.context, (await snapshotOf(request, param(request, 'id'))).id);
        return accepted();
      },
    },
  ];
}
