import type { ApiServer } from '@cinder-flasharray/api';
import {
  type BlockStorage,
  BlockStorageError,
  type BlockStorageErrorCode,
} from '@cinder-flasharray/block-storage';
import { z } from 'zod';
import { context } from './clients.ts';
import { ProcessDeath } from './service-process.ts';
import type { EventOwner } from './virtual-time.ts';

/** The one key of an error body, by status: what python-cinderclient looks for. */
const faultNames: Readonly<Record<number, string>> = {
  400: 'badRequest',
  404: 'itemNotFound',
  409: 'conflictingRequest',
  413: 'overLimit',
  500: 'computeFault',
  503: 'serviceUnavailable',
};
const fault = z.object({ code: z.int(), message: z.string().min(1) });
/** What Cinder says when it does not know what happened: never a declared answer. */
const unexpected = 'The server has either erred or is incapable of performing the requested operation.';
const madeVolume = z.object({ volume: z.object({ id: z.string(), status: z.string() }) });
const madeSnapshot = z.object({ snapshot: z.object({ id: z.string(), status: z.string() }) });
const madeAttachment = z.object({ attachment: z.object({ id: z.string() }) });
const connected = z.object({ attachment: z.object({ connection_info: z.record(z.string(), z.unknown()) }) });
const connection = z.object({ connection_info: z.object({ data: z.record(z.string(), z.json()) }) });

interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** After the project. */
  readonly path: string;
  readonly body?: object;
  /** The one status that says that it is done, or will be. */
  readonly expected: number;
  /** What is not found when the answer is 404. */
  readonly missing: BlockStorageErrorCode;
}

/**
 * The service as an HTTP client sees it, for what compute services and users ask most; the rest goes past the routes.
 * An answer that the API does not declare is an error of its own kind.
 */
export function throughApi(service: BlockStorage, api: ApiServer, owner: EventOwner): BlockStorage {
  const send = async ({ method, path, body, expected, missing }: Call): Promise<unknown> => {
    const answer = await api.inject({
      method,
      url: `/v3/${context.projectId}/${path}`,
      headers: {
        'x-auth-token': `${context.userId}:${context.projectId}`,
        'openstack-api-version': 'volume 3.70',
      },
      ...(body === undefined ? {} : { payload: body }),
    });
    if (!owner.isAlive) {
      throw new ProcessDeath('the process died before it had answered');
    }
    const { statusCode: status, payload } = answer;
    const json: unknown = payload === '' ? null : JSON.parse(payload);
    if (status === expected) {
      return json;
    }
    const name = faultNames[status];
    const shape = name === undefined ? null : z.strictObject({ [name]: fault }).safeParse(json);
    const told = name === undefined || shape?.success !== true ? undefined : shape.data[name];
    if (told === undefined || told.code !== status || told.message === unexpected) {
      throw new Error(`${method} ${path} was answered with ${status} ${payload.slice(0, 200)}`);
    }
    throw new BlockStorageError(codeOf(status, missing), told.message);
  };
  const volume = 'volume-not-found';
  const act = (id: string, action: object, expected = 202): Promise<unknown> =>
    send({ method: 'POST', path: `volumes/${id}/action`, body: action, expected, missing: volume });
  return {
    ...service,
    volumes: {
      ...service.volumes,
      get: async (as, id) => {
        await send({ method: 'GET', path: `volumes/${id}`, expected: 200, missing: volume });
        return await service.volumes.get(as, id);
      },
      create: async (as, asked) => {
        const given = {
          size: asked.size,
          volume_type: asked.volumeType,
          snapshot_id: asked.snapshotId,
          source_volid: asked.sourceVolid,
          group_id: asked.groupId,
        };
        const stated = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));
        const body = { volume: stated };
        const made = await send({ method: 'POST', path: 'volumes', body, expected: 202, missing: volume });
        return await service.volumes.get(as, madeVolume.parse(made).volume.id);
      },
      delete: async (_as, id, { cascade, force }) => {
        await (force
          ? act(id, { 'os-force_delete': null })
          : send({
              method: 'DELETE',
              path: `volumes/${id}?cascade=${cascade}`,
              expected: 202,
              missing: volume,
            }));
      },
      extend: async (_as, id, newSize) => {
        await act(id, { 'os-extend': { new_size: newSize } });
      },
      retype: async (_as, id, { newType, migrationPolicy }) => {
        await act(id, { 'os-retype': { new_type: newType, migration_policy: migrationPolicy } });
      },
      revert: async (_as, id, snapshotId) => {
        await act(id, { revert: { snapshot_id: snapshotId } });
      },
      reserve: async (_as, id) => {
        await act(id, { 'os-reserve': null });
      },
      beginDetaching: async (_as, id) => {
        await act(id, { 'os-begin_detaching': null });
      },
      initializeConnection: async (_as, id, connector) => {
        const answer = await act(id, { 'os-initialize_connection': { connector } }, 200);
        return connection.parse(answer).connection_info.data;
      },
      terminateConnection: async (_as, id, connector) => {
        await act(id, { 'os-terminate_connection': { connector } });
      },
    },
    snapshots: {
      ...service.snapshots,
      create: async (as, { volumeId, force }) => {
        const body = { snapshot: { volume_id: volumeId, ...(force ? { force } : {}) } };
        const made = await send({ method: 'POST', path: 'snapshots', body, expected: 202, missing: volume });
        return await service.snapshots.get(as, madeSnapshot.parse(made).snapshot.id);
      },
      delete: async (_as, id) => {
        const missing = 'snapshot-not-found';
        await send({ method: 'DELETE', path: `snapshots/${id}`, expected: 202, missing });
      },
    },
    attachments: {
      ...service.attachments,
      create: async (as, { volumeId, instanceUuid, connector }) => {
        const body = { attachment: { volume_uuid: volumeId, instance_uuid: instanceUuid, connector } };
        const made = await send({
          method: 'POST',
          path: 'attachments',
          body,
          expected: 200,
          missing: volume,
        });
        return await service.attachments.get(as, madeAttachment.parse(made).attachment.id);
      },
      update: async (as, id, connector) => {
        const body = { attachment: { connector } };
        const missing = 'attachment-not-found';
        connected.parse(
          await send({ method: 'PUT', path: `attachments/${id}`, body, expected: 200, missing }),
        );
        return await service.attachments.get(as, id);
      },
      complete: async (_as, id) => {
        const body = { 'os-complete': null };
        const missing = 'attachment-not-found';
        await send({ method: 'POST', path: `attachments/${id}/action`, body, expected: 204, missing });
      },
      delete: async (_as, id) => {
        const missing = 'attachment-not-found';
        await send({ method: 'DELETE', path: `attachments/${id}`, expected: 200, missing });
        return [];
      },
    },
  };
}

function codeOf(status: number, missing: BlockStorageErrorCode): BlockStorageErrorCode {
  switch (status) {
    case 404:
      return missing;
    case 409:
      return 'conflict';
    case 413:
      return 'over-quota';
    case 500:
      return 'backend-failure';
    case 503:
      return 'stopping';
    default:
      return 'invalid-input';
  }
}
