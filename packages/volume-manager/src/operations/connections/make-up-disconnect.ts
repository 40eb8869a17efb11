import type {
  BrokenOffMove,
  DriverVolume,
  MissedArray,
  MissedDisconnect,
  VolumeDriver,
} from '@cinder-flasharray/driver';
import type {
  AttachmentRecord,
  JsonObject,
  Records,
  VolumeCopy,
  VolumeRecord,
} from '@cinder-flasharray/store';
import { z } from 'zod';
import { anyMove, brokenOffMove } from '../../rows/broken-off-move.ts';
import { sharesHost } from '../../rows/connector-identity.ts';
import { driverVolume } from '../../rows/driver-views.ts';
import { operation, type Work } from '../../run/definition.ts';
import { doneWithoutRows, failedWithoutRows, nothingTaken } from '../../run/endings.ts';
import { exclusive } from '../../run/resource.ts';

const details = z.object({
  volumeId: z.string(),
  host: z.string(),
  backendId: z.string(),
  /** Full name on the array. */
  volumeName: z.string(),
  connector: z.record(z.string(), z.unknown()).nullable(),
  /** Attachments that machines had of the volume then: what is made up for was their end, or none of theirs. */
  before: z.array(z.string()).readonly(),
});
type Details = z.infer<typeof details>;

/** Whether it has been given to a machine, and is not only reserved. */
function hasHost({ connector, attachedHost }: AttachmentRecord): boolean {
  return connector !== null || (attachedHost ?? '') !== '';
}

/** Attachments whose machines have the volume: what is reserved now may get one before a disconnect is made up for. */
function withHosts(attachments: readonly AttachmentRecord[]): readonly string[] {
  return attachments.filter(hasHost).map(({ id }) => id);
}

/** Whether the host has been given the volume again. */
function isWanted(attachments: readonly AttachmentRecord[], { connector, before }: Details): boolean {
  const others = attachments.filter(({ id }) => !before.includes(id));
  return connector === null ? others.some(hasHost) : sharesHost(others, connector, null);
}

/** Under the name that the volume had then, and the one that it has now: it takes its connections along. */
function placesOf(
  { backendId, volumeName }: Details,
  volume: Pick<VolumeRecord, 'providerId'> | null,
): readonly MissedArray[] {
  const names = new Set([volumeName, volume?.providerId ?? volumeName]);
  return [...names].map((name) => ({ backendId, volumeName: name }));
}

/**
 * Ends a connection on an array of the back end that was away when it was to end. The volume may be gone by then. It is
 * tried until that array answers, and not at all when the host has been given the volume again.
 */
export const makeUpDisconnect = operation('make_up_disconnect', {
  details,
  resourceId: ({ volumeId }) => volumeId,
  claim: () => null,
  touches: async (_records, { volumeId }) => [exclusive('connections', volumeId)],
  host: async (_records, { host }) => host,
  load: async (records, missed) => {
    const { volumeId, connector } = missed;
    const isNeeded = isWanted(await records.attachments.ofVolume(volumeId), missed);
    return { places: placesOf(missed, await records.volumes.get(volumeId)), connector, isNeeded };
  },
  withoutArray: ({ isNeeded }) => (isNeeded ? { made: undefined } : null),
  perform: async (driver, { places, connector }) => {
    for (const place of places) {
      await driver.connections.makeUpDisconnect(place, connector);
    }
  },
  interrupted: 'again',
  done: () => doneWithoutRows(),
  failed: (_loaded, failure) => failedWithoutRows(failure),
  abandoned: () => nothingTaken(),
  kind: 'cast',
  backend: 'shared',
  insists: 'always',
});

/**
 * What has to be made up for after a disconnect, one piece of work an array. An array of copies is told only of those that
 * it has: of each that it did not hear of, because it was away, or because the copy has another name.
 */
export function madeUpFor(
  {
    volume,
    copies,
  }: {
    readonly volume: Pick<
      VolumeRecord,
      'id' | 'host' | 'providerId' | 'attachments' | 'replicationDriverData'
    >;
    readonly copies: readonly VolumeCopy[];
  },
  connector: JsonObject | null,
  missed: readonly MissedDisconnect[],
): readonly Work<unknown>[] {
  const { id: volumeId, host, providerId, replicationDriverData } = volume;
  const silent = new Set(missed.map(({ backendId }) => backendId));
  const before = withHosts(volume.attachments);
  const places = [
    ...missed.filter(({ backendId, isTarget }) => !isTarget || backendId === replicationDriverData),
    ...copies
      .filter(({ backendId, name }) => silent.has(backendId) || name !== providerId)
      .map(({ backendId, name: volumeName }) => ({ backendId, volumeName })),
  ];
  return host === null
    ? []
    : places.map(({ backendId, volumeName }) =>
        makeUpDisconnect.of({ volumeId, host, backendId, volumeName, connector, before }),
      );
}

/**
 * Ends every connection that copies of a volume have which is going. Attachments that the volume has by now do not count.
 * @param copies on arrays that its back end came back from
 */
export function disconnectedFrom(
  copies: readonly VolumeCopy[],
  { id: volumeId, host, attachments }: Pick<VolumeRecord, 'id' | 'host' | 'attachments'>,
): readonly Work<unknown>[] {
  const before = withHosts(attachments);
  return host === null
    ? []
    : copies.map(({ backendId, name: volumeName }) =>
        makeUpDisconnect.of({ volumeId, host, backendId, volumeName, connector: null, before }),
      );
}

/** The end of a connection that an array has missed, and the journal entry that makes up for it. */
export interface PendingDisconnect {
  readonly entryId: string;
  readonly places: readonly MissedArray[];
  readonly connector: JsonObject | null;
}

/** What has to be ended before another machine gets the volume. */
export async function pendingDisconnects(
  records: Records,
  volume: Pick<VolumeRecord, 'id' | 'providerId' | 'attachments'>,
): Promise<readonly PendingDisconnect[]> {
  return (await records.journal.list())
    .filter(({ operation: name, resourceId }) => name === makeUpDisconnect.name && resourceId === volume.id)
    .map((entry) => ({ entryId: entry.id, missed: details.parse(entry.details) }))
    .filter(({ missed }) => !isWanted(volume.attachments, missed))
    .map(({ entryId, missed }) => ({
      entryId,
      places: placesOf(missed, volume),
      connector: missed.connector,
    }));
}

/**
 * Ends them on the array that is worked on. The others hear of it when they answer.
 * @returns the journal entries that are done
 */
export async function endMissed(
  driver: VolumeDriver,
  disconnects: readonly PendingDisconnect[],
): Promise<readonly string[]> {
  const here = disconnects.filter(({ places }) =>
    places.every((place) => driver.connections.isOnCurrent(place)),
  );
  for (const { places, connector } of here) {
    for (const place of places) {
      await driver.connections.makeUpDisconnect(place, connector);
    }
  }
  return here.map(({ entryId }) => entryId);
}

/** A volume whose connections end. */
export interface DisconnectedVolume {
  readonly given: DriverVolume;
  /** By which it, or what it is a copy of, may be where its record does not say; null: none. */
  readonly move: BrokenOffMove | null;
  /** On arrays that its back end came back from: a machine may have one of them still, whatever its name is now. */
  readonly copies: readonly VolumeCopy[];
}

export async function disconnectedVolume(
  records: Records,
  volume: VolumeRecord,
): Promise<DisconnectedVolume> {
  const original = await records.volumes.originalOf(volume.id);
  const isElsewhere = original !== null && original.name !== volume.providerId;
  return {
    given: await driverVolume(records, volume),
    move: isElsewhere ? await anyMove(records) : await brokenOffMove(records, volume),
    copies: (await records.volumes.copiesOf([volume.id])).get(volume.id) ?? [],
  };
}

/**
 * Ends a connection; a null connector: all of the volume.
 * @returns the arrays that did not hear of it
 */
export async function disconnect(
  driver: VolumeDriver,
  { given, move }: Pick<DisconnectedVolume, 'given' | 'move'>,
  connector: JsonObject | null,
): Promise<readonly MissedDisconnect[]> {
  const missed: MissedDisconnect[] = [];
  await driver.connections.disconnect(given, connector, (one) => missed.push(one), move);
  return missed;
}
