export { type ApiOptions, type ApiServer, createApi } from './api-server.ts';
export type { Authentication, AuthRequest, AuthStrategy } from './auth/auth-strategy.ts';
export { noauth } from './auth/noauth.ts';
export type { Identity } from './http/identity.ts';
export type { Health } from './versions/healthcheck.ts';
