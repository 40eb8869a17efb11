import type { JsonObject } from '../http/messages.ts';
import { anyAdmin, createApiToken, currentToken, deleteApiToken } from '../model/rules/admins.ts';
import { forEachName, Refusal } from '../model/rules/refusal.ts';
import type { Admin } from '../model/state/records.ts';
import { nameOnly } from './common-rows.ts';
import {
  type EndpointDefinition,
  fleetReadSince,
  items,
  listQuery,
  type Rest2Call,
  since,
} from './endpoint.ts';
import { listReply } from './list.ts';
import { selectForList, selectForWrite } from './select.ts';

/** `/admins` and `/admins/api-tokens` (purity-rest-2.x.md section 7.22). */
export const adminEndpoints: readonly EndpointDefinition[] = [
  {
    path: 'admins',
    since: 2,
    methods: {
      GET: {
        query: {
          ...listQuery,
          ...fleetReadSince(54),
          continuation_token: 0,
          expose_api_token: 0,
          expose_public_key: 32,
          names: 0,
        },
        handle: (call) =>
          listReply(call, {
            records: selectForList(call, call.model.admins, notFound),
            key: (admin) => admin.name,
            row: (admin) => adminRow(call, admin),
          }),
      },
    },
  },
  {
    path: 'admins/api-tokens',
    since: 2,
    methods: {
      GET: {
        query: { ...listQuery, ...fleetReadSince(54), continuation_token: 0, expose_api_token: 0, names: 0 },
        handle: (call) =>
          listReply(call, {
            records: selectForList(call, call.model.admins, notFound),
            key: (admin) => admin.name,
            row: (admin) => ({ name: admin.name, api_token: tokenRow(call, admin, mayExpose(call, admin)) }),
          }),
      },
      POST: {
        query: { context_names: 54, names: 0, timeout: 0 },
        handle: (call) => {
          const lifetime = call.query.integer('timeout') ?? null;
          const names = selectForWrite(call, call.model.admins, notFound);
          const rows = forEachName(names, (name) => {
            createApiToken(call.model, name, lifetime);
            const admin = anyAdmin(call.model, name);
            // The one time that the token is shown in clear to anybody.
            return { name: admin.name, api_token: tokenRow(call, admin, true) };
          });
          return items(rows);
        },
      },
      DELETE: {
        query: { context_names: 54, names: 0 },
        handle: (call) => {
          forEachName(selectForWrite(call, call.model.admins, notFound), (name) =>
            deleteApiToken(call.model, name),
          );
          return null;
        },
      },
    },
  },
];

function adminRow(call: Rest2Call, admin: Admin): JsonObject {
  return {
    name: admin.name,
    api_token: tokenRow(call, admin, mayExpose(call, admin)),
    is_local: true,
    locked: false,
    lockout_remaining: null,
    public_key: null,
    role: nameOnly(admin.role),
    ...since(call, 36, { management_access_policies: [] }),
  };
}

function tokenRow(call: Rest2Call, admin: Admin, expose: boolean): JsonObject {
  const token = currentToken(call.model, admin);
  return {
    created_at: token?.created ?? null,
    expires_at: token?.expires ?? null,
    token: token === null ? null : expose ? token.token : '****',
  };
}

// Only one's own token can be shown again.
function mayExpose(call: Rest2Call, admin: Admin): boolean {
  return call.query.flag('expose_api_token') === true && admin.name === call.user;
}

function notFound(name: string): Refusal {
  return new Refusal('User does not exist.', name);
}
