import { forEachName, type Refusal } from '../model/rules/refusal.ts';
import { type Named, nameKey, type Registry } from '../model/state/registry.ts';
import type { Rest2Call } from './endpoint.ts';
import { invalidCombination, missingParameter } from './errors.ts';

type Selectable = Named & { readonly eradicateAt?: number | null };

/**
 * The objects a GET is about: by `names` or `ids` (one without a match fails the whole request), by `destroyed`, or
 * all; in the order of their names.
 */
export function selectForList<T extends Selectable>(
  call: Rest2Call,
  registry: Registry<T>,
  notFound: (name: string) => Refusal,
): readonly T[] {
  const { query } = call;
  const destroyed = query.flag('destroyed');
  const fits = (record: T) =>
    destroyed === undefined || ((record.eradicateAt ?? null) !== null) === destroyed;
  const named = selectNamed(call, registry, (name, record) => {
    if (record === undefined || !fits(record)) throw notFound(name);
    return record;
  });
  if (named === null) return destroyed === undefined ? registry.sorted() : registry.sorted().filter(fits);
  return [...new Set(named)].sort((left, right) => {
    const a = nameKey(left.name);
    const b = nameKey(right.name);
    return a < b ? -1 : a > b ? 1 : 0;
  });
}

/** Names of the objects that a PATCH or DELETE is about. */
export function selectForWrite<T extends Selectable>(
  call: Rest2Call,
  registry: Registry<T>,
  notFound: (name: string) => Refusal,
): readonly string[] {
  const selected = selectNamed(call, registry, (name, record) =>
    // A name without a match is left to the operation, which knows the words to refuse it with.
    record === undefined && !call.query.has('ids') ? name : (record ?? fail(notFound(name))).name,
  );
  if (selected === null || selected.length === 0) throw missingParameter('names');
  return selected;
}

/** Names to create. */
export function namesToCreate(call: Rest2Call): readonly string[] {
  const names = call.query.names('names');
  if (names === undefined || names.length === 0) throw missingParameter('names');
  return names;
}

/** Names given as names or as ids of one side of a relation; undefined when neither is given. */
export function relationNames<T extends Selectable>(
  call: Rest2Call,
  side: string,
  registry: Registry<T>,
  notFound: (name: string) => Refusal,
): readonly string[] | undefined {
  const names = call.query.names(`${side}_names`);
  const ids = call.query.names(`${side}_ids`);
  if (names !== undefined && ids !== undefined) throw invalidCombination();
  if (ids === undefined) return names;
  return forEachName(ids, (id) => (registry.byId(id) ?? fail(notFound(id))).name);
}

function selectNamed<T extends Selectable, Result>(
  call: Rest2Call,
  registry: Registry<T>,
  pick: (name: string, record: T | undefined) => Result,
): readonly Result[] | null {
  const names = call.query.names('names');
  const ids = call.query.names('ids');
  if (names !== undefined && ids !== undefined) throw invalidCombination();
  if (names !== undefined) return forEachName(names, (name) => pick(name, registry.byName(name)));
  if (ids !== undefined) return forEachName(ids, (id) => pick(id, registry.byId(id)));
  return null;
}

function fail(refusal: Refusal): never {
  throw refusal;
}
