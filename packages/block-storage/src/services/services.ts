import type { Records, ServiceRecord } from '@cinder-flasharray/store';
import { isInService, operations } from '@cinder-flasharray/volume-manager';
import type { BlockStorageDependencies } from '../dependencies.ts';
import { BlockStorageError } from '../errors.ts';
import { invalidInput } from '../request/refusals.ts';
import { requireAdmin } from '../request/require-admin.ts';
import { isUp } from './is-up.ts';
import type { ServiceOperations, ServiceView } from './service-operations.ts';

export function serviceOperations(dependencies: BlockStorageDependencies): ServiceOperations {
  const { store, backends, runner } = dependencies;
  return {
    list: async () => {
      const conditions = new Map(backends.reports().map(({ host, condition }) => [host, condition]));
      return (await store.services.list()).map((service): ServiceView => {
        const isAlive = isUp(dependencies, service);
        if (service.binary !== 'cinder-volume') {
          return { service, state: isAlive ? 'up' : 'down', backendState: null };
        }
        const condition = conditions.get(service.host);
        const isServing = condition !== undefined && isInService(condition);
        return {
          service,
          // A back end of this process is known better than by its last heartbeat.
          state: isAlive && isServing ? 'up' : 'down',
          backendState: isServing ? 'up' : 'down',
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
      if (!disabled && service.replicationStatus === 'failover-error') {
        // Who enables it has looked, and found that it works.
        const replicationStatus = replicationStatusOf(dependencies, service);
        await store.services.update(service.id, { replicationStatus });
        return { ...service, disabled, disabledReason: reason, replicationStatus };
      }
      return { ...service, disabled, disabledReason: reason };
    },
    failover: async (context, host, secondaryId) => {
      requireAdmin(context, 'volume:failover_host');
      if (!backends.reports().some((report) => report.host === host)) {
        await volumeService(store, host);
        throw new BlockStorageError(
          'backend-unavailable',
          `Service cinder-volume on host ${host} is not served: no enabled back end of this service has that name.`,
        );
      }
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
      const isFailedOver = (service.activeBackendId ?? '') !== '';
      await store.services.update(service.id, {
        frozen: false,
        // Only a failback, or an administrator, lets new volumes onto the other array.
        ...(isFailedOver ? { disabledReason: 'failed-over' } : { disabled: false, disabledReason: '' }),
      });
    },
  };
}

function replicationStatusOf(
  { backends }: BlockStorageDependencies,
  { host, activeBackendId }: ServiceRecord,
): string {
  if ((activeBackendId ?? '') !== '') {
    return 'failed-over';
  }
  const report = backends.reports().find((candidate) => candidate.host === host);
  return report?.capabilities?.replication_enabled === true ? 'enabled' : 'disabled';
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
