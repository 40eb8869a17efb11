import type { DeferredWork } from '@cinder-flasharray/store';
import type { Work } from '../../run/definition.ts';
import { clearGroupCopy } from './clear-group-copy.ts';
import { clearSnapshot } from './clear-snapshot.ts';
import { removeOriginal } from './remove-original.ts';
import { removeProtectionGroup } from './remove-protection-group.ts';
import { isOnCurrent } from './when-current.ts';

/** Work that can wait for an array. */
export const deferrable = [clearGroupCopy, clearSnapshot, removeOriginal, removeProtectionGroup] as const;

/**
 * What has waited for the array that is current. What makes no sense stays where it is.
 * @returns with the ids under which it waits
 */
export function dueOf(
  deferred: readonly (DeferredWork & { readonly id: number })[],
  array: { readonly current: string; readonly servesPod: boolean },
): readonly { readonly id: number; readonly work: Work<unknown> }[] {
  const here = deferred.filter(({ backendId }) => isOnCurrent(backendId, array));
  return here.flatMap(({ id, operation: name, details }) => {
    const found = deferrable.find((candidate) => candidate.name === name);
    try {
      return found === undefined ? [] : [{ id, work: found.read(details) }];
    } catch {
      return [];
    }
  });
}
