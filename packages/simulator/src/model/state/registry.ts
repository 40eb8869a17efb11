/** What a registry keeps: objects with an id that never changes and a name that may. */
export type Named = { readonly id: string; readonly name: string };

/** Finds the records of a registry that share a key: the snapshots of a volume, for example. */
export interface Index<T> {
  /** The records of this key, in the order in which they came to it. */
  get(key: string): readonly T[];
}

/**
 * Objects of one kind, found by id or by name. Names compare without regard to case and keep the case they were given
 * (purity-rest-1.x.md section 3.1).
 */
export class Registry<T extends Named> {
  readonly #byId = new Map<string, T>();
  readonly #idByKey = new Map<string, string>();
  readonly #indexes: RegistryIndex<T>[] = [];
  #sorted: readonly T[] | null = null;
  /** Keys of names whose place in `#sorted` is out of date. */
  readonly #stale = new Set<string>();
  /** Told of each change before it is made; one that it throws at is not made. */
  watch: ((record: T, change: 'put' | 'remove') => void) | null = null;

  get size(): number {
    return this.#byId.size;
  }

  byId(id: string): T | undefined {
    return this.#byId.get(id);
  }

  byName(name: string): T | undefined {
    const id = this.#idByKey.get(nameKey(name));
    return id === undefined ? undefined : this.#byId.get(id);
  }

  /** Keeps the records by another key as well; null: not in this index. */
  indexBy(key: (record: T) => string | null): Index<T> {
    const index = new RegistryIndex(key);
    for (const record of this.#byId.values()) index.change(undefined, record);
    this.#indexes.push(index);
    return index;
  }

  /** All objects, by name. The array is not changed afterwards. */
  sorted(): readonly T[] {
    if (this.#sorted === null || this.#stale.size > this.#sorted.length / 16) {
      this.#sorted = [...this.#byId.values()].sort((a, b) => compareNames(a.name, b.name));
    } else if (this.#stale.size > 0) {
      this.#sorted = this.#brought(this.#sorted);
    }
    this.#stale.clear();
    return this.#sorted;
  }

  values(): Iterable<T> {
    return this.#byId.values();
  }

  /** Adds the object, or replaces the one of the same id (renaming it when the name differs). */
  put(record: T): T {
    this.watch?.(record, 'put');
    const before = this.#byId.get(record.id);
    const key = nameKey(record.name);
    this.#byId.set(record.id, record);
    for (const index of this.#indexes) index.change(before, record);
    this.#touch(key);
    if (before === undefined || nameKey(before.name) !== key) {
      if (before !== undefined) this.#forgetName(before);
      this.#idByKey.set(key, record.id);
    }
    return record;
  }

  remove(id: string): void {
    const record = this.#byId.get(id);
    if (record === undefined) return;
    this.watch?.(record, 'remove');
    this.#byId.delete(id);
    for (const index of this.#indexes) index.change(record, undefined);
    this.#forgetName(record);
  }

  clear(): void {
    this.#byId.clear();
    this.#idByKey.clear();
    for (const index of this.#indexes) index.clear();
    this.#sorted = null;
    this.#stale.clear();
  }

  #forgetName(record: T): void {
    const key = nameKey(record.name);
    if (this.#idByKey.get(key) === record.id) this.#idByKey.delete(key);
    this.#touch(key);
  }

  #touch(key: string): void {
    if (this.#sorted !== null) this.#stale.add(key);
  }

  // A list after a few changes must not cost a sort of everything.
  #brought(sorted: readonly T[]): readonly T[] {
    const copy = [...sorted];
    for (const key of this.#stale) {
      const place = lowerBound(copy, (record) => nameKey(record.name) >= key);
      const listed = copy[place];
      const current = this.byName(key);
      copy.splice(
        place,
        listed !== undefined && nameKey(listed.name) === key ? 1 : 0,
        ...(current === undefined ? [] : [current]),
      );
    }
    return copy;
  }
}

class RegistryIndex<T extends Named> implements Index<T> {
  readonly #key: (record: T) => string | null;
  readonly #records = new Map<string, Map<string, T>>();

  constructor(key: (record: T) => string | null) {
    this.#key = key;
  }

  get(key: string): readonly T[] {
    return [...(this.#records.get(key)?.values() ?? [])];
  }

  change(before: T | undefined, after: T | undefined): void {
    const from = before === undefined ? null : this.#key(before);
    const to = after === undefined ? null : this.#key(after);
    if (before !== undefined && from !== null && from !== to) {
      const records = this.#records.get(from);
      records?.delete(before.id);
      if (records?.size === 0) this.#records.delete(from);
    }
    if (after !== undefined && to !== null) {
      const records = this.#records.get(to) ?? new Map<string, T>();
      records.set(after.id, after);
      this.#records.set(to, records);
    }
  }

  clear(): void {
    this.#records.clear();
  }
}

/** The first position from which on `reached` holds; the length when it never does. */
export function lowerBound<T>(sorted: readonly T[], reached: (record: T) => boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const record = sorted[middle];
    if (record === undefined || reached(record)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The form of a name that decides whether two are the same. */
export function nameKey(name: string): string {
  return name.toLowerCase();
}

/** Order of lists: by name, without regard to case. */
export function compareNames(left: string, right: string): number {
  const a = nameKey(left);
  const b = nameKey(right);
  return a < b ? -1 : a > b ? 1 : 0;
}
