import type { ArrayModel } from '../state/array-model.ts';
import { countSharing, type ExtentMap } from '../state/extent-map.ts';

/** Space of one volume or snapshot, bytes. */
export type ObjectSpace = {
  readonly provisioned: number;
  /** Bytes written by hosts that are still held. */
  readonly written: number;
  /** Held by this object alone. */
  readonly unique: number;
  /** Held only by the snapshots of this volume. */
  readonly snapshots: number;
};

/** Space of the array, bytes. */
export type ArraySpace = {
  readonly provisioned: number;
  readonly written: number;
  /** Held by one volume alone. */
  readonly unique: number;
  /** Held by several volumes, counted once. */
  readonly shared: number;
  /** Held by snapshots only. */
  readonly snapshots: number;
  /** All of it. */
  readonly used: number;
};

type Counted = {
  readonly version: number;
  readonly array: Omit<ArraySpace, 'provisioned'>;
  readonly byId: ReadonlyMap<string, ObjectSpace>;
};

const cache = new WeakMap<ArrayModel, Counted>();

/** Space of the whole array. Destroyed objects count until they are eradicated. */
export function arraySpace(model: ArrayModel): ArraySpace {
  let provisioned = 0;
  for (const volume of model.volumes.values()) provisioned += volume.size;
  return { ...count(model).array, provisioned };
}

/** Space of a volume or a snapshot. */
export function objectSpace(
  model: ArrayModel,
  object: { readonly id: string; readonly size: number },
): ObjectSpace {
  const counted = count(model).byId.get(object.id);
  return { written: 0, unique: 0, snapshots: 0, ...counted, provisioned: object.size };
}

/** Logical over physical bytes; 1 when nothing is held. */
export function reduction(logical: number, physical: number): number {
  return physical === 0 ? 1 : logical / physical;
}

function count(model: ArrayModel): Counted {
  const cached = cache.get(model);
  if (cached?.version === model.dataVersion) return cached;
  const holds = <T extends { readonly data: ExtentMap }>(records: Iterable<T>): readonly T[] =>
    [...records].filter((record) => record.data.root !== null);
  const volumes = holds(model.volumes.values());
  const snapshots = holds(model.snapshots.values());
  const ofVolumes = countSharing(volumes.map((volume) => volume.data));
  const ofAll = countSharing([...volumes, ...snapshots].map((record) => record.data));
  const byId = new Map<string, ObjectSpace>();
  let written = 0;
  let unique = 0;
  volumes.forEach((volume, index) => {
    const own = snapshots.filter((snapshot) => snapshot.volumeId === volume.id);
    const withOwn = countSharing([volume.data, ...own.map((snapshot) => snapshot.data)]).distinctBytes;
    const bytes = volume.data.writtenBytes;
    written += bytes;
    unique += ofVolumes.uniqueBytes[index] ?? 0;
    byId.set(volume.id, {
      provisioned: volume.size,
      written: bytes,
      unique: ofVolumes.uniqueBytes[index] ?? 0,
      snapshots: withOwn - bytes,
    });
  });
  snapshots.forEach((snapshot, index) => {
    byId.set(snapshot.id, {
      provisioned: snapshot.size,
      written: snapshot.data.writtenBytes,
      unique: ofAll.uniqueBytes[volumes.length + index] ?? 0,
      snapshots: 0,
    });
  });
  const counted: Counted = {
    version: model.dataVersion,
    byId,
    array: {
      written,
      unique,
      shared: ofVolumes.distinctBytes - unique,
      snapshots: ofAll.distinctBytes - ofVolumes.distinctBytes,
      used: ofAll.distinctBytes,
    },
  };
  cache.set(model, counted);
  return counted;
}

/** Provisioned over physical bytes, thin provisioning included; the array stops at 100. */
export function totalReduction(provisioned: number, physical: number): number {
  return physical === 0 && provisioned > 0 ? 100 : Math.min(100, reduction(provisioned, physical));
}

/** Reads what a volume or snapshot holds; null when it does not exist or the range is outside of it. */
export function readObject(
  model: ArrayModel,
  name: string,
  offset: number,
  length: number,
): Uint8Array<ArrayBuffer> | null {
  const object = model.volumes.byName(name) ?? model.snapshots.byName(name);
  if (object === undefined || offset + length > object.size) return null;
  return object.data.read(offset, length);
}

/** Writes to a volume as a host would; false when it does not exist or the range is outside of it. */
export function writeVolumeData(model: ArrayModel, name: string, offset: number, data: Uint8Array): boolean {
  const volume = model.volumes.byName(name);
  if (volume === undefined || offset + data.length > volume.size) return false;
  model.volumes.put({ ...volume, data: volume.data.write(offset, data) });
  model.dataVersion += 1;
  return true;
}

/** Adds up space. */
export function sumSpace(spaces: readonly ObjectSpace[]): ObjectSpace {
  return spaces.reduce(
    (sum, space) => ({
      provisioned: sum.provisioned + space.provisioned,
      written: sum.written + space.written,
      unique: sum.unique + space.unique,
      snapshots: sum.snapshots + space.snapshots,
    }),
    { provisioned: 0, written: 0, unique: 0, snapshots: 0 },
  );
}
