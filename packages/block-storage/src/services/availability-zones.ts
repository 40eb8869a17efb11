import type { BlockStorageDependencies } from '../dependencies.ts';
import { isUp } from './is-up.ts';

export interface AvailabilityZoneView {
  readonly name: string;
  readonly available: boolean;
}

/** The zone of this service and those of its back ends. One is available while a back end in it is up and enabled. */
export async function availabilityZones(
  dependencies: BlockStorageDependencies,
): Promise<readonly AvailabilityZoneView[]> {
  const { store, config } = dependencies;
  const services = (await store.services.list()).filter(({ binary }) => binary === 'cinder-volume');
  const zones = new Set([
    config.storageAvailabilityZone,
    ...services.map(({ availabilityZone }) => availabilityZone),
  ]);
  return [...zones].sort().map((name) => ({
    name,
    available: services.some(
      (service) => service.availabilityZone === name && !service.disabled && isUp(dependencies, service),
    ),
  }));
}
