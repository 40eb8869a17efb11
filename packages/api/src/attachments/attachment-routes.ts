import { type BlockStorage, BlockStorageError } from '@cinder-flasharray/block-storage';
import { type AttachmentRecord, attachmentSortKeys } from '@cinder-flasharray/store';
import { actionRoute } from '../http/actions.ts';
import { readBody } from '../http/body.ts';
import { attachMode, connector, optionalUuid, uuid } from '../http/fields.ts';
import {
  nextLink,
  pageRequest,
  projectFilter,
  refuseUnknownFilters,
  wantsCount,
} from '../http/list-query.ts';
import { type ApiReply, type ApiRequest, ok, param, type Route } from '../http/route.ts';
import { attachmentSummary, attachmentView } from './attachment-view.ts';

/** First microversions of the resource, of `os-complete`, and of `mode`. */
const since = 27;
const completeSince = 44;
const modeSince = 54;

const createShape = {
  volume_uuid: uuid,
  instance_uuid: optionalUuid,
  connector: connector.nullish(),
} as const;
/** `attachments` and `os-complete`. */
export function attachmentRoutes({ attachments }: BlockStorage, maxLimit: number): readonly Route[] {
  const list = async (request: ApiRequest, view: (row: AttachmentRecord) => unknown): Promise<ApiReply> => {
    const { query } = request;
    refuseUnknownFilters(request, ['volume_id', 'instance_id', 'instance_uuid', 'status', 'attach_status']);
    const volumeId = query.get('volume_id');
    const instanceUuid = query.get('instance_id') ?? query.get('instance_uuid');
    const attachStatus = query.get('status') ?? query.get('attach_status');
    const page = await attachments.list(
      request.context,
      {
        projectId: projectFilter(request),
        ...(volumeId === null ? {} : { volumeId }),
        ...(instanceUuid === null ? {} : { instanceUuid }),
        ...(attachStatus === null ? {} : { attachStatus }),
      },
      pageRequest(request, attachmentSortKeys, maxLimit),
    );
    if (page.kind === 'unknown-marker') {
      throw new BlockStorageError(
        'marker-not-found',
        `Volume attachment could not be found with filter: attachment_id = ${query.get('marker')}.`,
      );
    }
    const last = page.rows.at(-1);
    return ok({
      attachments: page.rows.map(view),
      ...(page.more && last !== undefined ? { attachments_links: nextLink(request, last.id) } : {}),
      ...(wantsCount(request) ? { count: page.count } : {}),
    });
  };
  return [
    { method: 'GET', path: '/attachments', since, handler: (request) => list(request, attachmentSummary) },
    {
      method: 'GET',
      path: '/attachments/detail',
      since,
      handler: (request) => list(request, attachmentView),
    },
    {
      method: 'POST',
      path: '/attachments',
      since,
      handler: async (request) => {
        const { minor, body } = request;
        const asked =
          minor >= modeSince
            ? readBody(body, 'attachment', { ...createShape, mode: attachMode.nullish() }, minor)
            : { ...readBody(body, 'attachment', createShape, minor), mode: null };
        const given = asked.connector ?? {};
        const attachment = await attachments.create(request.context, {
          volumeId: asked.volume_uuid,
          instanceUuid: asked.instance_uuid ?? null,
          connector: Object.keys(given).length === 0 ? null : given,
          mode: asked.mode ?? null,
        });
        return ok({ attachment: attachmentView(attachment) });
      },
    },
    {
      method: 'GET',
      path: '/attachments/:id',
      since,
      handler: async (request) => {
        const attachment = await attachments.get(request.context, param(request, 'id'));
        return ok({ attachment: attachmentView(attachment) });
      },
    },
    {
      method: 'PUT',
      path: '/attachments/:id',
      since,
      handler: async (request) => {
        const asked = readBody(request.body, 'attachment', { connector }, request.minor);
        const attachment = await attachments.update(request.context, param(request, 'id'), asked.connector);
        return ok({ attachment: attachmentView(attachment) });
      },
    },
    {
      method: 'DELETE',
      path: '/attachments/:id',
      since,
      handler: async (request) => {
        const left = await attachments.delete(request.context, param(request, 'id'));
        return ok({ attachments: left.map(attachmentSummary) });
      },
    },
    actionRoute(
      'attachments',
      {
        'os-complete': {
          run: async ({ context }, id) => {
            await attachments.complete(context, id);
            return { status: 204 };
          },
        },
      },
      completeSince,
    ),
  ];
}
