/** Order of a list: keys from most to least significant. */
export interface SortKey<Key extends string> {
  readonly key: Key;
  readonly direction: 'asc' | 'desc';
}

/** Which part of a list is asked for. */
export interface PageRequest<Key extends string> {
  /** Empty: newest first (`created_at` desc, `id` desc). */
  readonly sort: readonly SortKey<Key>[];
  /** Rows at most. */
  readonly limit: number;
  readonly offset: number;
  /** Id of the row the page starts after, in the list's order. */
  readonly marker: string | null;
  /** False: nobody will see the count, which costs more the longer the list is. True by default. */
  readonly counted?: boolean;
}

export type Page<Row> =
  /** `more`: rows are left after this page. `count`: all rows the filter matches, null when not asked for. */
  | {
      readonly kind: 'page';
      readonly rows: readonly Row[];
      readonly more: boolean;
      readonly count: number | null;
    }
  | { readonly kind: 'unknown-marker' };

/** How a column is compared in a filter. `like` is "contains", as Cinder's `~` suffix. */
export interface Comparison<Value> {
  readonly operator: 'eq' | 'neq' | 'gt' | 'gte' | 'lt' | 'lte' | 'like';
  readonly value: Value;
}
