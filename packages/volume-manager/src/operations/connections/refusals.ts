import type { DriverError } from '@cinder-flasharray/driver';
import { BlockStorageError } from '../../errors.ts';

/** What a caller is told of a connection that failed: a wrong connector is his, anything else the array's. */
export function connectionFailure(failure: DriverError, text: string): BlockStorageError {
  return failure.code === 'invalid-connector'
    ? new BlockStorageError('invalid-input', `Invalid input received: ${failure.message}`, { cause: failure })
    : new BlockStorageError('backend-failure', text, { cause: failure });
}

export const backendError = (text: string): string =>
  `Bad or unexpected response from the storage volume backend API: ${text}`;
