/** What a registry keeps: objects with an id that never changes and a name that may. */
export type Named = { readonly id: string; readonly name: string };

/**
 * Objects of one kind, found by id or by name. Names compare without regard to case and keep the case they were given
 * (purity-rest-1.x.md section 3.1).
 */
export class Registry<T extends Named> {
  readonly #byId = new Map<string, T>();
  readonly #idByKey = new Map<string, string>();
  #sortedIds: readonly string[] | null = null;

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

  /** All objects, by name. */
  sorted(): readonly T[] {
    this.#sortedIds ??= [...this.#byId.values()]
      .sort((a, b) => compareNames(a.name, b.name))
      .map((record) => record.id);
    return this.#sortedIds.flatMap((id) => this.#byId.get(id) ?? []);
  }

  values(): Iterable<T> {
    return this.#byId.values();
  }

  /** Adds the object, or replaces the one of the same id (renaming it when the name differs). */
  put(record: T): T {
    const before = this.#byId.get(record.id);
    this.#byId.set(record.id, record);
    if (before !== undefined && nameKey(before.name) === nameKey(record.name)) return record;
    if (before !== undefined) this.#idByKey.delete(nameKey(before.name));
    this.#idByKey.set(nameKey(record.name), record.id);
    this.#sortedIds = null;
    return record;
  }

  remove(id: string): void {
    const record = this.#byId.get(id);
    if (record === undefined) return;
    this.#byId.delete(id);
    if (this.#idByKey.get(nameKey(record.name)) === id) this.#idByKey.delete(nameKey(record.name));
    this.#sortedIds = null;
  }

  clear(): void {
    this.#byId.clear();
    this.#idByKey.clear();
    this.#sortedIds = null;
  }
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
