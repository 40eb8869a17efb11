import type { z } from 'zod';
import type { ArrayHttp, ArrayRequest } from './array-http.ts';
import type { HttpReply } from './transport.ts';

/** A field that may be null or absent, which mean the same. */
export function optional<T extends z.ZodType>(schema: T) {
  return schema.nullish().transform((value) => value ?? null);
}

/**
 * Reads the JSON body of an answer. Fields that nobody here reads are let through.
 * @throws ArrayError `malformed-reply`, naming the field that is missing or wrong
 */
export function readJson<T>(
  http: Pick<ArrayHttp, 'error'>,
  request: ArrayRequest,
  reply: HttpReply,
  schema: z.ZodType<T>,
): T {
  const malformed = (message: string, cause?: unknown) =>
    http.error(request, {
      code: 'malformed-reply',
      message: `The array's answer to ${request.operation} ${message}`,
      status: reply.status,
      // It answered 200, so it did something.
      applied: 'unknown',
      cause,
    });
  const result = schema.safeParse(parseJson(reply.text, malformed));
  if (!result.success) {
    const [issue] = result.error.issues;
    const field = issue === undefined || issue.path.length === 0 ? 'the body' : `\`${issue.path.join('.')}\``;
    throw malformed(`is not as REST promises: ${field}: ${issue?.message ?? 'wrong'}`, result.error);
  }
  return result.data;
}

function parseJson(text: string, malformed: (message: string) => Error): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What JSON.parse says quotes the answer, which may quote a secret.
    throw malformed('is not JSON.');
  }
}
