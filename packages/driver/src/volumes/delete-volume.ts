import type { Logger } from '@cinder-flasharray/common';
import { type FlashArray, isArrayError } from '@cinder-flasharray/flasharray';
import type { HostsElsewhere } from '../connections/backend-connections.ts';
import type { HostDisconnector } from '../connections/disconnect-host.ts';
import { tellEnds, volumeHosts } from '../connections/volume-hosts.ts';
import type { VolumeGroupKeeper } from '../containers/volume-groups.ts';
import { arrayFailure, DriverError } from '../contract/driver-error.ts';
import type { MissedDisconnect } from '../contract/records.ts';
import type { DeletionContext } from '../contract/volume-driver.ts';
import { parseArrayName } from '../names/array-name.ts';

export interface DeleteVolumeRequest {
  readonly array: FlashArray;
  readonly logger: Logger;
  readonly name: string;
  /** Full names under which it is looked for when it is not there. */
  readonly otherNames: readonly string[];
  readonly eradicate: boolean;
  readonly disconnector: HostDisconnector;
  /** Looks for the hosts that the volume has on other arrays. */
  readonly findElsewhere: (name: string) => Promise<readonly HostsElsewhere[]>;
  readonly currentId: string;
  readonly ending: DeletionContext['ending'];
  readonly volumeGroups: VolumeGroupKeeper;
  /** Takes away what a move that was broken off has made for it. */
  readonly clear: () => Promise<void>;
}

/** Deletes the volume, wherever a move that was broken off has left it. Can be repeated. */
export async function deleteVolume(request: DeleteVolumeRequest): Promise<void> {
  const outcome = await deleteUnderName(request);
  for (const name of outcome === 'absent' ? request.otherNames : []) {
    await deleteUnderName({ ...request, name });
  }
  await request.clear();
}

/**
 * One round for a volume that is not connected: it is destroyed. When the array refuses, or counts connections, they
 * are ended first. A volume that is gone or destroyed already is fine.
 */
async function deleteUnderName(request: DeleteVolumeRequest): Promise<'deleted' | 'absent'> {
  const { array, logger, name } = request;
  let outcome: Destruction;
  try {
    outcome = await destroy(request);
    if (outcome === 'destroyed-connected') {
      await disconnectDestroyed(request);
    } else if (outcome === 'connected') {
      const missed = await disconnectAll(request);
      if ((await destroy(request)) === 'connected') {
        throw new DriverError(
          'volume-busy',
          missed.length === 0
            ? `Volume ${name} was connected again while it was being deleted.`
            : `Volume ${name} is still connected on ${missed.map(({ backendId }) => backendId).join(', ')}, which does not answer.`,
          { passing: missed.length > 0 },
        );
      }
    }
  } catch (error) {
    throw arrayFailure(`Deleting volume ${name}`, error);
  }
  if (request.eradicate) {
    await eradicateVolume(array, logger, name);
  }
  const group = parseArrayName(name).volumeGroup;
  if (group !== null) {
    await request.volumeGroups.destroyIfEmpty(group);
  }
  return outcome === 'absent' ? 'absent' : 'deleted';
}

/** `connected`: refused for that. `destroyed-connected`: the array only counts connections, and has destroyed it. */
type Destruction = 'destroyed' | 'absent' | 'connected' | 'destroyed-connected';

async function destroy({ array, logger, name }: DeleteVolumeRequest): Promise<Destruction> {
  try {
    const { connections } = await array.volumes.destroy(name);
    if (connections.kind === 'counted' && connections.count > 0) {
      logger.warn({ volume: name, connections: connections.count }, 'the array destroyed a connected volume');
      return 'destroyed-connected';
    }
    return 'destroyed';
  } catch (error) {
    if (isArrayError(error, 'connected')) {
      return 'connected';
    }
    if (isArrayError(error, 'not-found')) {
      logger.warn({ volume: name }, 'the volume to delete is not on the array');
      return 'absent';
    }
    if (isArrayError(error, 'destroyed')) {
      logger.info({ volume: name }, 'the volume to delete was destroyed already');
      return (await isConnected(array, name)) ? 'destroyed-connected' : 'destroyed';
    }
    throw error;
  }
}

/** An earlier try may have come no further than to a volume that the array destroys although it is connected. */
async function isConnected(array: FlashArray, name: string): Promise<boolean> {
  try {
    return (await array.connections.list({ volume: name })).length > 0;
  } catch (error) {
    if (isArrayError(error, 'not-found', 'destroyed')) {
      return false;
    }
    throw error;
  }
}

/** A volume that must not go, because of who is connected to it, is brought back before that is said. */
async function disconnectDestroyed(request: DeleteVolumeRequest): Promise<void> {
  try {
    await disconnectAll(request);
  } catch (error) {
    await request.array.volumes.recover(request.name);
    throw error;
  }
}

/**
 * Nothing is disconnected unless everything can be: a host group's connection serves hosts we know nothing of.
 * @returns the arrays that did not hear of it
 */
async function disconnectAll(request: DeleteVolumeRequest): Promise<readonly MissedDisconnect[]> {
  const { array, name, currentId, disconnector } = request;
  const [here, elsewhere] = await Promise.all([volumeHosts(array, name), request.findElsewhere(name)]);
  const end: MissedDisconnect = { backendId: currentId, volumeName: name, isTarget: false };
  for (const { found, end: where } of [{ found: here, end }, ...elsewhere]) {
    const hostGroup = found?.hostGroup ?? null;
    if (hostGroup !== null) {
      throw new DriverError(
        'volume-busy',
        `Volume ${name} is connected to host group ${hostGroup} on array ${where === end ? array.identity.name : where.backendId}; remove it there first.`,
      );
    }
  }
  // With the volume the array forgets the connections, but not the hosts.
  await tellEnds([{ found: here, end }, ...elsewhere], here, request.ending);
  const heard = await Promise.all(elsewhere.map((one) => one.disconnect()));
  for (const host of here.hosts) {
    await disconnector.disconnect(name, host);
  }
  return elsewhere.flatMap(({ end: there }, index) => (heard[index] === true ? [] : [there]));
}

async function eradicateVolume(array: FlashArray, logger: Logger, name: string): Promise<void> {
  try {
    await array.volumes.eradicate(name);
  } catch (error) {
    if (isArrayError(error, 'not-found')) {
      return;
    }
    if (isArrayError(error, 'eradication-disabled')) {
      logger.warn(
        { volume: name },
        'the array does not allow eradication: the volume goes when its time is up',
      );
      return;
    }
    throw arrayFailure(`Eradicating volume ${name}`, error);
  }
}
