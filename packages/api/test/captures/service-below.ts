import {
  type BlockStorage,
  BlockStorageError,
  type BlockStorageErrorCode,
} from '@cinder-flasharray/volume-manager';
import { z } from 'zod';
import type { FakeParts } from '../support/fake-block-storage.ts';
import { aVolume } from '../support/records.ts';
import type { Captured } from './captured.ts';
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
    return shown === undefined ? { volumes: doneQuietly(body) } : oneVolume(volumeBody.parse(shown));
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

function oneVolume({ volume, type }: z.output<typeof volumeBody>): FakeParts {
  return {
    volumes: { create: async () => volume, get: async () => volume, update: async () => volume },
    volumeTypes: { list: async () => [type] },
  };
}

const done = async (): Promise<void> => {};

function doneQuietly(body: unknown): Partial<BlockStorage['volumes']> {
  const info = member(body, 'connection_info');
  return {
    delete: done,
    extend: done,
    revert: done,
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
