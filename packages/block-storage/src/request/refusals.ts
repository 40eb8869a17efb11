import { BlockStorageError } from '../errors.ts';

export const invalidInput = (reason: string): BlockStorageError =>
  new BlockStorageError('invalid-input', `Invalid input received: ${reason}`);
export const invalidVolume = (reason: string): BlockStorageError =>
  new BlockStorageError('invalid-volume', `Invalid volume: ${reason}`);
export const invalidGroupSnapshot = (reason: string): BlockStorageError =>
  new BlockStorageError('invalid-group-snapshot', `Invalid GroupSnapshot: ${reason}`);
export const invalidGroup = (reason: string): BlockStorageError =>
  new BlockStorageError('invalid-group', `Invalid group: ${reason}`);
export const invalidSnapshot = (reason: string): BlockStorageError =>
  new BlockStorageError('invalid-snapshot', `Invalid snapshot: ${reason}`);
export const noSuchAttachment = (id: string): BlockStorageError =>
  new BlockStorageError(
    'attachment-not-found',
    `Volume attachment could not be found with filter: attachment_id = ${id}.`,
  );
