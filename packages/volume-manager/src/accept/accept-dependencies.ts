import type { Clock, Logger } from '@cinder-flasharray/common';
import type { GroupRecord, Records, SnapshotRecord, Store, VolumeRecord } from '@cinder-flasharray/store';
import type { Backends } from '../backends/backend-report.ts';
import { BlockStorageError } from '../errors.ts';
import type { Background, Perform } from '../perform/perform.ts';
import type { RequestContext } from './request-context.ts';

export interface AcceptConfig {
  /** `node1`: the host of this service's own rows. */
  readonly host: string;
  readonly defaultVolumeType: string | null;
  /** `default_group_type`. */
  readonly defaultGroupType: string | null;
  readonly storageAvailabilityZone: string;
  readonly defaultAvailabilityZone: string | null;
  /** Seconds after the last heartbeat when a service counts as down. */
  readonly serviceDownTime: number;
}

/** What every part of this half works with. */
export interface AcceptDependencies {
  readonly store: Store;
  readonly perform: Perform;
  readonly background: Background;
  readonly backends: Backends;
  readonly clock: Clock;
  readonly randomUuid: () => string;
  readonly logger: Logger;
  readonly config: AcceptConfig;
}

/** @throws BlockStorageError `volume-not-found`; volumes of other projects are not found, except for admins */
export async function volumeFor(
  records: Records,
  context: RequestContext,
  id: string,
): Promise<VolumeRecord> {
  const volume = await records.volumes.get(id);
  if (volume === null || (!context.isAdmin && volume.projectId !== context.projectId)) {
    throw new BlockStorageError('volume-not-found', `Volume ${id} could not be found.`);
  }
  return volume;
}

/** @throws BlockStorageError `snapshot-not-found` */
export async function snapshotFor(
  records: Records,
  context: RequestContext,
  id: string,
): Promise<SnapshotRecord> {
  const snapshot = await records.snapshots.get(id);
  if (snapshot === null || (!context.isAdmin && snapshot.projectId !== context.projectId)) {
    throw new BlockStorageError('snapshot-not-found', `Snapshot ${id} could not be found.`);
  }
  return snapshot;
}

/** @throws BlockStorageError `group-not-found`; groups of other projects are not found, except for admins */
export async function groupFor(records: Records, context: RequestContext, id: string): Promise<GroupRecord> {
  const group = await records.groups.get(id);
  if (group === null || (!context.isAdmin && group.projectId !== context.projectId)) {
    throw new BlockStorageError('group-not-found', `Group ${id} could not be found.`);
  }
  return group;
}

/** `host@backend` of every service that takes no new volumes. */
export async function disabledHosts(records: Records): Promise<ReadonlySet<string>> {
  const services = await records.services.list();
  return new Set(services.filter(({ disabled }) => disabled).map(({ host }) => host));
}

/** @throws BlockStorageError `forbidden` */
export function requireAdmin(context: RequestContext, rule: string): void {
  if (!context.isAdmin) {
    throw new BlockStorageError('forbidden', `Policy doesn't allow ${rule} to be performed.`);
  }
}

export const invalidInput = (reason: string): BlockStorageError =>
  new BlockStorageError('invalid-input', `Invalid input received: ${reason}`);
export const invalidVolume = (reason: string): BlockStorageError =>
  new BlockStorageError('invalid-volume', `Invalid volume: ${reason}`);
export const invalidGroup = (reason: string): BlockStorageError =>
  new BlockStorageError('invalid-group', `Invalid group: ${reason}`);
export const invalidSnapshot = (reason: string): BlockStorageError =>
  new BlockStorageError('invalid-snapshot', `Invalid snapshot: ${reason}`);

const longestMetadata = 255;

/** @throws BlockStorageError `invalid-input` */
export function checkMetadata(metadata: Readonly<Record<string, string>>): void {
  for (const [key, value] of Object.entries(metadata)) {
    if (key.length === 0 || key.length > longestMetadata) {
      throw invalidInput(
        `Metadata property key must be 1 to ${longestMetadata} characters: "${key.slice(0, 40)}".`,
      );
    }
    if (value.length > longestMetadata) {
      throw invalidInput(
        `Metadata property "${key}" must have a value of at most ${longestMetadata} characters.`,
      );
    }
  }
}
