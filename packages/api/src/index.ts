export { type ApiOptions, type ApiServer, createApi } from './api-server.ts';
export { type AuthStrategy, noauth } from './auth/auth-strategy.ts';
