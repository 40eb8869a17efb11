import type { ArrayModel } from '../state/array-model.ts';
import type { Admin, AdminRole, ApiToken, Session } from '../state/records.ts';
import { Refusal } from './refusal.ts';

/** @throws Refusal `Admin does not exist.` */
export function anyAdmin(model: ArrayModel, name: string): Admin {
  const admin = model.admins.byName(name);
  if (admin === undefined) throw new Refusal('User does not exist.', name);
  return admin;
}

export function createAdmin(model: ArrayModel, name: string, role: AdminRole): Admin {
  if (!/^[a-z][a-z0-9_-]{0,31}$/.test(name)) throw new Refusal('Invalid user name.', name);
  if (model.admins.byName(name) !== undefined) throw new Refusal('User already exists.', name);
  return model.admins.put({ id: model.newId(), name, role, apiToken: null });
}

export function setRole(model: ArrayModel, name: string, role: AdminRole): Admin {
  return model.admins.put({ ...anyAdmin(model, name), role });
}

/** Makes the user's API token. A user has one at most. `lifetime` in milliseconds; null: for ever. */
export function createApiToken(model: ArrayModel, name: string, lifetime: number | null): ApiToken {
  const admin = anyAdmin(model, name);
  if (currentToken(model, admin) !== null) throw new Refusal('API token already created.', name);
  const created = model.now();
  const expires = lifetime === null ? null : created + lifetime;
  const apiToken = { token: model.random.uuid(), created, expires };
  model.admins.put({ ...admin, apiToken });
  return apiToken;
}

export function deleteApiToken(model: ArrayModel, name: string): Admin {
  const admin = anyAdmin(model, name);
  if (admin.apiToken === null) throw new Refusal('API token does not exist.', name);
  for (const session of [...model.sessions.values()]) {
    if (session.user === admin.name) model.sessions.delete(session.token);
  }
  return model.admins.put({ ...admin, apiToken: null });
}

/** The user's token while it is valid. */
export function currentToken(model: ArrayModel, admin: Admin): ApiToken | null {
  const { apiToken } = admin;
  if (apiToken === null) return null;
  return apiToken.expires !== null && apiToken.expires <= model.now() ? null : apiToken;
}

/** Starts a session for the owner of an API token; null: no such token. */
export function login(model: ArrayModel, token: string, generation: 1 | 2): Session | null {
  for (const admin of model.admins.values()) {
    if (currentToken(model, admin)?.token !== token) continue;
    const session = { token: model.random.uuid(), user: admin.name, generation, usedAt: model.now() };
    model.sessions.set(session.token, session);
    return session;
  }
  return null;
}

/** The live session of a token, its idle time started anew; null when there is none. */
export function useSession(model: ArrayModel, token: string, generation: 1 | 2): Session | null {
  const session = model.sessions.get(token);
  if (session === undefined || session.generation !== generation) return null;
  const used = { ...session, usedAt: model.now() };
  model.sessions.set(token, used);
  return used;
}

/** Whether a user may change anything. */
export function mayWrite(model: ArrayModel, user: string): boolean {
  const role = model.admins.byName(user)?.role;
  return role === 'array_admin' || role === 'storage_admin';
}
