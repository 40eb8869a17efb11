import { BlockStorageError } from '../errors.ts';
import type { RequestContext } from './request-context.ts';

/** @throws BlockStorageError `forbidden` */
export function requireAdmin(context: RequestContext, rule: string): void {
  if (!context.isAdmin) {
    throw new BlockStorageError('forbidden', `Policy doesn't allow ${rule} to be performed.`);
  }
}
