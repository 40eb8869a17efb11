import { z } from 'zod';
import { optional } from '../http/json-reply.ts';
import { type ErrorRow, type Refusal, refusalOf } from '../http/refusal.ts';
import type { HttpReply } from '../http/transport.ts';
import { tryJson } from '../http/try-json.ts';

/**
 * Messages of REST 2.x, all with HTTP 400 (REST 2.x section 3 and, where the wording is not settled, section 12). A
 * message that no row knows is `invalid`.
 */
export const rest2Errors: readonly ErrorRow[] = [
  {
    pattern: /due to existing connections/i,
    code: 'connected',
    example: '{"errors":[{"context":"h1","message":"Host cannot be deleted due to existing connections."}]}',
  },
  {
    pattern: /already in use/i,
    code: 'initiator-in-use',
    example:
      '{"errors":[{"context":"iqn.1993-08.org.debian:01:aa11","message":"The specified IQN is already in use."}]}',
  },
  {
    pattern: /already exists/i,
    code: 'already-exists',
    example: '{"errors":[{"context":"vol-a","message":"Connection already exists."}]}',
  },
  {
    pattern: /already includes/i,
    code: 'already-exists',
    example:
      '{"errors":[{"context":"cinder-group","message":"Protection group already includes target fa2."}]}',
  },
  {
    pattern: /already allowed on/i,
    code: 'already-exists',
    example:
      '{"errors":[{"context":"fa1:cinder-group","message":"Protection group is already allowed on fa2."}]}',
  },
  {
    pattern: /pod name is in use/i,
    code: 'already-exists',
    example: '{"errors":[{"context":"cinder-pod","message":"Pod name is in use on the other array."}]}',
  },
  {
    pattern: /has been (destroyed|deleted)/i,
    code: 'destroyed',
    example: '{"errors":[{"context":"vol-a","message":"Volume has been deleted."}]}',
  },
  {
    pattern: /eradication is disabled/i,
    code: 'eradication-disabled',
    example: '{"errors":[{"context":null,"message":"Eradication is disabled."}]}',
  },
  {
    pattern: /does not exist|no such volume or snapshot|could not be found/i,
    code: 'not-found',
    example: '{"errors":[{"context":"vol-a","message":"Volume does not exist."}]}',
  },
  {
    pattern: /pod is not online on/i,
    code: 'pod-not-online',
    example: '{"errors":[{"context":"cinder-pod","message":"Pod is not online on this array."}]}',
  },
  {
    pattern: /not connected for synchronous replication/i,
    code: 'invalid',
    example: '{"errors":[{"context":"fa2","message":"Array is not connected for synchronous replication."}]}',
  },
  {
    pattern: /array is not connected/i,
    code: 'not-found',
    example: '{"errors":[{"context":"fa2","message":"Array is not connected."}]}',
  },
  {
    pattern: /limit reached/i,
    code: 'limit-reached',
    example: '{"errors":[{"context":"vol-a","message":"Volume limit reached."}]}',
  },
];

const errorBody = z.object({
  errors: z.array(z.object({ message: z.string(), context: optional(z.string()) })).min(1),
});
/** What a gateway in front of the array answers, for 403 and 429. */
const gatewayBody = z.object({ message: z.string() });

/** Reads an answer other than 200; its body may be anything. */
export function rest2Refusal(reply: HttpReply): Refusal {
  const body = tryJson(reply.text);
  const errors = errorBody.safeParse(body);
  if (errors.success) {
    return refusalOf(reply, rest2Errors, errors.data.errors);
  }
  const gateway = gatewayBody.safeParse(body);
  return refusalOf(
    reply,
    rest2Errors,
    gateway.success ? [{ message: gateway.data.message, context: null }] : [],
  );
}
