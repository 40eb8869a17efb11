import type { JsonObject } from '../http/messages.ts';
import type { Retention } from '../model/state/records.ts';
import type { BodyReader } from './body-reader.ts';
import { type Rest2Call, since } from './endpoint.ts';

/** Retention in a body; `per_period` took the place of `per_day` with REST 2.47. */
export const retentionShape = {
  since: 0,
  fields: { all_for_sec: 0, days: 0, per_day: 0, per_period: 47, period_length_ms: 47 },
} as const;

/** The retention with the fields of a body changed. */
export function changeRetention(before: Retention, change: BodyReader | undefined): Retention {
  return {
    allForSec: change?.integer('all_for_sec') ?? before.allForSec,
    perDay: change?.integer('per_day') ?? change?.integer('per_period') ?? before.perDay,
    days: change?.integer('days') ?? before.days,
  };
}

/** The retention as this version shows it. */
export function retentionRow(call: Rest2Call, kept: Retention): JsonObject {
  return {
    all_for_sec: kept.allForSec,
    days: kept.days,
    per_day: kept.perDay,
    ...since(call, 47, { per_period: kept.perDay, period_length_ms: 86_400_000 }),
  };
}
