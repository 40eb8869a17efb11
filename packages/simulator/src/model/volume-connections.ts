import type { ArrayModel } from './array-model.ts';
import type { Connection, Volume } from './records.ts';

/** How many rows of the connection list are about a volume: a shared connection has one for each member. */
export function volumeConnectionCount(model: ArrayModel, volume: Volume): number {
  let count = 0;
  for (const { hostGroupId } of connectionsByVolume(model.connections).get(volume.id) ?? []) {
    count += hostGroupId === null ? 1 : Math.max(1, memberCount(model, hostGroupId));
  }
  return count;
}

function memberCount(model: ArrayModel, groupId: string): number {
  return [...model.hosts.values()].filter((host) => host.hostGroupId === groupId).length;
}

const indexes = new WeakMap<readonly Connection[], ReadonlyMap<string, readonly Connection[]>>();

// Lists of many volumes count connections of each; the list of connections is replaced whenever it changes.
function connectionsByVolume(connections: readonly Connection[]): ReadonlyMap<string, readonly Connection[]> {
  const known = indexes.get(connections);
  if (known !== undefined) return known;
  const made = Map.groupBy(connections, (connection) => connection.volumeId);
  indexes.set(connections, made);
  return made;
}
