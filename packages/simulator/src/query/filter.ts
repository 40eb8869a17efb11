import { parseFilter } from './filter-parser.ts';
import type { FilterExpression, FilterOperand, FilterPath, FilterValue } from './filter-types.ts';
import { FilterError } from './filter-types.ts';

/** Tags that the `tags('key','value')` function looks at. */
export type FilterTag = { readonly key: string; readonly value: string | null };

/** A compiled filter: whether a row passes. @throws FilterError for a field that the rows do not have. */
export type RowFilter = (
  row: Readonly<Record<string, unknown>>,
  tags?: () => readonly FilterTag[],
) => boolean;

/**
 * Compiles a filter of the arrays' query language (purity-rest-2.x.md section 4): comparisons, `and or not`,
 * parentheses, `contains()`, `tags()`, in-lists, bare fields, paths, list fields, `*` wildcards.
 *
 * @throws FilterError when the text is not a filter.
 */
export function compileFilter(text: string): RowFilter {
  const expression = parseFilter(text);
  return (row, tags) => evaluate(expression, row, tags ?? (() => []));
}

function evaluate(
  expression: FilterExpression,
  row: Readonly<Record<string, unknown>>,
  tags: () => readonly FilterTag[],
): boolean {
  switch (expression.kind) {
    case 'and':
      return evaluate(expression.left, row, tags) && evaluate(expression.right, row, tags);
    case 'or':
      return evaluate(expression.left, row, tags) || evaluate(expression.right, row, tags);
    case 'not':
      return !evaluate(expression.operand, row, tags);
    case 'present':
      return valuesAt(expression.path, row).values.some(isPresent);
    case 'contains':
      return valuesAt(expression.path, row).values.some(
        (value) => typeof value === 'string' && value.toLowerCase().includes(expression.text.toLowerCase()),
      );
    case 'tags':
      return tags().some((tag) => tag.key === expression.key && tag.value === expression.value);
    case 'compare':
      return compare(expression.path, expression.operator, expression.operand, row);
  }
}

function compare(
  path: FilterPath,
  operator: '=' | '!=' | '<' | '>' | '<=' | '>=',
  operand: FilterOperand,
  row: Readonly<Record<string, unknown>>,
): boolean {
  const { values, all } = valuesAt(path, row);
  const wanted = operand.kind === 'list' ? operand.values : [operand.value];
  // A list field equals a value when any of its elements does; `!=` is the opposite of `=`.
  const equal = (value: unknown) => wanted.some((one) => isEqual(value, one));
  if (operator === '=') return all ? values.length > 0 && values.every(equal) : values.some(equal);
  if (operator === '!=') return all ? !values.every(equal) : !values.some(equal);
  const ordered = (value: unknown) => wanted.some((one) => isOrdered(value, operator, one));
  return all ? values.length > 0 && values.every(ordered) : values.some(ordered);
}

function valuesAt(
  path: FilterPath,
  row: Readonly<Record<string, unknown>>,
): { readonly values: readonly unknown[]; readonly all: boolean } {
  const first = path[0];
  if (first === undefined || !(first.field in row)) {
    throw new FilterError(`unknown field ${first?.field ?? ''}`);
  }
  let values: readonly unknown[] = [row];
  let all = false;
  for (const segment of path) {
    values = values.flatMap((value): readonly unknown[] => {
      const member = isRecord(value) ? value[segment.field] : undefined;
      if (!Array.isArray(member)) return [member];
      if (typeof segment.index === 'number') return member.slice(segment.index, segment.index + 1);
      return member;
    });
    if (segment.index === 'all') all = true;
  }
  return { values, all };
}

function isPresent(value: unknown): boolean {
  return value !== null && value !== undefined && value !== false && value !== '';
}

function isEqual(value: unknown, wanted: FilterValue): boolean {
  if (value === null || value === undefined) return false;
  if (typeof value === 'boolean') return String(value) === String(wanted).toLowerCase();
  if (typeof value === 'number') return value === toNumber(wanted);
  if (typeof value !== 'string') return false;
  return typeof wanted === 'string' ? wildcard(wanted).test(value) : value === String(wanted);
}

function isOrdered(value: unknown, operator: '<' | '>' | '<=' | '>=', wanted: FilterValue): boolean {
  const [left, right] =
    typeof value === 'number'
      ? [value, toNumber(wanted)]
      : typeof value === 'string'
        ? [value.toLowerCase(), String(wanted).toLowerCase()]
        : [null, null];
  if (left === null || right === null) return false;
  switch (operator) {
    case '<':
      return left < right;
    case '>':
      return left > right;
    case '<=':
      return left <= right;
    case '>=':
      return left >= right;
  }
}

function toNumber(value: FilterValue): number | null {
  if (typeof value === 'number') return value;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
  return Number.isNaN(number) ? null : number;
}

const wildcards = new Map<string, RegExp>();

function wildcard(pattern: string): RegExp {
  const known = wildcards.get(pattern);
  if (known !== undefined) return known;
  const escaped = pattern.split('*').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  const made = new RegExp(`^${escaped.join('.*')}$`, 'is');
  if (wildcards.size > 1000) wildcards.clear();
  wildcards.set(pattern, made);
  return made;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
