import {
  DriverError,
  type ManageableRequest,
  type ManageableSnapshot,
  type ManageableVolume,
  type VolumeDriver,
} from '@cinder-flasharray/driver';
import type { Store } from '@cinder-flasharray/store';
import { failed, OperationError } from '../errors.ts';
import type { Backend } from './backend.ts';

interface ListingDependencies {
  readonly store: Store;
  /** By `host@backend`. */
  readonly backends: ReadonlyMap<string, Backend>;
}

/** What the array has, with the ids of what is managed already: by any back end, since two may share an array. */
export async function getManageableVolumes(
  dependencies: ListingDependencies,
  backendHost: string,
  request: Omit<ManageableRequest, 'managed'>,
): Promise<readonly ManageableVolume[]> {
  const { store, backends } = dependencies;
  const managed = new Map<string, string>();
  for (const host of backends.keys()) {
    for await (const page of store.volumes.ofBackend(host)) {
      rememberNames(managed, page);
    }
  }
  return await listing(dependencies, backendHost, (driver) =>
    driver.manage.manageableVolumes({ ...request, managed }),
  );
}

export async function getManageableSnapshots(
  dependencies: ListingDependencies,
  backendHost: string,
  request: Omit<ManageableRequest, 'managed'>,
): Promise<readonly ManageableSnapshot[]> {
  const { store, backends } = dependencies;
  const managed = new Map<string, string>();
  for (const host of backends.keys()) {
    for await (const page of store.snapshots.ofBackend(host)) {
      rememberNames(managed, page);
    }
  }
  return await listing(dependencies, backendHost, (driver) =>
    driver.manage.manageableSnapshots({ ...request, managed }),
  );
}

function rememberNames(
  managed: Map<string, string>,
  rows: readonly { readonly id: string; readonly providerId: string | null }[],
): void {
  for (const { id, providerId } of rows) {
    if (providerId !== null) {
      managed.set(providerId.toLowerCase(), id);
    }
  }
}

async function listing<Entry>(
  { backends }: ListingDependencies,
  backendHost: string,
  list: (driver: VolumeDriver) => Promise<readonly Entry[]>,
): Promise<readonly Entry[]> {
  const backend = backends.get(backendHost);
  if (backend === undefined) {
    throw new OperationError('not-served', `This service has no back end ${backendHost}.`);
  }
  try {
    return await list(backend.readyDriver());
  } catch (error) {
    throw error instanceof DriverError ? failed(error) : error;
  }
}
