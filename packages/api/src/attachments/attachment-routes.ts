import { type AttachmentRecord, attachmentSortKeys } from '@cinder-flasharray/store';
import { type BlockStorage, BlockStorageError } from '@cinder-flasharray/volume-manager';
import { z } from 'zod';
import { badRequest } from '../http/api-error.ts';
import { connector, readBody } from '../http/body.ts';
import { nextLink, pageRequest, projectFilter } from '../http/list-query.ts';
import { type ApiReply, type ApiRequest, ok, param, type Route } from '../http/route.ts';
import { isoTime } from '../http/view.ts';

function attachmentSummary(attachment: AttachmentRecord): Readonly<Record<string, unknown>> {
  return {
    id: attachment.id,
    status: attachment.attachStatus,
    instance: attachment.instanceUuid,
    volume_id: attachment.volumeId,
  };
}

export function attachmentView(attachment: AttachmentRecord): Readonly<Record<string, unknown>> {
  return {
    ...attachmentSummary(attachment),
    attached_at: isoTime(attachment.attachTime) ?? '',
    detached_at: isoTime(attachment.detachTime) ?? '',
    attach_mode: attachment.attachMode,
    connection_info: attachment.connectionInfo ?? {},
  };
}

export function attachmentRoutes({ attachments }: BlockStorage, maxLimit: number): readonly Route[] {
  const list = async (request: ApiRequest, view: (row: AttachmentRecord) => unknown): Promise<ApiReply> => {
    const { query } = request;
    const [volumeId, instanceUuid, attachStatus] = [
      query.get('volume_id'),
      query.get('instance_id'),
      query.get('status') ?? query.get('attach_status'),
    ];
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
        `Attachment ${query.get('marker')} could not be found.`,
      );
    }
    const last = page.rows.at(-1);
    return ok({
      attachments: page.rows.map(view),
      ...(page.more && last !== undefined ? { attachments_links: nextLink(request, last.id) } : {}),
    });
  };
  const since = 27;
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
        const asked = readBody(
          request.body,
          'attachment',
          {
            volume_uuid: z.string(),
            instance_uuid: z.string().nullable().optional(),
            connector: connector.nullable().optional(),
            mode: z.enum(['rw', 'ro'], { error: "must be 'rw' or 'ro'" }).nullable().optional(),
          },
          request.minor,
        );
        const given = asked.connector ?? null;
        const attachment = await attachments.create(request.context, {
          volumeId: asked.volume_uuid,
          instanceUuid: asked.instance_uuid ?? null,
          connector: given !== null && Object.keys(given).length === 0 ? null : given,
          mode: request.minor >= 54 ? (asked.mode ?? null) : null,
        });
        return ok({ attachment: attachmentView(attachment) });
      },
    },
    {
      method: 'GET',
      path: '/attachments/:id',
      since,
      handler: async (request) =>
        ok({ attachment: attachmentView(await attachments.get(request.context, param(request, 'id'))) }),
    },
    {
      method: 'PUT',
      path: '/attachments/:id',
      since,
      handler: async (request) => {
        const asked = readBody(request.body, 'attachment', { connector }, request.minor);
        return ok({
          attachment: attachmentView(
            await attachments.update(request.context, param(request, 'id'), asked.connector),
          ),
        });
      },
    },
    {
      method: 'DELETE',
      path: '/attachments/:id',
      since,
      handler: async (request) =>
        ok({
          attachments: (await attachments.delete(request.context, param(request, 'id'))).map(
            attachmentSummary,
          ),
        }),
    },
    {
      method: 'POST',
      path: '/attachments/:id/action',
      since: 44,
      handler: async (request) => {
        const { body } = request;
        const [name = ''] = typeof body === 'object' && body !== null ? Object.keys(body) : [];
        if (name !== 'os-complete') {
          throw badRequest(
            `There is no such action: ${name}. Verify the request body and Content-Type header and try again.`,
          );
        }
        await attachments.complete(request.context, param(request, 'id'));
        return { status: 204 };
      },
    },
  ];
}
