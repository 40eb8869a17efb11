import { BlockStorageError } from '@cinder-flasharray/block-storage';
import type { LogFields, Logger } from '@cinder-flasharray/common';
import { ApiError, statusOf, unexpectedFailure } from './api-error.ts';

/** What a client is told about a failure. */
export interface Refusal {
  readonly status: number;
  readonly message: string;
}

/**
 * Status and words of any failure. What is no refusal is logged and told to nobody, since its text may hold anything.
 */
export function refusalOf(error: unknown, logger: Logger, fields: LogFields): Refusal {
  if (error instanceof ApiError) {
    return { status: error.status, message: error.message };
  }
  if (error instanceof BlockStorageError) {
    return { status: statusOf[error.code], message: error.message };
  }
  return (
    serverRefusal(error) ??
    unexpected(error instanceof Error ? error : new Error(String(error)), logger, fields)
  );
}

/** Refusals of the HTTP server itself: bodies and requests it cannot read. */
function serverRefusal(error: unknown): Refusal | null {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : null;
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return { status: 413, message: 'Request is too large.' };
  }
  const status: unknown = error instanceof Error ? Reflect.get(error, 'statusCode') : null;
  return typeof status === 'number' && status >= 400 && status < 500
    ? { status, message: 'The request cannot be understood.' }
    : null;
}

function unexpected(error: Error, logger: Logger, fields: LogFields): Refusal {
  logger.error({ ...fields, error }, 'a request failed');
  return { status: 500, message: unexpectedFailure };
}
