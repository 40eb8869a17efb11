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
