/** Why a request is refused or failed, in Cinder's terms. Closed: the API maps each code to a status. */
export const blockStorageErrorCodes = [
  /** A value of the request is wrong (400). */
  'invalid-input',
  /** The volume's state does not allow it, or a race for it was lost (400). */
  'invalid-volume',
  /** The snapshot's state does not allow it (400). */
  'invalid-snapshot',
  /** The attachment's state does not allow it (400). */
  'invalid-attachment',
  /** The group's, or group snapshot's, state does not allow it (400). */
  'invalid-group',
  'invalid-group-snapshot',
  /** What is asked to be managed is not there, or must not be (400). */
  'invalid-reference',
  'volume-not-found',
  'snapshot-not-found',
  'attachment-not-found',
  'volume-type-not-found',
  'group-not-found',
  'group-snapshot-not-found',
  'group-type-not-found',
  'qos-specs-not-found',
  'service-not-found',
  'message-not-found',
  /** A list's marker is no row of it (404). */
  'marker-not-found',
  /** A metadata key or extra spec is not there (404). */
  'key-not-found',
  /** A name is taken (409). */
  'conflict',
  /** Not allowed to this caller (403). */
  'forbidden',
  /** A quota is exceeded (413). */
  'over-quota',
  /** The array or the driver failed (500); the message holds the array's words. */
  'backend-failure',
  /** The back end is not initialised or not there (503 in ours, 500 where Cinder does so). */
  'backend-unavailable',
  /** The back ends that might take something new are down; later they may not be (503). */
  'no-backend-up',
  /** Shutting down (503). */
  'stopping',
] as const;
export type BlockStorageErrorCode = (typeof blockStorageErrorCodes)[number];

/** The only error this package throws on purpose. Its message is fit for a user: no secrets, the object named. */
export class BlockStorageError extends Error {
  override readonly name = 'BlockStorageError';
  readonly code: BlockStorageErrorCode;

  constructor(code: BlockStorageErrorCode, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.code = code;
  }
}
