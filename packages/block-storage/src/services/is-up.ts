import type { ServiceRecord } from '@cinder-flasharray/store';
import type { BlockStorageDependencies } from '../dependencies.ts';

/** A service is up while its last heartbeat is not too old. */
export function isUp({ clock, config }: BlockStorageDependencies, service: ServiceRecord): boolean {
  const last = (service.updatedAt ?? service.createdAt).getTime();
  return clock.now() - last <= config.serviceDownTime * 1_000;
}
