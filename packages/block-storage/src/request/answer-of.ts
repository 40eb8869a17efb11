import { assertNever } from '@cinder-flasharray/common';
import { OperationError } from '@cinder-flasharray/volume-manager';
import { BlockStorageError } from '../errors.ts';
import { invalidInput, invalidVolume } from './refusals.ts';

/** What cinder-api says of an answer of cinder-volume that is an error. */
export const badResponse = (text: string): string =>
  `Bad or unexpected response from the storage volume backend API: ${text}`;

type DriverFailure = NonNullable<OperationError['failure']>;

/** What the driver's failure is called by the request that it fails. */
export type FailureWords = (failure: DriverFailure) => string;

/** A detach, by either API. */
export const notDisconnected: FailureWords = ({ message }) =>
  badResponse(`Terminate volume connection failed: ${message}`);

/** The driver's own words. */
export const plainWords: FailureWords = ({ message }) => message;

/**
 * The answer of what the volume manager does for a request, or its error in Cinder's words.
 * @throws BlockStorageError
 */
export async function answerOf<Answer>(
  running: Promise<Answer>,
  words: FailureWords = plainWords,
): Promise<Answer> {
  try {
    return await running;
  } catch (error) {
    throw error instanceof OperationError ? inCindersWords(error, words) : error;
  }
}

function inCindersWords(error: OperationError, words: FailureWords): BlockStorageError {
  const { code, message, failure } = error;
  const options = { cause: error };
  switch (code) {
    case 'failed':
      return failure === null
        ? new BlockStorageError('backend-failure', message, options)
        : inWordsOf(failure, words);
    case 'invalid-state':
      return invalidVolume(message);
    case 'volume-gone':
      return new BlockStorageError('volume-not-found', message, options);
    case 'attachment-gone':
      return new BlockStorageError('attachment-not-found', message, options);
    case 'nothing-left':
      return invalidInput(message);
    case 'not-served':
      return new BlockStorageError('service-not-found', message, options);
    case 'stopping':
      return new BlockStorageError('stopping', message, options);
    default:
      return assertNever(code);
  }
}

/** A wrong connector or marker is the caller's, anything else the array's. */
function inWordsOf(failure: DriverFailure, words: FailureWords): BlockStorageError {
  switch (failure.code) {
    case 'invalid-connector':
    case 'invalid-marker':
      return new BlockStorageError('invalid-input', `Invalid input received: ${failure.message}`, {
        cause: failure,
      });
    case 'not-initialized':
      return new BlockStorageError('backend-unavailable', words(failure), { cause: failure });
    default:
      return new BlockStorageError('backend-failure', words(failure), { cause: failure });
  }
}
