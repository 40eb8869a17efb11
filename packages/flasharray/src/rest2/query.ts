/** A query parameter: lists become one parameter with literal commas between encoded values; null is left out. */
type QueryValue = string | number | boolean | readonly string[] | null;
export type Query = Readonly<Record<string, QueryValue>>;

/** `?names=pod%3A%3Av1,v2&limit=10`, or nothing when no parameter has a value (REST 2.x section 4). */
export function formatQuery(query: Query): string {
  const parts = Object.entries(query).flatMap(([name, value]) =>
    value === null ? [] : [`${encodeURIComponent(name)}=${formatValue(value)}`],
  );
  return parts.length === 0 ? '' : `?${parts.join('&')}`;
}

/** A string literal of the filter language: single quotes, with `\` and `'` escaped. */
export function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}

function formatValue(value: string | number | boolean | readonly string[]): string {
  return typeof value === 'object' ? value.map(encodeURIComponent).join(',') : encodeURIComponent(value);
}

/** Encoded names of one request, in characters: web servers take a request line of 8 KiB at the least. */
const longestList = 6_000;

/** Whether it is short enough for one request. */
export function isOneRequest(query: Query): boolean {
  return divided(query).length === 1;
}

/** The same query in parts, each short enough for one request: its longest list is divided among them. */
export function divided(query: Query): readonly Query[] {
  const [longest] = Object.entries(query)
    .flatMap(([name, value]) => (isList(value) ? [{ name, value, length: lengthOf(value) }] : []))
    .toSorted((one, other) => other.length - one.length);
  if (longest === undefined || longest.length <= longestList) {
    return [query];
  }
  const { name, value } = longest;
  return parts(value).map((part) => ({ ...query, [name]: part }));
}

function parts(names: readonly string[]): readonly (readonly string[])[] {
  const found: string[][] = [];
  let room = 0;
  for (const name of names) {
    const length = lengthOf([name]);
    if (length > room || found.length === 0) {
      found.push([]);
      room = longestList;
    }
    found.at(-1)?.push(name);
    room -= length;
  }
  return found;
}

function isList(value: QueryValue): value is readonly string[] {
  return Array.isArray(value);
}

function lengthOf(names: readonly string[]): number {
  return names.reduce((length, name) => length + encodeURIComponent(name).length + 1, 0);
}
