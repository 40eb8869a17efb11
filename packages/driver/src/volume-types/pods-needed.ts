import type { FlashArray } from '@cinder-flasharray/flasharray';
import { DriverError } from '../contract/driver-error.ts';

/** @throws DriverError when the array is too old to replicate */
export function requireContainers(array: FlashArray, what: string): void {
  if (!array.capabilities.containers) {
    throw new DriverError(
      'driver',
      `Array ${array.identity.name} (Purity ${array.identity.purityVersion}) has no pods: ${what} needs Purity 5.0 or later.`,
      { nothingMade: true },
    );
  }
}
