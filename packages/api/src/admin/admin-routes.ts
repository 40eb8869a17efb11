import type { ServiceRecord } from '@cinder-flasharray/store';
import type { BlockStorage, ServiceView } from '@cinder-flasharray/volume-manager';
import { z } from 'zod';
import { readObject } from '../http/body.ts';
import { type ApiRequest, ok, param, type Route } from '../http/route.ts';
import { isoTime } from '../http/view.ts';

/** Services, pools, zones, limits, quotas, messages: what operators and clients ask about the service itself. */
export function adminRoutes(blockStorage: BlockStorage): readonly Route[] {
  return [
    ...serviceRoutes(blockStorage),
    ...quotaRoutes(blockStorage),
    ...messageRoutes(blockStorage),
    {
      method: 'GET',
      path: '/scheduler-stats/get_pools',
      handler: async (request) => {
        const detail = request.query.get('detail')?.toLowerCase() === 'true';
        const pools = await blockStorage.pools(request.context);
        return ok({
          pools: pools.map(({ name, capabilities }) => (detail ? { name, capabilities } : { name })),
        });
      },
    },
    {
      method: 'GET',
      path: '/os-availability-zone',
      handler: async (request) => {
        const zones = await blockStorage.availabilityZones(request.context);
        return ok({
          availabilityZoneInfo: zones.map(({ name, available }) => ({
            zoneName: name,
            zoneState: { available },
          })),
        });
      },
    },
    { method: 'GET', path: '/extensions', handler: async () => ok({ extensions: [] }) },
  ];
}

function serviceView(
  { service, state, backendState }: ServiceView,
  minor: number,
): Readonly<Record<string, unknown>> {
  return {
    binary: service.binary,
    host: service.host,
    zone: service.availabilityZone,
    status: service.disabled ? 'disabled' : 'enabled',
    state,
    updated_at: isoTime(service.updatedAt ?? service.createdAt),
    ...(minor >= 49 && backendState !== null ? { backend_state: backendState } : {}),
    ...(minor >= 7 ? { cluster: service.clusterName } : {}),
    disabled_reason: service.disabledReason,
    ...(service.binary === 'cinder-volume'
      ? {
          replication_status: service.replicationStatus,
          active_backend_id: service.activeBackendId,
          frozen: service.frozen,
        }
      : {}),
  };
}

function serviceRoutes({ services }: BlockStorage): readonly Route[] {
  const change = (disabled: boolean, withReason: boolean) => async (request: ApiRequest) => {
    const asked = readObject(
      request.body,
      'service',
      {
        host: z.string(),
        binary: z.string().optional(),
        service: z.string().optional(),
        disabled_reason: z.string().optional(),
      },
      0,
    );
    const binary = asked.binary ?? asked.service ?? '';
    const changed: ServiceRecord = await services.setDisabled(
      request.context,
      { host: asked.host, binary },
      disabled,
      withReason ? (asked.disabled_reason ?? null) : null,
    );
    return ok({
      ...(withReason ? { disabled_reason: changed.disabledReason } : {}),
      disabled,
      host: asked.host,
      service: '',
      binary,
      status: disabled ? 'disabled' : 'enabled',
    });
  };
  return [
    {
      method: 'GET',
      path: '/os-services',
      handler: async (request) => {
        const [host, binary] = [request.query.get('host'), request.query.get('binary')];
        const rows = (await services.list(request.context)).filter(
          ({ service }) =>
            (host === null || service.host === host) && (binary === null || service.binary === binary),
        );
        return ok({ services: rows.map((row) => serviceView(row, request.minor)) });
      },
    },
    { method: 'PUT', path: '/os-services/enable', handler: change(false, false) },
    { method: 'PUT', path: '/os-services/disable', handler: change(true, false) },
    { method: 'PUT', path: '/os-services/disable-log-reason', handler: change(true, true) },
  ];
}

function quotaRoutes(blockStorage: BlockStorage): readonly Route[] {
  const used = (usages: Awaited<ReturnType<BlockStorage['limits']>>['usages'], resource: string): number => {
    const usage = usages[resource];
    return usage === undefined ? 0 : usage.inUse + usage.reserved;
  };
  return [
    {
      method: 'GET',
      path: '/limits',
      handler: async (request) => {
        const { limits, usages } = await blockStorage.limits(request.context, request.context.projectId);
        return ok({
          limits: {
            rate: [],
            absolute: {
              maxTotalVolumes: limits.volumes ?? -1,
              maxTotalSnapshots: limits.snapshots ?? -1,
              maxTotalVolumeGigabytes: limits.gigabytes ?? -1,
              maxTotalBackups: limits.backups ?? 10,
              maxTotalBackupGigabytes: limits.backup_gigabytes ?? 1000,
              totalVolumesUsed: used(usages, 'volumes'),
              totalGigabytesUsed: used(usages, 'gigabytes'),
              totalSnapshotsUsed: used(usages, 'snapshots'),
              totalBackupsUsed: 0,
              totalBackupGigabytesUsed: 0,
            },
          },
        });
      },
    },
    {
      method: 'GET',
      path: '/os-quota-sets/:project',
      handler: async (request) => {
        const project = param(request, 'project');
        const { limits, usages } = await blockStorage.limits(request.context, project);
        const withUsage = request.query.get('usage')?.toLowerCase() === 'true';
        const shown = Object.entries(limits).map(([resource, limit]) => [
          resource,
          withUsage
            ? { limit, in_use: usages[resource]?.inUse ?? 0, reserved: usages[resource]?.reserved ?? 0 }
            : limit,
        ]);
        return ok({ quota_set: { ...Object.fromEntries(shown), id: project } });
      },
    },
  ];
}

/** Words of Cinder's user messages, for the codes this service writes. */
const actions: Readonly<Record<string, string>> = {
  '001': 'schedule allocate volume',
  '002': 'attach volume',
  '007': 'extend volume',
  '008': 'create volume from backend storage',
  '009': 'create snapshot',
  '010': 'delete snapshot',
};
const details: Readonly<Record<string, string>> = {
  '002': 'Driver is not initialized at present.',
  '003': 'Could not find any available weighted backend.',
  '010': "Volume's driver fails to extend volume.",
  '012': 'Driver failed to create the volume.',
  '013': 'Snapshot fails to create.',
  '015': 'Snapshot is busy.',
  '016': 'Snapshot failed to delete.',
};

function messageRoutes(blockStorage: BlockStorage): readonly Route[] {
  const view = (message: Awaited<ReturnType<BlockStorage['message']>>) => ({
    id: message.id,
    event_id: message.eventId,
    user_message: `${actions[message.actionId] ?? 'unknown action'}:${details[message.detailId] ?? 'An unknown error occurred.'}`,
    message_level: message.messageLevel,
    created_at: isoTime(message.createdAt),
    guaranteed_until: isoTime(message.expiresAt),
    request_id: message.requestId,
    resource_type: message.resourceType,
    resource_uuid: message.resourceUuid,
    links: [],
  });
  return [
    {
      method: 'GET',
      path: '/messages',
      since: 3,
      handler: async ({ context }) => ok({ messages: (await blockStorage.messages(context)).map(view) }),
    },
    {
      method: 'GET',
      path: '/messages/:id',
      since: 3,
      handler: async (request) =>
        ok({ message: view(await blockStorage.message(request.context, param(request, 'id'))) }),
    },
    {
      method: 'DELETE',
      path: '/messages/:id',
      since: 3,
      handler: async (request) => {
        await blockStorage.deleteMessage(request.context, param(request, 'id'));
        return { status: 204 };
      },
    },
  ];
}
