import { type BlockStorage, BlockStorageError } from '@cinder-flasharray/block-storage';
import { type VolumeRecord, volumeSortKeys } from '@cinder-flasharray/store';
import { consistencyGroupsAmong } from '../groups/consistency-group-type.ts';
import { flag, nextLink, pageRequest, refuseUnknownFilters, wantsCount } from '../http/list-query.ts';
import { metadataRoutes } from '../http/metadata-routes.ts';
import { type ApiReply, type ApiRequest, accepted, ok, param, type Route } from '../http/route.ts';
import { typeNames } from './type-names.ts';
import { createRequestOf, detailChangeOf } from './volume-body.ts';
import { volumeFilterOf, volumeFilters } from './volume-filter.ts';
import { volumesInNumbers } from './volume-summary.ts';
import { volumeSummary, volumeView } from './volume-view.ts';

/** `volumes`, all but their actions. */
export function volumeRoutes(blockStorage: BlockStorage, maxLimit: number): readonly Route[] {
  const { volumes } = blockStorage;

  const show = async (
    request: ApiRequest,
    volume: VolumeRecord,
    full: boolean,
  ): Promise<Readonly<Record<string, unknown>>> => {
    const typeName = (await typeNames(blockStorage, request.context)).get(volume.volumeTypeId) ?? null;
    const consistencyGroups = await consistencyGroupsAmong(blockStorage, request.context, [volume.groupId]);
    return { volume: volumeView(request, volume, typeName, { full, consistencyGroups }) };
  };

  const list = async (request: ApiRequest, detail: boolean): Promise<ApiReply> => {
    refuseUnknownFilters(request, volumeFilters);
    const page = await volumes.list(
      request.context,
      await volumeFilterOf(request, blockStorage),
      pageRequest(request, volumeSortKeys, maxLimit),
    );
    if (page.kind === 'unknown-marker') {
      throw new BlockStorageError(
        'marker-not-found',
        `Volume ${request.query.get('marker')} could not be found.`,
      );
    }
    const names = detail ? await typeNames(blockStorage, request.context) : new Map<string, string>();
    const groupIds = detail ? page.rows.map(({ groupId }) => groupId) : [];
    const consistencyGroups = await consistencyGroupsAmong(blockStorage, request.context, groupIds);
    const last = page.rows.at(-1);
    return ok({
      volumes: page.rows.map((volume) =>
        detail
          ? volumeView(request, volume, names.get(volume.volumeTypeId) ?? null, {
              full: true,
              consistencyGroups,
            })
          : volumeSummary(request, volume),
      ),
      ...(page.more && last !== undefined ? { volumes_links: nextLink(request, last.id) } : {}),
      ...(wantsCount(request) ? { count: page.count } : {}),
    });
  };

  return [
    { method: 'GET', path: '/volumes', handler: (request) => list(request, false) },
    { method: 'GET', path: '/volumes/detail', handler: (request) => list(request, true) },
    {
      method: 'GET',
      path: '/volumes/summary',
      since: 12,
      handler: async (request) =>
        ok({ 'volume-summary': await volumesInNumbers(request, blockStorage, maxLimit) }),
    },
    {
      method: 'POST',
      path: '/volumes',
      handler: async (request) => {
        const asked = createRequestOf(request.body, request.minor);
        return accepted(await show(request, await volumes.create(request.context, asked), false));
      },
    },
    {
      method: 'GET',
      path: '/volumes/:id',
      handler: async (request) =>
        ok(await show(request, await volumes.get(request.context, param(request, 'id')), true)),
    },
    {
      method: 'PUT',
      path: '/volumes/:id',
      handler: async (request) => {
        const change = detailChangeOf(request.body, request.minor);
        const volume = await volumes.update(request.context, param(request, 'id'), change);
        return ok(await show(request, volume, false));
      },
    },
    {
      method: 'DELETE',
      path: '/volumes/:id',
      handler: async (request) => {
        await volumes.delete(request.context, param(request, 'id'), {
          cascade: flag(request.query, 'cascade'),
          force: request.minor >= 23 && flag(request.query, 'force'),
        });
        return accepted();
      },
    },
    {
      method: 'GET',
      path: '/volumes/:id/encryption',
      handler: async (request) => {
        const { encryptionKeyId } = await volumes.get(request.context, param(request, 'id'));
        return ok({ encryption_key_id: encryptionKeyId });
      },
    },
    ...metadataRoutes('volumes', 'Volume', volumes),
  ];
}
