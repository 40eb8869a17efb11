import type { Records, ServiceRecord } from '@cinder-flasharray/store';
import { BlockStorageError, operations } from '@cinder-flasharray/volume-manager';
import type { BlockStorageDependencies } from '../dependencies.ts';
import { invalidInput } from '../request/refusals.ts';
import { requireAdmin } from '../request/require-admin.ts';
import { isUp } from './is-up.ts';
import type { ServiceOperations, ServiceView } from './service-operations.ts';

export function serviceOperations(dependencies: BlockStorageDependencies): ServiceOperations {
  const { store, backends, runner } = dependencies;
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
    failover: async (context, host, secondaryId) => {
      requireAdmin(context, 'volume:failover_host');
      const work = await store.transaction(async (records) => {
        const service = await volumeService(records, host);
        const previousStatus = service.replicationStatus ?? 'disabled';
        if (previousStatus === 'failing-over') {
          throw invalidInput(`Service ${host} is failing over already.`);
        }
        await records.services.update(service.id, { replicationStatus: 'failing-over' });
        return await runner.accept(
          records,
          operations.failover_host.of({ host, secondaryId, previousStatus }),
        );
      });
      runner.start(work);
    },
    freeze: async (context, host) => {
      requireAdmin(context, 'volume:freeze_host');
      const service = await volumeService(store, host);
      if (service.frozen) {
        throw invalidInput('Host is already Frozen.');
      }
      await store.services.update(service.id, { frozen: true, disabled: true, disabledReason: 'frozen' });
    },
    thaw: async (context, host) => {
      requireAdmin(context, 'volume:thaw_host');
      const service = await volumeService(store, host);
      if (!service.frozen) {
        throw invalidInput('Host is NOT Frozen.');
      }
      await store.services.update(service.id, { frozen: false, disabled: false, disabledReason: '' });
    },
  };
}

/** @throws BlockStorageError `service-not-found` */
async function volumeService({ services }: Pick<Records, 'services'>, host: string): Promise<ServiceRecord> {
  const service = await services.find(host, 'cinder-volume');
  if (service === null) {
    throw new BlockStorageError(
      'service-not-found',
      `Service cinder-volume could not be found on host ${host}.`,
    );
  }
  return service;
}
