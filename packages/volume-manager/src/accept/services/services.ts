import type { ServiceRecord } from '@cinder-flasharray/store';
import { BlockStorageError } from '../../errors.ts';
import { type AcceptDependencies, requireAdmin } from '../accept-dependencies.ts';
import type { ServiceOperations, ServiceView } from '../block-storage.ts';

export function serviceOperations(dependencies: AcceptDependencies): ServiceOperations {
  const { store, backends } = dependencies;
  return {
    list: async () => {
      const ready = new Map(backends.reports().map(({ host, initialized }) => [host, initialized]));
      return (await store.services.list()).map((service): ServiceView => {
        const backend = ready.get(service.host);
        return {
          service,
          state: isUp(dependencies, service) ? 'up' : 'down',
          backendState: service.binary !== 'cinder-volume' ? null : backend === true ? 'up' : 'down',
        };
      });
    },
    setDisabled: async (context, { host, binary }, disabled, reason) => {
      requireAdmin(context, 'volume_extension:services:update');
      const service = (await store.services.list()).find(
        (candidate) => candidate.host === host && (binary === '' || candidate.binary === binary),
      );
      if (service === undefined) {
        throw new BlockStorageError(
          'service-not-found',
          `Service ${binary} could not be found on host ${host}.`,
        );
      }
      await store.services.setDisabled(service.id, disabled, reason);
      return { ...service, disabled, disabledReason: reason };
    },
  };
}

/** A service is up while its last heartbeat is not too old. */
export function isUp({ clock, config }: AcceptDependencies, service: ServiceRecord): boolean {
  const last = (service.updatedAt ?? service.createdAt).getTime();
  return clock.now() - last <= config.serviceDownTime * 1_000;
}
