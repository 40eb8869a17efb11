import {
  type BlockStorage,
  BlockStorageError,
  type BlockStorageErrorCode,
} from '@cinder-flasharray/block-storage';
import { z } from 'zod';
import type { FakeParts } from '../support/fake-block-storage.ts';
import { aGroup, aGroupSnapshot, aGroupType, aVolume } from '../support/records.ts';
import type { Captured } from './captured.ts';
import { groupBody, groupSnapshotBody, groupTypeBody, qosSpecsBody } from './groups-from-captures.ts';
import { manageableBody } from './manage-from-captures.ts';
import {
  attachmentBody,
  hostBody,
  messageBody,
  serviceBody,
  snapshotBody,
  volumeBody,
  volumeSummaryBody,
  volumeTypeBody,
} from './records-from-captures.ts';

const codes: Readonly<Record<number, BlockStorageErrorCode>> = {
  400: 'invalid-volume',
  404: 'volume-not-found',
  413: 'over-quota',
  500: 'backend-failure',
};

/** The service as it must have been below one of Cinder's answers; after a refusal, one that refuses in these words. */
export function serviceBelow({ request, response, resource }: Captured): FakeParts {
  const { body, status } = response;
  if (status >= 400) {
    return refusing(codes[status] ?? 'invalid-input', messageOf(body));
  }
  const [collection = '', second = ''] = resource.split('/');
  const page = <Row>(rows: readonly Row[]) => ({
    kind: 'page' as const,
    rows,
    more: typeof body === 'object' && body !== null && `${collection}_links` in body,
    count: member(body, 'count') === undefined ? rows.length : z.number().parse(member(body, 'count')),
  });
  const many = <Row>(schema: z.ZodType<Row>, key = collection): readonly Row[] =>
    z.array(schema).parse(member(body, key));

  if (collection === 'volumes') {
    if (second === '' && request.method === 'GET') {
      return { volumes: { list: async () => page(many(volumeSummaryBody)) } };
    }
    if (second === 'detail') {
      const rows = many(volumeBody);
      return {
        volumes: { list: async () => page(rows.map(({ volume }) => volume)) },
        volumeTypes: { list: async () => rows.map(({ type }) => type) },
        groups: { list: async () => page([]) },
      };
    }
    if (second === 'summary') {
      return { volumes: { list: async () => page(tenVolumesOfElevenGib) } };
    }
    if (resource.endsWith('/metadata')) {
      const metadata = z.record(z.string(), z.string()).parse(member(body, 'metadata'));
      return {
        volumes: {
          // Readonly by then, which the metadata of the volume alone does not show.
          get: async () => aVolume({ metadata, adminMetadata: { readonly: 'True' } }),
          setMetadata: async () => metadata,
        },
      };
    }
    const shown = member(body, 'volume');
    return shown === undefined
      ? { volumes: doneQuietly(body), manage: { unmanageVolume: done } }
      : oneVolume(volumeBody.parse(shown));
  }
  if (collection === 'snapshots') {
    const shown = member(body, 'snapshot');
    const one = shown === undefined ? null : snapshotBody.parse(shown);
    return {
      snapshots: {
        ...(one === null ? {} : { create: async () => one, get: async () => one }),
        delete: async () => {},
        list: async () => page(many(snapshotBody)),
      },
      manage: { unmanageSnapshot: done },
    };
  }
  if (collection === 'attachments') {
    const shown = member(body, 'attachment');
    const one = shown === undefined ? null : attachmentBody.parse(shown);
    return {
      attachments: {
        ...(one === null ? {} : { create: async () => one, get: async () => one, update: async () => one }),
        complete: async () => {},
        delete: async () => many(attachmentBody),
        list: async () => page(many(attachmentBody)),
      },
    };
  }
  if (collection === 'types') {
    if (resource === 'types' && request.method === 'GET') {
      // Cinder lists the newest first, so they are given the other way round.
      return { volumeTypes: { list: async () => many(volumeTypeBody, 'volume_types').toReversed() } };
    }
    const shown = member(body, 'volume_type') ?? {
      id: second,
      name: 'lab1',
      is_public: true,
      description: null,
      ...(typeof body === 'object' ? body : {}),
    };
    const one = volumeTypeBody.parse(shown);
    return { volumeTypes: { create: async () => one, get: async () => one, getDefault: async () => one } };
  }
  if (collection === 'manageable_volumes') {
    const shown = member(body, 'volume');
    if (shown === undefined) {
      return { manage: { manageableVolumes: async () => many(manageableBody, 'manageable-volumes') } };
    }
    const { volume, type } = volumeBody.parse(shown);
    return { manage: { manageVolume: async () => volume }, volumeTypes: { list: async () => [type] } };
  }
  if (collection === 'manageable_snapshots') {
    const shown = member(body, 'snapshot');
    if (shown === undefined) {
      return { manage: { manageableSnapshots: async () => many(manageableBody, 'manageable-snapshots') } };
    }
    const one = snapshotBody.parse(shown);
    return { manage: { manageSnapshot: async () => one } };
  }
  if (collection === 'qos-specs') {
    const shown = member(body, 'qos_specs');
    const one = shown === undefined ? null : qosSpecsBody.parse(shown);
    return { qosSpecs: { associate: done, ...(one === null ? {} : { create: async () => one }) } };
  }
  if (collection === 'groups') {
    const shown = member(body, 'group');
    const one = shown === undefined ? aGroup() : groupBody.parse(shown);
    return {
      groups: {
        create: async () => one,
        createFromSource: async () => one,
        get: async () => one,
        list: async () => page(many(groupBody)),
        volumesOf: async () => [],
        update: async () => one,
        delete: done,
      },
      groupSnapshots: { get: async () => aGroupSnapshot() },
    };
  }
  if (collection === 'group_snapshots') {
    const shown = member(body, 'group_snapshot');
    const one = shown === undefined ? aGroupSnapshot() : groupSnapshotBody.parse(shown);
    return {
      groups: { get: async () => aGroup() },
      groupSnapshots: {
        create: async () => one,
        get: async () => one,
        list: async () => page(many(groupSnapshotBody)),
        delete: done,
      },
    };
  }
  if (collection === 'capabilities') {
    const shown = capabilitiesBody.parse(body);
    return { capabilities: async () => shown };
  }
  if (collection === 'group_types') {
    const shown = member(body, 'group_type');
    const one = shown === undefined ? aGroupType({ id: second }) : groupTypeBody.parse(shown);
    return {
      groupTypes: {
        create: async () => one,
        get: async () => one,
        setGroupSpecs: async (_context, _id, specs) => specs,
        list: async () => many(groupTypeBody),
      },
    };
  }
  return operators(resource, body);
}

function operators(resource: string, body: unknown): FakeParts {
  switch (resource) {
    case 'messages':
      return { messages: async () => z.array(messageBody).parse(member(body, 'messages')).toReversed() };
    case 'os-services':
      return { services: { list: async () => z.array(serviceBody).parse(member(body, 'services')) } };
    case 'os-hosts':
      return { services: { list: async () => z.array(hostBody).parse(member(body, 'hosts')) } };
    case 'os-services/freeze':
      return { services: { freeze: done } };
    case 'os-services/thaw':
      return { services: { thaw: done } };
    case 'os-services/failover':
    case 'os-services/failover_host':
      return { services: { failover: done } };
    case 'os-services/enable':
    case 'os-services/disable-log-reason': {
      const reason = member(body, 'disabled_reason');
      const { service } = serviceBody.parse({
        binary: 'cinder-volume',
        host: member(body, 'host'),
        zone: 'nova',
        status: member(body, 'status'),
        state: 'up',
        updated_at: '2026-11-20T23:59:41.000000',
        cluster: null,
        disabled_reason: reason ?? null,
      });
      return { services: { setDisabled: async () => service } };
    }
    case 'os-availability-zone':
      return { availabilityZones: async () => [{ name: 'nova', available: true }] };
    case 'scheduler-stats/get_pools':
      return {
        pools: async () =>
          z
            .array(
              z.object({ name: z.string(), capabilities: z.record(z.string(), z.unknown()).default({}) }),
            )
            .parse(member(body, 'pools')),
      };
    default:
      return {};
  }
}

const capabilitiesBody = z
  .object({
    namespace: z.string(),
    vendor_name: z.string(),
    volume_backend_name: z.string(),
    pool_name: z.string().nullable(),
    driver_version: z.string(),
    storage_protocol: z.string(),
    display_name: z.string().nullable(),
    description: z.string().nullable(),
    visibility: z.string().nullable(),
    replication_targets: z.array(z.string()),
    properties: z.record(z.string(), z.record(z.string(), z.unknown())),
  })
  .transform((body) => ({
    namespace: body.namespace,
    vendorName: body.vendor_name,
    volumeBackendName: body.volume_backend_name,
    poolName: body.pool_name,
    driverVersion: body.driver_version,
    storageProtocol: body.storage_protocol,
    displayName: body.display_name,
    description: body.description,
    visibility: body.visibility,
    replicationTargets: body.replication_targets,
    properties: body.properties,
  }));

function oneVolume({ volume, type }: z.output<typeof volumeBody>): FakeParts {
  return {
    volumes: { create: async () => volume, get: async () => volume, update: async () => volume },
    volumeTypes: { list: async () => [type] },
    groups: { list: async () => ({ kind: 'page', rows: [], more: false, count: null }) },
  };
}

const done = async (): Promise<void> => {};

function doneQuietly(body: unknown): Partial<BlockStorage['volumes']> {
  const info = member(body, 'connection_info');
  return {
    delete: done,
    extend: done,
    revert: done,
    retype: done,
    migrate: done,
    resetStatus: done,
    deleteMetadata: done,
    setBootable: done,
    setReadonly: done,
    reserve: done,
    beginDetaching: done,
    attach: done,
    detach: done,
    terminateConnection: done,
    ...(info === undefined
      ? {}
      : { initializeConnection: async () => z.record(z.string(), z.unknown()).parse(info) }),
  };
}

const tenVolumesOfElevenGib = [2, 1, 1, 1, 1, 1, 1, 1, 1, 1].map((size) => aVolume({ size }));

function refusing(code: BlockStorageErrorCode, message: string): FakeParts {
  const refuse = async (): Promise<never> => {
    throw new BlockStorageError(code, message);
  };
  return {
    volumes: {
      create: refuse,
      get: refuse,
      delete: refuse,
      extend: refuse,
      initializeConnection: refuse,
      list: async () => ({ kind: 'unknown-marker' }),
    },
    attachments: { create: refuse, update: refuse },
  };
}

function messageOf(body: unknown): string {
  const [fault] = typeof body === 'object' && body !== null ? Object.values(body) : [];
  return String(member(fault, 'message'));
}

function member(body: unknown, key: string): unknown {
  return typeof body === 'object' && body !== null ? Reflect.get(body, key) : undefined;
}
