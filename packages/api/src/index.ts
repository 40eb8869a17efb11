export { type ApiOptions, type ApiServer, createApi } from './api-server.ts';
export type { Authentication, AuthRequest, AuthStrategy, Identity } from './auth/auth-strategy.ts';
export { noauth } from './auth/noauth.ts';
export type { Health } from './versions/healthcheck.ts';
