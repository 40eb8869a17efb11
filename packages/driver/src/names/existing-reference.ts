import { DriverError } from '../contract/driver-error.ts';
import type { ExistingReference } from '../contract/records.ts';

/**
 * The array's name in a reference. Clients send `source-name` (Cinder 26 and newer, Horizon) or `name`.
 * @throws DriverError `invalid-reference`
 */
export function referencedName(reference: ExistingReference, what: 'volume' | 'snapshot'): string {
  const value = reference['source-name'] ?? reference.name;
  if (typeof value !== 'string' || value.trim() === '') {
    throw invalidReference(
      reference,
      `manage_existing requires a 'source-name' key to identify an existing ${what}.`,
    );
  }
  return value.trim();
}

export function invalidReference(reference: ExistingReference, reason: string): DriverError {
  return new DriverError(
    'invalid-reference',
    `Manage existing volume failed due to invalid backend reference ${JSON.stringify(reference)}: ${reason}`,
    { nothingMade: true },
  );
}
