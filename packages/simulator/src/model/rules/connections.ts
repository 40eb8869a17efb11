import type { ArrayModel } from '../state/array-model.ts';
import type { Connection, Host, HostGroup, Volume } from '../state/records.ts';
import { connectionsOfHostGroup, connectionsOfVolume, hostConnections } from './connections-of.ts';
import { anyHostGroup, membersOf } from './host-groups.ts';
import { anyHost } from './hosts.ts';
import { maximumLun, privateLun, sharedLun } from './luns.ts';
import { Refusal } from './refusal.ts';
import { anyVolume, liveVolume } from './volume-lookup.ts';

/** One path as it is listed: a shared connection gives one row a member, or one with host null in an empty group. */
export type ConnectionRow = {
  readonly volume: Volume;
  readonly host: Host | null;
  readonly hostGroup: HostGroup | null;
  readonly lun: number | null;
  readonly nsid: number | null;
};

/** The side of a connection that is not the volume. */
export type ConnectionTarget =
  | { readonly kind: 'host'; readonly name: string }
  | { readonly kind: 'hostGroup'; readonly name: string };

/** All rows about these connections (absent: of the whole array), in the order they were made. */
export function connectionRows(
  model: ArrayModel,
  connections: readonly Connection[] = model.connections,
): readonly ConnectionRow[] {
  return connections.flatMap((connection): readonly ConnectionRow[] => {
    const volume = model.volumes.byId(connection.volumeId);
    if (volume === undefined) return [];
    if (connection.hostId !== null) {
      const host = model.hosts.byId(connection.hostId);
      return host === undefined ? [] : [row(model, connection, volume, host, null)];
    }
    const group = model.hostGroups.byId(connection.hostGroupId ?? '');
    if (group === undefined) return [];
    const members = membersOf(model, group.id);
    if (members.length === 0) return [row(model, connection, volume, null, group)];
    return members.map((host) => row(model, connection, volume, host, group));
  });
}

/** Connects a live volume; `lun` absent: the array chooses. */
export function connect(
  model: ArrayModel,
  volumeName: string,
  target: ConnectionTarget,
  lun: number | undefined,
): Connection {
  const host = target.kind === 'host' ? anyHost(model, target.name) : null;
  const group = target.kind === 'hostGroup' ? anyHostGroup(model, target.name) : null;
  const volume = liveVolume(model, volumeName);
  const hosts = host !== null ? [host] : membersOf(model, group?.id ?? '');
  const reaches = hosts.flatMap((member) => hostConnections(model, member));
  const ofGroup = group === null ? [] : connectionsOfHostGroup(model, group.id);
  if ([...reaches, ...ofGroup].some((other) => other.volumeId === volume.id)) {
    throw new Refusal('Connection already exists.', volume.name);
  }
  const taken = new Set([...reaches, ...ofGroup].map((other) => other.number));
  if (lun !== undefined) {
    if (!Number.isInteger(lun) || lun < 1 || lun > maximumLun || hosts.some(isNvme)) {
      throw new Refusal('Invalid LUN.', volume.name);
    }
    if (taken.has(lun)) throw new Refusal('LUN already in use.', volume.name);
  }
  const chosen = lun ?? (host !== null ? privateLun(taken, model.settings.nextLun) : sharedLun(taken));
  if (chosen === null) throw new Refusal('LUN limit reached.', volume.name);
  const connection: Connection = {
    volumeId: volume.id,
    hostId: host?.id ?? null,
    hostGroupId: group?.id ?? null,
    number: chosen,
  };
  model.connections = [...model.connections, connection];
  return connection;
}

/** Ends a connection. A shared one ends for the whole group, never for one member alone. */
export function disconnect(model: ArrayModel, volumeName: string, target: ConnectionTarget): Connection {
  const host = target.kind === 'host' ? anyHost(model, target.name) : null;
  const group = target.kind === 'hostGroup' ? anyHostGroup(model, target.name) : null;
  const volume = anyVolume(model, volumeName);
  const found = connectionsOfVolume(model, volume.id).find((connection) =>
    host !== null ? connection.hostId === host.id : connection.hostGroupId === group?.id,
  );
  if (found === undefined) {
    if (volume.eradicateAt !== null) throw new Refusal('Volume has been destroyed.', volumeName);
    throw new Refusal('Connection does not exist.', volumeName, {
      rest1: `Volume is not connected to ${target.kind === 'host' ? 'host' : 'host group'} ${target.name}.`,
    });
  }
  model.connections = model.connections.filter((connection) => connection !== found);
  return found;
}

/** Whether a host speaks NVMe: it then has namespace ids in place of LUNs. */
export function isNvme(host: Host): boolean {
  return host.nqns.length > 0 && host.iqns.length + host.wwns.length === 0;
}

function row(
  model: ArrayModel,
  connection: Connection,
  volume: Volume,
  host: Host | null,
  hostGroup: HostGroup | null,
): ConnectionRow {
  // From Purity 6.6.0 (REST 2.27) NVMe connections carry a namespace id and no LUN.
  const byNamespace = host !== null && isNvme(host) && model.offersRest2(27);
  return {
    volume,
    host,
    hostGroup,
    lun: byNamespace ? null : connection.number,
    nsid: byNamespace ? connection.number : null,
  };
}
