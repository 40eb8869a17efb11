import { badRequest } from './api-error.ts';
import { readBoolean } from './fields.ts';
import type { ApiRequest } from './route.ts';

/**
 * Whether public or private types are listed; null for both, which administrators ask for with `is_public=None`. Others
 * see the public ones and those their project has access to.
 * @throws ApiError 400
 */
export function publicFilter({ query, context }: ApiRequest): boolean | null {
  if (!context.isAdmin) {
    return null;
  }
  const given = query.get('is_public');
  if (given === null) {
    return true;
  }
  if (given.toLowerCase() === 'none') {
    return null;
  }
  const wanted = readBoolean(given);
  if (wanted === null) {
    throw badRequest(`Invalid is_public filter [${given}]`);
  }
  return wanted;
}
