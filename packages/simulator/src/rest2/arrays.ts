import type { JsonObject } from '../http/messages.ts';
import { isArrayName } from '../model/rules/names.ts';
import { performanceSamples } from '../model/rules/performance.ts';
import { Refusal } from '../model/rules/refusal.ts';
import { manualEradication } from '../model/rules/safe-mode.ts';
import { arraySpace } from '../model/rules/space.ts';
import type { PerformanceSample } from '../model/state/performance-sample.ts';
import { reductions } from './common-rows.ts';
import {
  type EndpointDefinition,
  fleetRead,
  fleetWrite,
  items,
  listQuery,
  type Rest2Call,
  since,
} from './endpoint.ts';
import { invalidParameter, noAttribute } from './errors.ts';
import { listReply } from './list.ts';

const history = { end_time: 0, resolution: 0, start_time: 0 } as const;
const performanceResolutions = [1000, 30_000, 300_000, 1_800_000, 7_200_000, 28_800_000, 86_400_000];
const spaceResolutions = [300_000, 1_800_000, 7_200_000, 28_800_000, 86_400_000];
const day = 86_400_000;

/** `/arrays`, `/arrays/space`, `/arrays/performance` (purity-rest-2.x.md sections 6 and 7.16). */
export const arrayEndpoints: readonly EndpointDefinition[] = [
  {
    path: 'arrays',
    since: 2,
    methods: {
      GET: {
        query: { ...listQuery, ...fleetRead, continuation_token: 38 },
        handle: (call) =>
          listReply(call, {
            records: [call.model],
            key: () => call.model.settings.name,
            row: () => arrayRow(call),
          }),
      },
      PATCH: {
        query: fleetWrite,
        body: {
          name: 0,
          banner: 0,
          idle_timeout: 0,
          eradication_config: {
            since: 6,
            fields: { eradication_delay: 0, enabled_delay: 26, disabled_delay: 26 },
          },
        },
        handle: patchArray,
      },
    },
  },
  {
    path: 'arrays/space',
    since: 2,
    methods: {
      GET: {
        query: { ...listQuery, ...fleetRead, ...history, continuation_token: 38 },
        handle: (call) => {
          const window = readWindow(call, spaceResolutions);
          // No history of space is kept: a window shows how it is now, at its end.
          const times = [window === null ? call.model.now() : Math.min(window.end, call.model.now())];
          return listReply<number>(call, {
            records: times,
            key: String,
            row: (time) => ({ ...arrayHead(call), parity: 1, space: arraySpaceRow(call), time }),
          });
        },
      },
    },
  },
  {
    path: 'arrays/performance',
    since: 2,
    methods: {
      GET: {
        query: { ...listQuery, ...history, protocol: 0, protocol_group: 0 },
        handle: (call) =>
          listReply<PerformanceSample>(call, {
            records: performanceSamples(call.model, readWindow(call, performanceResolutions)),
            key: (sample) => String(sample.time),
            row: (sample) => performanceRow(call, sample),
          }),
      },
    },
  },
];

function arrayHead(call: Rest2Call): JsonObject {
  const { model } = call;
  return {
    id: model.identity.id,
    name: model.settings.name,
    capacity: model.settings.capacity,
    ...since(call, 42, { capacity_installed: model.settings.capacity }),
  };
}

function arrayRow(call: Rest2Call): JsonObject {
  const { model } = call;
  const { settings } = model;
  return {
    id: model.identity.id,
    name: settings.name,
    banner: settings.banner,
    capacity: settings.capacity,
    console_lock_enabled: false,
    idle_timeout: settings.idleTimeout,
    ntp_servers: [],
    os: 'Purity//FA',
    parity: 1,
    scsi_timeout: 60_000,
    space: arraySpaceRow(call),
    version: settings.purityVersion,
    ...since(call, 6, {
      encryption: {
        data_at_rest: { algorithm: 'AES-256-CTR', enabled: true },
        module_version: 'FA-1.3',
      },
      eradication_config: {
        eradication_delay: settings.eradicationDelay,
        ...since(call, 10, {
          manual_eradication: manualEradication(model, null),
        }),
        ...since(call, 26, {
          enabled_delay: settings.eradicationDelay,
          disabled_delay: settings.disabledDelay,
        }),
      },
    }),
    ...since(call, 26, { _as_of: model.now(), time_zone: 'UTC' }),
  };
}

function arraySpaceRow(call: Rest2Call): JsonObject {
  const { model } = call;
  const space = arraySpace(model);
  return {
    ...reductions(model, space.provisioned, space.written, space.used),
    replication: 0,
    shared: space.shared,
    snapshots: space.snapshots,
    system: 0,
    total_physical: space.used,
    total_provisioned: model.settings.evergreenOne ? null : space.provisioned,
    unique: space.unique,
    virtual: space.written,
    ...since(call, 26, { total_used: space.used }),
    ...since(call, 23, { used_provisioned: space.provisioned }),
    ...since(call, 34, { footprint: space.used }),
  };
}

function patchArray(call: Rest2Call): JsonObject {
  const { model, body } = call;
  if (body.isEmpty) throw noAttribute();
  const name = body.text('name');
  if (name !== undefined && !isArrayName(name)) throw new Refusal('Invalid array name.', name);
  const idleTimeout = body.integer('idle_timeout');
  const usable =
    idleTimeout === undefined ||
    idleTimeout === 0 ||
    (idleTimeout % 60_000 === 0 && idleTimeout >= 300_000 && idleTimeout <= 10_800_000);
  if (!usable) throw invalidParameter('idle_timeout');
  const eradication = body.object('eradication_config');
  const { eradicationDelay, disabledDelay } = model.settings;
  const both = eradication?.integer('eradication_delay');
  // The older name stands for both delays, so it fails where they differ (section 7.16).
  if (both !== undefined && eradicationDelay !== disabledDelay) throw invalidParameter('eradication_config');
  const delays = {
    eradicationDelay: eradication?.integer('enabled_delay') ?? both ?? eradicationDelay,
    disabledDelay: eradication?.integer('disabled_delay') ?? both ?? disabledDelay,
  };
  if (Object.values(delays).some((delay) => delay % day !== 0 || delay < day || delay > 30 * day)) {
    throw invalidParameter('eradication_config');
  }
  const banner = body.text('banner');
  model.update({
    ...(name === undefined ? {} : { name }),
    ...(idleTimeout === undefined ? {} : { idleTimeout }),
    ...delays,
    ...(banner === undefined ? {} : { banner }),
  });
  return items([arrayRow(call)]);
}

function readWindow(
  call: Rest2Call,
  resolutions: readonly number[],
): { readonly start: number; readonly end: number; readonly resolution: number } | null {
  const { query, model } = call;
  const start = query.integer('start_time');
  const end = query.integer('end_time');
  const resolution = query.integer('resolution');
  if (resolution !== undefined && !resolutions.includes(resolution)) throw invalidParameter('resolution');
  if (start === undefined && end === undefined) return null;
  const last = end ?? model.now();
  if ((start ?? 0) > last) throw invalidParameter('start_time');
  const step = resolution ?? resolutions[0] ?? 1000;
  return { start: start ?? last - step, end: last, resolution: step };
}

function performanceRow(call: Rest2Call, sample: PerformanceSample): JsonObject {
  const { model } = call;
  const reads = sample.readsPerSec ?? 0;
  const writes = sample.writesPerSec ?? 0;
  const readBytes = sample.readBytesPerSec ?? 0;
  const writeBytes = sample.writeBytesPerSec ?? 0;
  const each = (bytes: number, operations: number) => (operations === 0 ? 0 : Math.round(bytes / operations));
  const latencies: Record<string, number> = {};
  for (const operation of ['read_op', 'write_op', 'mirrored_write_op']) {
    for (const part of ['qos_rate_limit', 'queue', 'san', 'service']) {
      latencies[`${part}_usec_per_${operation}`] = 0;
    }
    if (call.minor >= 49) latencies[`qos_scheduling_usec_per_${operation}`] = 0;
  }
  return {
    id: model.identity.id,
    name: model.settings.name,
    time: sample.time,
    ...latencies,
    bytes_per_mirrored_write: 0,
    bytes_per_op: each(readBytes + writeBytes, reads + writes),
    bytes_per_read: each(readBytes, reads),
    bytes_per_write: each(writeBytes, writes),
    local_queue_usec_per_op: 0,
    mirrored_write_bytes_per_sec: 0,
    mirrored_writes_per_sec: 0,
    others_per_sec: 0,
    // Recent releases no longer tell it (purity-rest-2.x.md section 6).
    queue_depth: sample.queueDepth ?? null,
    queue_usec_per_mirrored_write_op: sample.queueUsecPerMirroredWriteOp ?? 0,
    queue_usec_per_read_op: sample.queueUsecPerReadOp ?? 0,
    queue_usec_per_write_op: sample.queueUsecPerWriteOp ?? 0,
    read_bytes_per_sec: readBytes,
    reads_per_sec: reads,
    usec_per_mirrored_write_op: 0,
    usec_per_other_op: 0,
    usec_per_read_op: sample.usecPerReadOp ?? 0,
    usec_per_write_op: sample.usecPerWriteOp ?? 0,
    write_bytes_per_sec: writeBytes,
    writes_per_sec: writes,
    ...since(call, 4, { service_usec_per_read_op_cache_reduction: 0 }),
  };
}
