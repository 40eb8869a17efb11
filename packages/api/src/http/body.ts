import { z } from 'zod';
import { badRequest } from './api-error.ts';

/** From this microversion on, keys nobody knows are refused. */
const strictSince = 53;
const longestText = 255;

/** Names and descriptions: text up to 255 characters, surrounding space stripped, or null. */
export const optionalText = z
  .string()
  .max(longestText, `is longer than ${longestText} characters`)
  .transform((text) => text.trim())
  .nullable()
  .optional();

export const metadata = z.record(z.string(), z.string({ error: 'is not a string' }));

/** A boolean, or one of Cinder's words for one. */
export const looseBoolean = z
  .union(
    [
      z.boolean(),
      z.enum([
        'true',
        'True',
        'TRUE',
        '1',
        'on',
        'yes',
        't',
        'y',
        'false',
        'False',
        'FALSE',
        '0',
        'off',
        'no',
        'f',
        'n',
      ]),
    ],
    {
      error: 'is not a boolean',
    },
  )
  .transform(
    (value) => value === true || ['true', 'True', 'TRUE', '1', 'on', 'yes', 't', 'y'].includes(String(value)),
  );

/** A whole number, also as digits in a string. */
export const integer = z.union([z.number(), z.string()]).transform((value, context) => {
  if (/^-?[0-9]+$/.test(String(value))) {
    return Number(value);
  }
  context.addIssue({ code: 'custom', message: `'${value}' does not match '^[0-9]+$'` });
  return z.NEVER;
});

export const connector = z.record(z.string(), z.unknown(), { error: 'is not an object' });

/** The body's one object under its name, checked. @throws ApiError 400 naming field, value and rule */
export function readBody<Shape extends z.ZodRawShape>(
  body: unknown,
  name: string,
  shape: Shape,
  minor: number,
): z.output<z.ZodObject<Shape>> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw badRequest(`'${name}' is a required property`);
  }
  const inner: unknown = Reflect.get(body, name);
  if (inner === undefined) {
    throw badRequest(`'${name}' is a required property`);
  }
  return readObject(inner, name, shape, minor);
}

/** One object, checked. @throws ApiError 400 */
export function readObject<Shape extends z.ZodRawShape>(
  value: unknown,
  name: string,
  shape: Shape,
  minor: number,
): z.output<z.ZodObject<Shape>> {
  const result = z.object(shape).safeParse(value);
  if (!result.success) {
    throw badRequest(describe(result.error, value, name));
  }
  if (minor >= strictSince && typeof value === 'object' && value !== null) {
    const extra = Object.keys(value).filter((key) => !(key in shape));
    if (extra.length > 0) {
      throw badRequest(
        `Invalid input for field/attribute ${name}. Value: ${shorten(value)}. Additional properties are not allowed (${extra.map((key) => `'${key}'`).join(', ')} ${extra.length === 1 ? 'was' : 'were'} unexpected)`,
      );
    }
  }
  return result.data;
}

function shorten(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text === undefined ? 'None' : text.slice(0, 200);
}

/** The first thing wrong, in Cinder's form. Connectors may hold secrets: their values are not repeated. */
function describe(error: z.ZodError, value: unknown, name: string): string {
  const [issue] = error.issues;
  const path = issue?.path.map(String) ?? [];
  const field = path.at(-1) ?? name;
  let found: unknown = value;
  for (const key of path) {
    found = typeof found === 'object' && found !== null ? Reflect.get(found, key) : undefined;
  }
  if (found === undefined) {
    return `Invalid input for field/attribute ${path.slice(0, -1).at(-1) ?? name}. '${field}' is a required property`;
  }
  const shown = path.includes('connector') ? '' : ` Value: ${shorten(found)}.`;
  return `Invalid input for field/attribute ${field}.${shown} ${issue?.message ?? 'is not valid'}`;
}
