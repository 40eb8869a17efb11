import { BlockStorageError } from '@cinder-flasharray/volume-manager';

export const invalidInput = (reason: string): BlockStorageError =>
  new BlockStorageError('invalid-input', `Invalid input received: ${reason}`);
export const invalidVolume = (reason: string): BlockStorageError =>
  new BlockStorageError('invalid-volume', `Invalid volume: ${reason}`);
export const invalidGroup = (reason: string): BlockStorageError =>
  new BlockStorageError('invalid-group', `Invalid group: ${reason}`);
export const invalidSnapshot = (reason: string): BlockStorageError =>
  new BlockStorageError('invalid-snapshot', `Invalid snapshot: ${reason}`);
