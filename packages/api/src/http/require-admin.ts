import type { RequestContext } from '@cinder-flasharray/block-storage';
import { ApiError } from './api-error.ts';

/** @throws ApiError 403 */
export function requireAdmin({ isAdmin }: RequestContext, rule: string): void {
  if (!isAdmin) {
    throw new ApiError(403, `Policy doesn't allow ${rule} to be performed.`);
  }
}
