import type { Json, JsonObject } from '../http/messages.ts';
import { parseBandwidthLimit, parseIopsLimit } from '../model/rules/sizes.ts';
import { type ObjectSpace, reduction, totalReduction } from '../model/rules/space.ts';
import type { ArrayModel } from '../model/state/array-model.ts';
import type { PriorityAdjustment, Qos } from '../model/state/records.ts';
import type { BodyReader } from './body-reader.ts';
import { type Rest2Call, since } from './endpoint.ts';
import { invalidParameter } from './errors.ts';

/** A reference; both parts null when there is none, as real arrays send it. */
export function reference(object: { readonly id: string; readonly name: string } | null): JsonObject {
  return { id: object?.id ?? null, name: object?.name ?? null };
}

/** A reference by name only. */
export function nameOnly(name: string | null): JsonObject {
  return { name };
}

/** `destroyed` and `time_remaining` (milliseconds, null while live). */
export function destroyedFields(
  model: ArrayModel,
  record: { readonly eradicateAt: number | null },
): JsonObject {
  return {
    destroyed: record.eradicateAt !== null,
    time_remaining: record.eradicateAt === null ? null : Math.max(0, record.eradicateAt - model.now()),
  };
}

/** Space of a volume, snapshot or group (purity-rest-2.x.md section 6); `shared` and `system` are the array's. */
export function spaceRow(call: Rest2Call, space: ObjectSpace): JsonObject {
  const used = space.unique + space.snapshots;
  return {
    ...reductions(call.model, space.provisioned, space.written, used),
    shared: null,
    snapshots: space.snapshots,
    system: null,
    total_physical: used,
    total_provisioned: call.model.settings.evergreenOne ? null : space.provisioned,
    unique: space.unique,
    virtual: space.written,
    ...since(call, 26, { total_used: used }),
    ...since(call, 23, { used_provisioned: space.provisioned }),
    ...since(call, 34, { footprint: used }),
  };
}

/** The three ratios; an Evergreen//One array does not tell them. */
export function reductions(
  model: ArrayModel,
  provisioned: number,
  written: number,
  used: number,
): JsonObject {
  if (model.settings.evergreenOne) return {};
  return {
    data_reduction: ratio(reduction(written, used)),
    thin_provisioning: provisioned === 0 ? 0 : ratio(1 - Math.min(written, provisioned) / provisioned),
    total_reduction: ratio(totalReduction(provisioned, used)),
  };
}

/** Limits; null = none. */
export function qosRow(qos: Qos): JsonObject {
  return { bandwidth_limit: qos.bandwidthLimit, iops_limit: qos.iopsLimit };
}

/** Limits of a POST: integers. */
export function readQos(body: BodyReader | undefined, context: string): Qos | undefined {
  if (body === undefined) return undefined;
  const bandwidth = body.integer('bandwidth_limit');
  const iops = body.integer('iops_limit');
  return {
    bandwidthLimit: bandwidth === undefined ? null : parseBandwidthLimit(bandwidth, context),
    iopsLimit: iops === undefined ? null : parseIopsLimit(iops, context),
  };
}

/** Limits of a PATCH: integers, or `""` for no limit; what is absent stays. */
export function readQosChange(body: BodyReader | undefined, context: string): Partial<Qos> | undefined {
  if (body === undefined) return undefined;
  const bandwidth = limitChange(body, 'bandwidth_limit', context, parseBandwidthLimit);
  const iops = limitChange(body, 'iops_limit', context, parseIopsLimit);
  return {
    ...(bandwidth === undefined ? {} : { bandwidthLimit: bandwidth }),
    ...(iops === undefined ? {} : { iopsLimit: iops }),
  };
}

/** `priority_adjustment` of a body. */
export function readPriority(body: BodyReader | undefined): PriorityAdjustment | undefined {
  if (body === undefined) return undefined;
  const operator = body.text('priority_adjustment_operator');
  const value = body.integer('priority_adjustment_value');
  if (operator === '=' && (value === -10 || value === 0 || value === 10)) return { operator, value };
  if ((operator === '+' || operator === '-') && (value === 0 || value === 10)) return { operator, value };
  throw invalidParameter('priority_adjustment');
}

/** `priority_adjustment` of a row. */
export function priorityRow(priority: PriorityAdjustment): JsonObject {
  return {
    priority_adjustment_operator: priority.operator,
    priority_adjustment_value: priority.value,
  };
}

/** The sums of a `total_only` answer: names and ids are null, numbers of space add up. */
export function totalOf(rows: readonly JsonObject[]): JsonObject {
  const sums: Record<string, number> = {};
  const space: Record<string, number> = {};
  for (const row of rows) {
    for (const field of ['provisioned', 'connection_count', 'volume_count'] as const) {
      const value = row[field];
      if (typeof value === 'number') sums[field] = (sums[field] ?? 0) + value;
    }
    addNumbers(space, row['space'] ?? null);
  }
  return { id: null, name: null, ...sums, space };
}

const summed = [
  'snapshots',
  'total_physical',
  'total_provisioned',
  'unique',
  'virtual',
  'total_used',
  'used_provisioned',
  'footprint',
];

function addNumbers(into: Record<string, number>, space: Json): void {
  if (typeof space !== 'object' || space === null || Array.isArray(space)) return;
  for (const [field, value] of Object.entries(space)) {
    if (summed.includes(field) && typeof value === 'number') into[field] = (into[field] ?? 0) + value;
  }
}

function limitChange(
  body: BodyReader,
  key: string,
  context: string,
  parse: (value: unknown, context: string) => number,
): number | null | undefined {
  if (!body.has(key)) return undefined;
  if (body.value(key) === '') return null;
  const value = body.integer(key);
  return value === undefined ? undefined : parse(value, context);
}

function ratio(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}

/** `resource_type` of an array: this one, or another. */
export function resourceType({ model }: Rest2Call, arrayId: string): string {
  return arrayId === model.identity.id ? 'arrays' : 'remote-arrays';
}
