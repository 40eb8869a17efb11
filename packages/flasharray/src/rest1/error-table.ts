import { z } from 'zod';
import { optional } from '../http/json-reply.ts';
import { type ErrorRow, type Refusal, refusalOf } from '../http/refusal.ts';
import type { HttpReply } from '../http/transport.ts';
import { tryJson } from '../http/try-json.ts';

/**
 * Messages of REST 1.x, all with HTTP 400 (REST 1.x sections 1.7 and 1.8). The narrower rows come first. A message that
 * no row knows is `invalid`.
 */
export const rest1Errors: readonly ErrorRow[] = [
  {
    pattern: /due to existing connections/i,
    code: 'connected',
    example:
      '[{"pure_err_key":"err.friendly","code":0,"ctx":"h1","pure_err_code":1,"msg":"Host cannot be deleted due to existing connections."}]',
  },
  {
    pattern: /already in use/i,
    code: 'initiator-in-use',
    example:
      '[{"pure_err_key":"err.friendly","code":0,"ctx":"iqn.1993-08.org.debian:01:aa11","pure_err_code":1,"msg":"The specified IQN is already in use."}]',
  },
  {
    pattern: /already exists/i,
    code: 'already-exists',
    example:
      '[{"pure_err_key":"err.friendly","code":0,"ctx":"db01","pure_err_code":1,"msg":"Volume already exists."}]',
  },
  {
    pattern: /already belongs to/i,
    code: 'already-exists',
    example:
      '[{"pure_err_key":"err.friendly","code":0,"ctx":"db01","pure_err_code":1,"msg":"Volume already belongs to protection group pg1."}]',
  },
  {
    pattern: /already includes/i,
    code: 'already-exists',
    example:
      '[{"pure_err_key":"err.friendly","code":0,"ctx":"cinder-group","pure_err_code":1,"msg":"Protection group already includes target fa2."}]',
  },
  {
    pattern: /already allowed on/i,
    code: 'already-exists',
    example:
      '[{"pure_err_key":"err.friendly","code":0,"ctx":"fa1:cinder-group","pure_err_code":1,"msg":"Protection group is already allowed on fa2."}]',
  },
  {
    pattern: /pod name is in use/i,
    code: 'already-exists',
    example:
      '[{"pure_err_key":"err.friendly","code":0,"ctx":"cinder-pod","pure_err_code":1,"msg":"Pod name is in use on the other array."}]',
  },
  {
    pattern: /has been destroyed/i,
    code: 'destroyed',
    example:
      '[{"pure_err_key":"err.friendly","code":0,"ctx":"db01.s1","pure_err_code":1,"msg":"Volume snapshot has been destroyed. It can be recovered by purevol recover and eradicated by purevol eradicate."}]',
  },
  {
    pattern: /eradication is disabled/i,
    code: 'eradication-disabled',
    example:
      '[{"pure_err_key":"err.friendly","code":0,"ctx":null,"pure_err_code":1,"msg":"Eradication is disabled."}]',
  },
  {
    pattern: /does not exist|no such volume or snapshot|could not be found/i,
    code: 'not-found',
    example:
      '[{"pure_err_key":"err.friendly","code":0,"ctx":"db01","pure_err_code":1,"msg":"Volume does not exist."}]',
  },
  {
    pattern: /pod is not online on/i,
    code: 'pod-not-online',
    example:
      '[{"pure_err_key":"err.friendly","code":0,"ctx":"cinder-pod","pure_err_code":1,"msg":"Pod is not online on this array."}]',
  },
  {
    pattern: /not connected for synchronous replication/i,
    code: 'invalid',
    example:
      '[{"pure_err_key":"err.friendly","code":0,"ctx":"fa2","pure_err_code":1,"msg":"Array is not connected for synchronous replication."}]',
  },
  {
    pattern: /is not connected/i,
    code: 'not-found',
    example:
      '[{"pure_err_key":"err.friendly","code":0,"ctx":"db01","pure_err_code":1,"msg":"Volume is not connected to the host."}]',
  },
  {
    pattern: /limit reached/i,
    code: 'limit-reached',
    example:
      '[{"pure_err_key":"err.friendly","code":0,"ctx":"db01","pure_err_code":1,"msg":"Volume limit reached."}]',
  },
];

const errorEntry = z
  .object({ msg: z.string(), ctx: optional(z.string()) })
  .transform((entry) => ({ message: entry.msg, context: entry.ctx }));
/** A list; a few releases give its one entry bare. */
const errorBody = z.union([z.array(errorEntry), errorEntry.transform((entry) => [entry])]);

/** Reads an answer other than 200; its body may be anything. */
export function rest1Refusal(reply: HttpReply): Refusal {
  const body = errorBody.safeParse(tryJson(reply.text));
  const refusal = refusalOf(reply, rest1Errors, body.success ? body.data : []);
  return reply.status === 450
    ? {
        ...refusal,
        message: 'The array does not serve this REST version any more: connect again to agree on another.',
      }
    : refusal;
}
