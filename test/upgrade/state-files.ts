import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** The commit whose service wrote the states. */
export const release = '06e2901';

/** Where the states are: `schema.sql`, one `<site>.json` with what was there before, one `<work>.json` a kind of work. */
export const stateFolder = join(import.meta.dirname, release);

export const siteNames = ['one', 'sync', 'async'] as const;
export type UpgradeSite = (typeof siteNames)[number];

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Plain JSON, whatever is in it. */
export const json: z.ZodType<Json> = z.lazy(() =>
  z.union([z.null(), z.boolean(), z.number(), z.string(), z.array(json), z.record(z.string(), json)]),
);

const siteState = z.object({
  /** Ids of the scene's objects, by the names that requests and endings have for them: `volume plain`. */
  ids: z.record(z.string(), z.string()),
  /** Statements that fill the schema. */
  rows: z.array(z.string()),
  /** What the arrays have. */
  arrays: json,
});
/** What was there before each kind of work, with everything at rest. */
export type SiteState = z.infer<typeof siteState>;

const killedState = z.object({
  /** The moment, in words: `after POST volumes (1 of 2)`. */
  killed: z.string(),
  /** Whether the client had its answer. */
  answered: z.boolean(),
  /** Operations that the journal had then, oldest first. */
  journal: z.array(z.string()),
  /** ISO 8601. */
  at: z.string(),
  /** Statements that make this state of the site's. */
  rows: z.array(z.string()),
  /** What is different on the arrays; null: nothing. */
  arrays: json,
});
/** What the killed process left, as the difference to what was there before. */
export type KilledState = z.infer<typeof killedState>;

const workStates = z.object({ work: z.string(), site: z.enum(siteNames), states: z.array(killedState) });
export type WorkStates = z.infer<typeof workStates>;

function readJson(name: string): unknown {
  return JSON.parse(readFileSync(join(stateFolder, name), 'utf8'));
}

export function readSchema(): string {
  return readFileSync(join(stateFolder, 'schema.sql'), 'utf8');
}

export function readSite(site: UpgradeSite): SiteState {
  return siteState.parse(readJson(`${site}.json`));
}

export function readWork(name: string): WorkStates {
  return workStates.parse(readJson(`${name}.json`));
}

const replaced = z.object({ '=': json });
const itemsOf = z.object({ '-': z.array(z.int()), '+': z.array(json) });
const keysOf = z.object({ '.': z.record(z.string(), json) });

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function isObject(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !isList(value);
}

/**
 * What makes `now` of `base`; null: they are equal. Lists are sets here: items that are gone, by their index, and new
 * ones.
 */
export function difference(base: Json, now: Json): Json {
  if (JSON.stringify(base) === JSON.stringify(now)) {
    return null;
  }
  if (isList(base) && isList(now)) {
    const [before, after] = [base, now].map((items) => new Set(items.map((item) => JSON.stringify(item))));
    return {
      '-': [...base.keys()].filter((index) => after?.has(JSON.stringify(base[index])) === false),
      '+': now.filter((item) => before?.has(JSON.stringify(item)) === false),
    };
  }
  if (isObject(base) && isObject(now) && Object.keys(base).every((key) => key in now)) {
    return {
      '.': Object.fromEntries(
        Object.entries(now).flatMap(([key, value]) => {
          const changed = key in base ? difference(base[key] ?? null, value) : { '=': value };
          return changed === null ? [] : [[key, changed]];
        }),
      ),
    };
  }
  return { '=': now };
}

/** @throws Error when the change is not one of a value like this */
export function changed(base: Json, change: Json): Json {
  if (change === null) {
    return base;
  }
  const whole = replaced.safeParse(change);
  if (whole.success) {
    return whole.data['='];
  }
  const items = itemsOf.safeParse(change);
  if (items.success && isList(base)) {
    const gone = new Set(items.data['-']);
    return [...base.filter((_item, index) => !gone.has(index)), ...items.data['+']];
  }
  const keys = keysOf.safeParse(change);
  if (keys.success && isObject(base)) {
    const own = keys.data['.'];
    return {
      ...base,
      ...Object.fromEntries(
        Object.entries(own).map(([key, value]) => [key, changed(base[key] ?? null, value)]),
      ),
    };
  }
  throw new Error(`not a change of what is there: ${JSON.stringify(change).slice(0, 200)}`);
}

const chunkBytes = 4096;
const holder = <Data extends z.ZodType>(data: Data) => z.looseObject({ data });
/** A simulator's state file: data names chunks by their place in a list. */
const keptState = z.looseObject({
  arrays: z.array(
    z.looseObject({
      settings: z.looseObject({ name: z.string() }),
      chunks: z.array(z.string()),
      volumes: z.array(holder(z.array(z.tuple([z.int(), z.int()])))),
      snapshots: z.array(holder(z.array(z.tuple([z.int(), z.int()])))),
    }),
  ),
});
/** The same, arrays by name, with the bytes in place without the zeros at their end. */
const shortState = z.looseObject({
  arrays: z.record(
    z.string(),
    z.looseObject({
      volumes: z.array(holder(z.array(z.tuple([z.int(), z.string()])))),
      snapshots: z.array(holder(z.array(z.tuple([z.int(), z.string()])))),
    }),
  ),
});

/** A state file of a simulator, in short. */
export function shortened(text: string): Json {
  const { arrays, ...rest } = keptState.parse(JSON.parse(text));
  return json.parse({
    ...rest,
    arrays: Object.fromEntries(
      arrays.map(({ chunks, volumes, snapshots, ...array }) => {
        const bytes = (position: number): string => {
          const chunk = Buffer.from(chunks[position] ?? '', 'base64');
          return chunk.subarray(0, 1 + chunk.findLastIndex((byte) => byte !== 0)).toString('base64');
        };
        const short = (holders: typeof volumes) =>
          holders.map((one) => ({
            ...one,
            data: one.data.map(([index, position]) => [index, bytes(position)]),
          }));
        return [array.settings.name, { ...array, volumes: short(volumes), snapshots: short(snapshots) }];
      }),
    ),
  });
}

/** The state file again. */
export function lengthened(short: Json): string {
  const { arrays, ...rest } = shortState.parse(short);
  return JSON.stringify({
    ...rest,
    arrays: Object.values(arrays).map(({ volumes, snapshots, ...array }) => {
      const chunks: string[] = [];
      const position = (text: string): number => {
        const chunk = Buffer.alloc(chunkBytes);
        Buffer.from(text, 'base64').copy(chunk);
        const whole = chunk.toString('base64');
        const known = chunks.indexOf(whole);
        return known >= 0 ? known : chunks.push(whole) - 1;
      };
      const long = (holders: typeof volumes) =>
        holders.map((one) => ({ ...one, data: one.data.map(([index, text]) => [index, position(text)]) }));
      return { ...array, volumes: long(volumes), snapshots: long(snapshots), chunks };
    }),
  });
}
