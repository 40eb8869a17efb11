import type { Logger } from '@cinder-flasharray/common';
import { type FlashArray, type Host, isArrayError } from '@cinder-flasharray/flasharray';
import type { HostDisconnector } from '../connections/disconnect-host.ts';
import type { VolumeGroupKeeper } from '../containers/volume-groups.ts';
import { arrayFailure, DriverError } from '../contract/driver-error.ts';
import type { Connector, MissedDisconnect } from '../contract/records.ts';
import { parseArrayName } from '../names/array-name.ts';

export interface DeleteVolumeRequest {
  readonly array: FlashArray;
  readonly logger: Logger;
  readonly name: string;
  readonly eradicate: boolean;
  readonly disconnector: HostDisconnector;
  /** Ends the connections that other arrays have of the volume. @returns those that did not hear of it */
  readonly disconnectElsewhere: (name: string) => Promise<readonly MissedDisconnect[]>;
  /** Is told of a machine's connection whose end an array has missed. */
  readonly missed: (disconnect: MissedDisconnect, connector: Connector) => void;
  readonly volumeGroups: VolumeGroupKeeper;
  /** Where a move that was broken off may have left it; null: it never moves that way. */
  readonly stray: StrayVolume | null;
}

export interface StrayVolume {
  /** Full names, beside the one on record. */
  readonly names: readonly string[];
  /** Takes away what the move made. */
  readonly clear: () => Promise<void>;
}

/** Deletes the volume, wherever a move that was broken off has left it. Can be repeated. */
export async function deleteVolume(request: DeleteVolumeRequest): Promise<void> {
  const { stray } = request;
  const outcome = await deleteUnderName(request);
  if (stray === null) {
    return;
  }
  for (const name of outcome === 'absent' ? stray.names : []) {
    await deleteUnderName({ ...request, name });
  }
  await stray.clear();
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
      return 'destroyed';
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

/** Nothing is disconnected unless everything can be: a host group's connection serves hosts we know nothing of. */
async function disconnectAll(request: DeleteVolumeRequest): Promise<readonly MissedDisconnect[]> {
  const { array, name, disconnector } = request;
  const connections = await array.connections.list({ volume: name });
  const shared = connections.find((connection) => connection.hostGroup !== null);
  if (shared !== undefined) {
    throw new DriverError(
      'volume-busy',
      `Volume ${name} is connected to host group ${shared.hostGroup} on array ${array.identity.name}; remove it there first.`,
    );
  }
  const hosts = new Set(
    connections.flatMap((connection) => (connection.host === null ? [] : [connection.host])),
  );
  const missed = await request.disconnectElsewhere(name);
  for (const host of hosts) {
    // With the volume the array forgets the connection, but not the host.
    const known = missed.length === 0 ? null : await array.hosts.find(host);
    if (known !== null) {
      for (const one of missed) {
        request.missed(one, connectorOf(known));
      }
    }
    await disconnector.disconnect(name, host);
  }
  return missed;
}

function connectorOf({ name, iqns, wwns, nqns }: Host): Connector {
  return { host: name, initiator: iqns[0], wwpns: wwns, nqn: nqns[0] };
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
