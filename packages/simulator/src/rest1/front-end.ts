import type { ApiReply, ApiRequest, Json } from '../http/messages.ts';
import { login, mayWrite, useSession } from '../model/rules/admins.ts';
import { Refusal, Refusals } from '../model/rules/refusal.ts';
import type { ArrayModel } from '../model/state/array-model.ts';
import type { Session } from '../model/state/records.ts';
import { FilterError } from '../query/filter-types.ts';
import { answerAdmins, answerArray, answerNetwork, answerPorts } from './array.ts';
import { answerArrayConnections } from './array-connections.ts';
import { list, NoSuchCall, ParameterReader, page, type Rest1Answer, type Rest1Call } from './call.ts';
import { answerVolumeGroups } from './containers.ts';
import { errorRest1 } from './errors.ts';
import { answerDrives, answerHardware, answerMessages } from './health.ts';
import { answerHostGroups, answerHosts } from './hosts.ts';
import { readParameters } from './parameters.ts';
import { answerPods } from './pods.ts';
import { answerProtectionGroups } from './protection-groups.ts';
import { answerVolumes } from './volumes.ts';

/** How the front end behaves beside the model. */
export type Rest1Options = { readonly pageCap: number };

/** Resources that exist but hold nothing here, with the first version that has them. */
const emptyResources: Readonly<Record<string, number>> = {
  subnet: 5,
  alert: 0,
};

/** Answers a request to `/api/1.N/...` of a version that the array offers. */
export function answerRest1(model: ArrayModel, options: Rest1Options, request: ApiRequest): ApiReply {
  const minor = Number(request.version?.split('.')[1] ?? 0);
  const parameters = new ParameterReader(readParameters(request));
  if (request.path === 'auth/session' || request.path === 'auth/apitoken') {
    return authenticate(model, request, parameters);
  }
  const session = useSession(model, cookieOf(request), 1);
  if (session === null) return unauthorized();
  try {
    if (request.method !== 'GET' && !mayWrite(model, session.user)) {
      return errorRest1(403, { context: null, message: 'Operation not permitted.' });
    }
    const call = {
      model,
      minor,
      method: request.method,
      parameters,
      user: session.user,
      pageCap: options.pageCap,
    };
    return reply(model, session, call, dispatch(call, request.path));
  } catch (error) {
    return refusal(error, session);
  }
}

function dispatch(call: Rest1Call, path: string): Rest1Answer {
  const [, resource = '', rest = ''] = /^([^/]+)(?:\/(.*))?$/s.exec(path) ?? [];
  switch (resource) {
    case 'array':
      if (rest === '') return answerArray(call);
      if (call.minor >= 2 && (rest === 'connection' || rest.startsWith('connection/'))) {
        return answerArrayConnections(call, rest.slice('connection/'.length));
      }
      break;
    case 'volume':
      return answerVolumes(call, rest);
    case 'host':
      return answerHosts(call, rest);
    case 'hgroup':
      return answerHostGroups(call, rest);
    case 'port':
      return answerPorts(call);
    case 'network':
      return answerNetwork(call, rest);
    case 'admin':
      return answerAdmins(call, rest);
    case 'message':
      return answerMessages(call, rest);
    case 'hardware':
      return answerHardware(call, rest);
    case 'drive':
      return answerDrives(call, rest);
    case 'pgroup':
      if (call.minor >= 2) return answerProtectionGroups(call, rest);
      break;
    case 'vgroup':
      if (call.minor >= 13) return answerVolumeGroups(call, rest);
      break;
    case 'pod':
      if (call.minor >= 13) return answerPods(call, rest);
      break;
    default:
      break;
  }
  const since = emptyResources[path];
  if (since === undefined || since > call.minor) throw new NoSuchCall(404);
  if (call.method !== 'GET') throw new NoSuchCall(405);
  return list([]);
}

/** `auth/session` and `auth/apitoken`. There are no passwords here, so every one is wrong. */
function authenticate(model: ArrayModel, request: ApiRequest, parameters: ParameterReader): ApiReply {
  if (request.path === 'auth/apitoken') {
    return errorRest1(400, { context: null, message: 'Invalid credentials.' });
  }
  if (request.method === 'POST') {
    const session = login(model, parameters.text('api_token') ?? '', 1);
    return session === null ? unauthorized() : json(model, session, { username: session.user }, {});
  }
  const session = useSession(model, cookieOf(request), 1);
  if (session === null || request.method !== 'DELETE') return unauthorized();
  model.sessions.delete(session.token);
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: session.user }),
    user: session.user,
  };
}

function reply(model: ArrayModel, session: Session, call: Rest1Call, answer: Rest1Answer): ApiReply {
  if (answer.kind === 'value') return json(model, session, answer.value, {});
  const { rows, headers } = page(call, answer.rows);
  return json(model, session, rows, headers);
}

/** The cookie goes with every reply: a client that keeps only what the last one set stays logged in. */
function json(
  model: ArrayModel,
  session: Session,
  body: Json,
  headers: Readonly<Record<string, string>>,
): ApiReply {
  const expires = new Date(model.now() + model.settings.idleTimeout).toUTCString();
  return {
    status: 200,
    headers: {
      'content-type': 'application/json',
      'set-cookie': `session=${session.token}; Expires=${expires}; HttpOnly; Path=/`,
      ...headers,
    },
    body: JSON.stringify(body),
    user: session.user,
  };
}

function refusal(error: unknown, session: Session): ApiReply {
  const entries = error instanceof Refusal ? [error] : error instanceof Refusals ? error.entries : null;
  if (entries !== null) {
    const status = entries[0]?.status ?? 400;
    const listed = entries.map(({ context, rest1Message }) => ({ context, message: rest1Message }));
    return { ...errorRest1(status, ...listed), user: session.user };
  }
  if (error instanceof NoSuchCall) {
    return { ...errorRest1(error.status, { context: null, message: error.message }), user: session.user };
  }
  if (error instanceof FilterError) {
    return { ...errorRest1(400, { context: null, message: 'Invalid filter.' }), user: session.user };
  }
  throw error;
}

function unauthorized(): ApiReply {
  return errorRest1(401, { context: null, message: 'Invalid or expired session.' });
}

function cookieOf(request: ApiRequest): string {
  const [, token = ''] = /(?:^|;\s*)session=([^;]*)/.exec(request.headers['cookie'] ?? '') ?? [];
  return token;
}
