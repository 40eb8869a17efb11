import { ArrayError, type ArrayErrorCode } from '@cinder-flasharray/flasharray';

/** Why a driver call failed. Closed: the manager switches on it. */
export const driverErrorCodes = [
  /** The driver is not set up, or its set-up failed (Cinder's DriverNotInitialized). */
  'not-initialized',
  /** The host's connector lacks something or has it wrong (Cinder's InvalidConnectorException). */
  'invalid-connector',
  /** The volume is connected in a way that must not be undone here (Cinder's VolumeIsBusy). */
  'volume-busy',
  /** The volume is on the current array under none of the names that it can have. */
  'volume-missing',
  /** The volume type asks for what cannot be had, or not together (Cinder's InvalidVolumeType). */
  'invalid-volume-type',
  /** A limit is no number or out of range (Cinder's InvalidQoSSpecs). */
  'invalid-qos-specs',
  /** What is asked to be managed is not there, or must not be (Cinder's ManageExistingInvalidReference). */
  'invalid-reference',
  /** The marker of a list is none of its entries (Cinder's InvalidInput). */
  'invalid-marker',
  /** Not an array to fail over to, or nothing to fail back from (Cinder's InvalidReplicationTarget). */
  'invalid-replication-target',
  /** Left to the caller, as Cinder's NotImplementedError. */
  'not-implemented',
  /** The array has another object of the name that was to be made. */
  'name-taken',
  /** The array refused, failed or did not answer; `arrayCode` tells which. */
  'array',
  /** The array's state does not allow it: no portal, unknown CHAP credentials (PureDriverException). */
  'driver',
] as const;
export type DriverErrorCode = (typeof driverErrorCodes)[number];

export interface DriverErrorOptions {
  readonly cause?: unknown;
  /** Proven: nothing of ours was made on the array by this call or an earlier try of it. */
  readonly nothingMade?: boolean;
  /** Where the volume is, when it is not under the name that the caller knows. */
  readonly volumeName?: string;
  /** The volume may have been moved, and it could not be looked for: nobody knows where it is. */
  readonly volumeLost?: boolean;
  /** It passes by itself, although the array's own words are a refusal: another array that it needs is away. */
  readonly passing?: boolean;
}

/** The only error the driver throws on purpose. The message is fit for a user: no secrets, objects named. */
export class DriverError extends Error {
  override readonly name = 'DriverError';
  readonly code: DriverErrorCode;
  readonly arrayCode: ArrayErrorCode | null;
  /** Whether it is proven that nothing of ours was made on the array. */
  readonly nothingMade: boolean;
  /** Full name on the array of a volume that is not where the caller knows it to be; null: it is, or it is lost. */
  readonly volumeName: string | null;
  /** Whether a call may have moved the volume to where nobody knows. The next try finds it. */
  readonly isVolumeLost: boolean;
  readonly passing: boolean;

  constructor(code: DriverErrorCode, message: string, options: DriverErrorOptions = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.code = code;
    this.arrayCode = options.cause instanceof ArrayError ? options.cause.code : null;
    this.nothingMade = options.nothingMade ?? false;
    this.volumeName = options.volumeName ?? null;
    this.isVolumeLost = options.volumeLost ?? false;
    this.passing = options.passing ?? false;
  }
}

/**
 * Trouble that passes by itself: the array is away, busy, or its answer was lost, or nobody waited for it. An array that
 * does not let us in, or that we do not trust, is as good as away: its back end is down, and work waits until somebody has mended that.
 */
const transientCodes: readonly ArrayErrorCode[] = [
  'unreachable',
  'unauthorized',
  'untrusted-certificate',
  'array-failure',
  'rate-limited',
  'timed-out',
  'malformed-reply',
  'cancelled',
  'pod-not-online',
];

/** Whether the same call may succeed later: then nothing is cleared away that it would take up. */
export function isTransient(error: unknown): boolean {
  return error instanceof DriverError
    ? error.code === 'not-initialized' || error.passing || isTransient(error.cause)
    : error instanceof ArrayError && transientCodes.includes(error.code);
}

/** The same failure, which tells besides where the volume is. What it tells already holds, also that nobody knows. */
export function leavingVolumeAt(error: DriverError, volumeName: string): DriverError {
  return error.volumeName === null && !error.isVolumeLost ? telling(error, { volumeName }) : error;
}

/** The same failure, which says besides that nobody knows where the volume is now. */
export function losingVolume(error: DriverError): DriverError {
  return error.volumeName === null ? telling(error, { volumeLost: true }) : error;
}

function telling(
  error: DriverError,
  more: Pick<DriverErrorOptions, 'volumeName' | 'volumeLost'>,
): DriverError {
  return new DriverError(error.code, error.message, { cause: error.cause, passing: error.passing, ...more });
}

/** A failed array call in words for the log and the user: what was tried, the array's own words, its object. */
export function arrayFailure(
  doing: string,
  error: unknown,
  options: { readonly nothingMade?: boolean } = {},
): DriverError {
  if (error instanceof DriverError) {
    return error;
  }
  if (!(error instanceof ArrayError)) {
    return new DriverError(
      'driver',
      `${doing} failed: ${error instanceof Error ? error.message : String(error)}`,
      {
        ...options,
        cause: error,
      },
    );
  }
  const about = error.context === null ? '' : ` (${error.context})`;
  return new DriverError('array', `${doing} failed on array ${error.array}: ${error.message}${about}`, {
    ...options,
    cause: error,
  });
}
