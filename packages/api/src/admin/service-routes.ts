import type { BlockStorage, ServiceView } from '@cinder-flasharray/block-storage';
import { z } from 'zod';
import { badRequest } from '../http/api-error.ts';
import { readWholeBody } from '../http/body.ts';
import { text } from '../http/fields.ts';
import { requireAdmin } from '../http/require-admin.ts';
import { type ApiRequest, accepted, ok, type Route } from '../http/route.ts';
import { isoTime } from '../http/view.ts';

/** First microversions of the cluster's name and of the back end's state. */
const clusterSince = 7;
const backendStateSince = 49;

/** A service as `os-services` shows it; only volume services replicate, freeze and have a back end. */
function serviceView(
  { service, state, backendState }: ServiceView,
  minor: number,
): Readonly<Record<string, unknown>> {
  const ofVolumes = service.binary === 'cinder-volume';
  return {
    binary: service.binary,
    host: service.host,
    zone: service.availabilityZone,
    status: service.disabled ? 'disabled' : 'enabled',
    state,
    updated_at: isoTime(service.updatedAt ?? service.createdAt),
    ...(minor >= backendStateSince && ofVolumes ? { backend_state: backendState } : {}),
    ...(minor >= clusterSince ? { cluster: service.clusterName } : {}),
    disabled_reason: service.disabledReason,
    ...(ofVolumes
      ? {
          replication_status: service.replicationStatus,
          active_backend_id: service.activeBackendId,
          frozen: service.frozen,
        }
      : {}),
  };
}

function hostView({ service, state }: ServiceView): Readonly<Record<string, unknown>> {
  return {
    host_name: service.host,
    service: service.binary,
    zone: service.availabilityZone,
    'service-status': state === 'up' ? 'available' : 'unavailable',
    'service-state': service.disabled ? 'disabled' : 'enabled',
    'last-update': isoTime(service.updatedAt ?? service.createdAt),
  };
}

const changeShape = {
  host: text,
  binary: text.optional(),
  service: text.optional(),
  disabled_reason: z.string().optional(),
} as const;

const hostShape = { host: text, cluster: z.null().optional() } as const;
const failoverShape = { ...hostShape, backend_id: z.string().nullable().optional() } as const;

/** `os-services` and `os-hosts`: administrators only. */
export function serviceRoutes({ services }: BlockStorage): readonly Route[] {
  const listed = async ({ context, query }: ApiRequest): Promise<readonly ServiceView[]> => {
    requireAdmin(context, 'volume_extension:services:index');
    const [host, binary] = [query.get('host'), query.get('binary')];
    return (await services.list(context)).filter(
      ({ service }) =>
        // A host alone stands for all of its back ends.
        (host === null || service.host === host || service.host.startsWith(`${host}@`)) &&
        (binary === null || service.binary === binary),
    );
  };
  const change = (disabled: boolean, withReason: boolean) => async (request: ApiRequest) => {
    const asked = readWholeBody(request.body, changeShape, request.minor);
    const reason = withReason ? reasonOf(asked.disabled_reason) : null;
    const binary = asked.binary ?? asked.service ?? '';
    const changed = await services.setDisabled(
      request.context,
      { host: asked.host, binary },
      disabled,
      reason,
    );
    return ok({
      ...(withReason ? { disabled_reason: changed.disabledReason } : {}),
      disabled,
      host: asked.host,
      service: asked.service ?? '',
      binary: asked.binary ?? '',
      status: disabled ? 'disabled' : 'enabled',
    });
  };
  const failover = async (request: ApiRequest) => {
    const asked = readWholeBody(request.body, failoverShape, request.minor);
    await services.failover(request.context, asked.host, asked.backend_id ?? null);
    return accepted();
  };
  return [
    {
      method: 'GET',
      path: '/os-services',
      handler: async (request) =>
        ok({ services: (await listed(request)).map((row) => serviceView(row, request.minor)) }),
    },
    { method: 'PUT', path: '/os-services/enable', handler: change(false, false) },
    { method: 'PUT', path: '/os-services/disable', handler: change(true, false) },
    { method: 'PUT', path: '/os-services/disable-log-reason', handler: change(true, true) },
    {
      method: 'PUT',
      path: '/os-services/freeze',
      handler: async (request) => {
        await services.freeze(request.context, readWholeBody(request.body, hostShape, request.minor).host);
        return { status: 200 };
      },
    },
    {
      method: 'PUT',
      path: '/os-services/thaw',
      handler: async (request) => {
        await services.thaw(request.context, readWholeBody(request.body, hostShape, request.minor).host);
        return { status: 200 };
      },
    },
    { method: 'PUT', path: '/os-services/failover_host', handler: failover },
    { method: 'PUT', path: '/os-services/failover', since: 26, handler: failover },
    {
      method: 'GET',
      path: '/os-hosts',
      handler: async (request) => ok({ hosts: (await listed(request)).map(hostView) }),
    },
  ];
}

function reasonOf(given: string | undefined): string {
  const reason = given?.trim() ?? '';
  if (reason === '' || reason.length > 255) {
    throw badRequest('Disabled reason contains invalid characters or is too long.');
  }
  return reason;
}
