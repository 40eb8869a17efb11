import { connectorOf } from '../simulation/machines.ts';

/** A request below `/v3/{project}`. */
export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
}

export const host = 'alpha';
export const action = (kind: string, id: string, body: unknown): ApiRequest => ({
  method: 'POST',
  path: `/${kind}/${id}/action`,
  body,
});
export const post = (path: string, body: unknown): ApiRequest => ({ method: 'POST', path, body });
export const del = (path: string): ApiRequest => ({ method: 'DELETE', path });

export const newVolume = (about: object): ApiRequest =>
  post('/volumes', { volume: { size: 1, name: 'made', ...about } });
export const connecting = (attachment: string, machine: string): ApiRequest => ({
  method: 'PUT',
  path: `/attachments/${attachment}`,
  body: { attachment: { connector: connectorOf(machine) } },
});
export const initializing = (volume: string): ApiRequest =>
  action('volumes', volume, { 'os-initialize_connection': { connector: connectorOf(host) } });
export const failingOver = (target: string): ApiRequest => ({
  method: 'PUT',
  path: '/os-services/failover_host',
  body: { host: 'node1@fa', backend_id: target },
});
export const retyping = (volume: string, type: string): ApiRequest =>
  action('volumes', volume, { 'os-retype': { new_type: type, migration_policy: 'never' } });
