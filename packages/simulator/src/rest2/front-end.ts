import type { ApiReply, ApiRequest, Json, JsonObject } from '../http/messages.ts';
import { isObject } from '../http/messages.ts';
import { login, mayWrite, useSession } from '../model/rules/admins.ts';
import { Refusal, Refusals } from '../model/rules/refusal.ts';
import type { ArrayModel } from '../model/state/array-model.ts';
import { adminEndpoints } from './admins.ts';
import { arrayConnectionEndpoints } from './array-connections.ts';
import { arrayEndpoints } from './arrays.ts';
import { BodyReader } from './body-reader.ts';
import { connectionsEndpoint } from './connections.ts';
import { containerEndpoints } from './containers.ts';
import { defaultProtectionsEndpoint } from './default-protections.ts';
import { checkBody, checkQuery, type EndpointDefinition, type MethodDefinition } from './endpoint.ts';
import { Rest2Error, type Rest2ErrorEntry } from './errors.ts';
import { healthEndpoints } from './health.ts';
import { hostGroupEndpoints } from './host-groups.ts';
import { hostsEndpoint } from './hosts.ts';
import { networkEndpoints } from './network.ts';
import { podEndpoints } from './pods.ts';
import { protectionGroupMemberEndpoints } from './protection-group-members.ts';
import {
  protectionGroupReplicaEndpoint,
  protectionGroupSnapshotsEndpoint,
} from './protection-group-snapshots.ts';
import { protectionGroupEndpoints } from './protection-groups.ts';
import { QueryReader } from './query-reader.ts';
import { remoteProtectionGroupEndpoints } from './remote-protection-groups.ts';
import { replicationTargetsEndpoint } from './replication-targets.ts';
import { spaceEndpoints } from './space.ts';
import { tagEndpoints } from './tags.ts';
import { transferEndpoints } from './transfers.ts';
import { volumeGroupMemberEndpoints } from './volume-group-members.ts';
import { volumeSnapshotsEndpoint } from './volume-snapshots.ts';
import { volumesEndpoint } from './volumes.ts';

const endpoints = new Map<string, EndpointDefinition>(
  [
    ...adminEndpoints,
    ...arrayConnectionEndpoints,
    ...arrayEndpoints,
    connectionsEndpoint,
    ...containerEndpoints,
    defaultProtectionsEndpoint,
    ...healthEndpoints,
    ...hostGroupEndpoints,
    hostsEndpoint,
    ...networkEndpoints,
    ...podEndpoints,
    protectionGroupReplicaEndpoint,
    protectionGroupSnapshotsEndpoint,
    ...protectionGroupEndpoints,
    ...protectionGroupMemberEndpoints,
    ...spaceEndpoints,
    ...remoteProtectionGroupEndpoints,
    replicationTargetsEndpoint,
    ...tagEndpoints,
    ...transferEndpoints,
    ...volumeGroupMemberEndpoints,
    volumeSnapshotsEndpoint,
    volumesEndpoint,
  ].map((endpoint) => [endpoint.path, endpoint]),
);

const unauthorized = new Rest2Error(401, [{ context: null, message: 'Invalid or expired session.' }]);
const forbidden = new Rest2Error(403, [{ context: null, message: 'Operation not permitted.' }]);

/** How the front end behaves beside the model. */
export type Rest2Options = { readonly strict: boolean; readonly pageCap: number };

/** Answers a request to `/api/2.N/...` of a version that the array offers. */
export function answerRest2(model: ArrayModel, options: Rest2Options, request: ApiRequest): ApiReply {
  let user: string | null = null;
  try {
    if (request.path === 'login') return logIn(model, request);
    const session = sessionOf(model, request);
    user = session.user;
    if (request.path === 'logout') {
      if (request.method !== 'POST') throw methodNotAllowed();
      model.sessions.delete(session.token);
      return reply(request, 200, null, user);
    }
    return reply(request, 200, dispatch(model, options, request, user), user);
  } catch (error) {
    const refused = asRest2Error(error);
    if (refused === null) throw error;
    return reply(request, refused.status, { errors: refused.entries }, user);
  }
}

/** A `/api/2.N/` of a version that is not offered, or a path outside of the API. */
export function notFoundRest2(request: ApiRequest): ApiReply {
  return reply(request, 404, { errors: [{ context: null, message: 'Not found.' }] }, null);
}

/** An error reply made up by a fault. */
export function errorRest2(request: ApiRequest, status: number, entry: Rest2ErrorEntry): ApiReply {
  return reply(request, status, { errors: [entry] }, null);
}

function dispatch(
  model: ArrayModel,
  options: Rest2Options,
  request: ApiRequest,
  user: string,
): JsonObject | null {
  const minor = Number(request.version?.split('.')[1] ?? 0);
  const endpoint = endpoints.get(request.path);
  if (endpoint === undefined || endpoint.since > minor) {
    throw new Rest2Error(404, [{ context: null, message: 'Not found.' }]);
  }
  const method = methodOf(endpoint, request.method);
  if (method === undefined || (method.since ?? 0) > minor) throw methodNotAllowed();
  if (request.method !== 'GET' && !mayWrite(model, user)) throw forbidden;
  const rawBody = bodyOf(request);
  const query = new QueryReader(request.rawQuery);
  if (options.strict) {
    checkQuery(method, minor, query);
    checkBody(method, minor, rawBody);
  }
  return method.handle({
    model,
    minor,
    user,
    query,
    body: new BodyReader(isObject(rawBody) ? rawBody : {}),
    rawBody,
    pageCap: options.pageCap,
    hasContinuationToken: (method.query['continuation_token'] ?? 99) <= minor,
  });
}

function methodOf(endpoint: EndpointDefinition, method: string): MethodDefinition | undefined {
  switch (method) {
    case 'GET':
    case 'POST':
    case 'PATCH':
    case 'PUT':
    case 'DELETE':
      return endpoint.methods[method];
    default:
      return undefined;
  }
}

function bodyOf(request: ApiRequest): Json {
  switch (request.body.kind) {
    case 'none':
      return {};
    case 'json':
      return request.body.value;
    case 'form':
    case 'unreadable':
      throw new Rest2Error(400, [{ context: null, message: 'Invalid body.' }]);
  }
}

function logIn(model: ArrayModel, request: ApiRequest): ApiReply {
  if (request.method !== 'POST') throw methodNotAllowed();
  const token = request.headers['api-token'];
  const session = token === undefined ? null : login(model, token, 2);
  if (session === null) {
    throw new Rest2Error(401, [{ context: null, message: 'Invalid API token.' }]);
  }
  const answer = reply(request, 200, { items: [{ username: session.user }] }, session.user);
  return { ...answer, headers: { ...answer.headers, 'x-auth-token': session.token } };
}

function sessionOf(model: ArrayModel, request: ApiRequest) {
  const token = request.headers['x-auth-token'];
  const session = token === undefined ? null : useSession(model, token, 2);
  if (session === null) throw unauthorized;
  return session;
}

function methodNotAllowed(): Rest2Error {
  return new Rest2Error(405, [{ context: null, message: 'Method not allowed.' }]);
}

function asRest2Error(error: unknown): Rest2Error | null {
  if (error instanceof Rest2Error) return error;
  if (error instanceof Refusal) return new Rest2Error(error.status, [entryOf(error)]);
  if (error instanceof Refusals) return new Rest2Error(400, error.entries.map(entryOf));
  return null;
}

function entryOf(refusal: Refusal): Rest2ErrorEntry {
  return { context: refusal.context, message: refusal.message };
}

function reply(request: ApiRequest, status: number, body: JsonObject | null, user: string | null): ApiReply {
  const id = request.headers['x-request-id'];
  return {
    status,
    headers: {
      ...(body === null ? {} : { 'content-type': 'application/json' }),
      ...(id === undefined ? {} : { 'x-request-id': id }),
    },
    body: body === null ? null : JSON.stringify(body),
    user,
  };
}
