import { join } from 'node:path';

/** `var/` of the checkout, unless `CINDER_FLASHARRAY_STATE` names another folder. */
export function defaultStateFolder(): string {
  return process.env.CINDER_FLASHARRAY_STATE ?? join(import.meta.dirname, '..', '..', '..', 'var');
}

/** The simulator's part of a state folder. */
export function simulatorFolder(state: string): string {
  return join(state, 'simulator');
}
