import { z } from 'zod';
import { badRequest } from '../http/api-error.ts';
import { readObject } from '../http/body.ts';

/**
 * The body's object under `name`, checked as the first generation of the API does it: keys nobody knows are let be at
 * any microversion.
 * @throws ApiError 400
 */
export function readOldBody<Shape extends z.ZodRawShape>(
  body: unknown,
  name: string,
  shape: Shape,
): z.output<z.ZodObject<Shape>> {
  const holder = z.record(z.string(), z.unknown()).safeParse(body);
  const value = holder.success ? holder.data[name] : undefined;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw badRequest(`Missing required element '${name}' in request body.`);
  }
  return readObject(value, name, shape, 0);
}

/** A name as it stands in messages. */
export const shownName = (name: string | null | undefined): string => name ?? 'None';
