import type { Clock, KeyedLock, Logger } from '@cinder-flasharray/common';
import { DriverError, type VolumeDriver } from '@cinder-flasharray/driver';
import type { Records, Store, VolumeRecord } from '@cinder-flasharray/store';
import type { Backend } from '../backends/backend.ts';
import { backendHostOf } from '../rows/backend-host.ts';
import type { Background } from './perform.ts';

/** What all work is done with. */
export interface PerformDependencies {
  readonly store: Store;
  /** By `host@backend`. */
  readonly backends: ReadonlyMap<string, Backend>;
  /** Serialises work per volume and per snapshot. */
  readonly locks: KeyedLock;
  readonly background: Background;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly randomUuid: () => string;
  /** A fresh capability report is wanted: the capacity has changed. */
  readonly refreshSoon: (backendHost: string) => void;
}

/** @throws DriverError `not-initialized` when the volume's or group's back end is not there */
export function backendOf(
  dependencies: PerformDependencies,
  volume: Pick<VolumeRecord, 'id' | 'host'>,
): Backend {
  const host = volume.host === null ? null : backendHostOf(volume.host);
  const backend = host === null ? undefined : dependencies.backends.get(host);
  if (backend === undefined) {
    throw new DriverError(
      'not-initialized',
      `${volume.id} is on ${volume.host ?? 'no back end'}, which this service does not serve.`,
    );
  }
  return backend;
}

/** @throws DriverError `not-initialized` */
export function driverOf(
  dependencies: PerformDependencies,
  volume: Pick<VolumeRecord, 'id' | 'host'>,
): VolumeDriver {
  return backendOf(dependencies, volume).readyDriver();
}

/** Ends a piece of work together with its result: both are kept, or none. */
export async function finish(
  dependencies: PerformDependencies,
  entryId: string,
  result: (records: Records) => Promise<void>,
): Promise<void> {
  await dependencies.store.transaction(async (records) => {
    await result(records);
    await records.journal.remove(entryId);
  });
}

/** Driver failures end in a status; anything else is a defect of ours and is thrown on. */
export function driverFailure(error: unknown): DriverError {
  if (error instanceof DriverError) {
    return error;
  }
  throw error;
}

export const volumeLock = (id: string): string => `volume:${id}`;
export const groupLock = (id: string): string => `group:${id}`;
export const snapshotLock = (id: string): string => `snapshot:${id}`;
