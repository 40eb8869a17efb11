import { z } from 'zod';
import { type ApiError, badRequest } from './api-error.ts';
import { literal, shownValue } from './shown-value.ts';

/** From this microversion on, keys nobody knows are refused. */
const strictSince = 53;

/** The body's object under `name`, checked. @throws ApiError 400 naming field, value and rule */
export function readBody<Shape extends z.ZodRawShape>(
  body: unknown,
  name: string,
  shape: Shape,
  minor: number,
): z.output<z.ZodObject<Shape>> {
  return readObject(member(body, name), name, shape, minor);
}

/** The body itself, checked: for bodies without one object that holds everything. @throws ApiError 400 */
export function readWholeBody<Shape extends z.ZodRawShape>(
  body: unknown,
  shape: Shape,
  minor: number,
): z.output<z.ZodObject<Shape>> {
  return readObject(body ?? {}, null, shape, minor);
}

/**
 * One object, checked.
 * @param name the field that holds it; null for the body itself
 * @throws ApiError 400
 */
export function readObject<Shape extends z.ZodRawShape>(
  value: unknown,
  name: string | null,
  shape: Shape,
  minor: number,
): z.output<z.ZodObject<Shape>> {
  if (!isObject(value)) {
    throw refused(name, value, `${literal(value)} is not of type 'object'`);
  }
  const result = z.object(shape).safeParse(value);
  if (!result.success) {
    throw describe(result.error, value, name);
  }
  if (minor >= strictSince) {
    refuseExtraKeys(value, name, shape);
  }
  return result.data;
}

function member(body: unknown, name: string): unknown {
  const found: unknown = isObject(body) ? Reflect.get(body, name) : undefined;
  if (found === undefined) {
    throw badRequest(`'${name}' is a required property`);
  }
  return found;
}

function refuseExtraKeys(value: object, name: string | null, shape: z.ZodRawShape): void {
  const extra = Object.keys(value).filter((key) => !Object.hasOwn(shape, key));
  if (extra.length > 0) {
    const keys = extra.map((key) => `'${key}'`).join(', ');
    const verb = extra.length === 1 ? 'was' : 'were';
    throw refused(name, value, `Additional properties are not allowed (${keys} ${verb} unexpected)`);
  }
}

/** The first thing wrong. */
function describe(error: z.ZodError, value: object, name: string | null): ApiError {
  const [issue] = error.issues;
  const path = issue?.path.map(String) ?? [];
  const [field = name, holder = name] = [path.at(-1), path.at(-2)];
  const found = at(value, path);
  if (found === undefined) {
    return refused(holder, at(value, path.slice(0, -1)), `'${field}' is a required property`);
  }
  return refused(field, found, issue?.message ?? 'is not valid', path.includes('connector'));
}

function at(value: unknown, path: readonly string[]): unknown {
  let found = value;
  for (const key of path) {
    found = typeof found === 'object' && found !== null ? Reflect.get(found, key) : undefined;
  }
  return found;
}

/** @param secret the value belongs to a connector, which may hold passwords, and is not repeated */
function refused(field: string | null, value: unknown, rule: string, secret = false): ApiError {
  if (field === null) {
    return badRequest(rule);
  }
  return secret || field === 'connector'
    ? badRequest(`Invalid input for field/attribute ${field}. The connector must be an object.`)
    : badRequest(`Invalid input for field/attribute ${field}. Value: ${shownValue(value)}. ${rule}`);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
