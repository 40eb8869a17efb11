import type { ArrayModel } from '../state/array-model.ts';
import type { Connection, Host, Volume } from '../state/records.ts';

type Sides = {
  readonly byVolume: ReadonlyMap<string, readonly Connection[]>;
  readonly byHost: ReadonlyMap<string, readonly Connection[]>;
  readonly byHostGroup: ReadonlyMap<string, readonly Connection[]>;
};

const known = new WeakMap<readonly Connection[], Sides>();

/** Connections of a volume, private and shared. */
export function connectionsOfVolume(model: ArrayModel, volumeId: string): readonly Connection[] {
  return sides(model).byVolume.get(volumeId) ?? [];
}

/** Shared connections of a host group. */
export function connectionsOfHostGroup(model: ArrayModel, groupId: string): readonly Connection[] {
  return sides(model).byHostGroup.get(groupId) ?? [];
}

/** Connections that a host sees: its own, then those of its group. */
export function hostConnections(model: ArrayModel, host: Host): readonly Connection[] {
  const own = sides(model).byHost.get(host.id) ?? [];
  return host.hostGroupId === null ? own : [...own, ...connectionsOfHostGroup(model, host.hostGroupId)];
}

/** How many rows of the connection list are about a volume: a shared connection has one for each member. */
export function volumeConnectionCount(model: ArrayModel, volume: Volume): number {
  let count = 0;
  for (const { hostGroupId } of connectionsOfVolume(model, volume.id)) {
    count += hostGroupId === null ? 1 : Math.max(1, model.hostsByGroup.get(hostGroupId).length);
  }
  return count;
}

// Lists of many objects count connections of each; the list of connections is replaced whenever it changes.
function sides(model: ArrayModel): Sides {
  const { connections } = model;
  const found = known.get(connections);
  if (found !== undefined) return found;
  const made = {
    byVolume: Map.groupBy(connections, ({ volumeId }) => volumeId),
    byHost: Map.groupBy(connections, ({ hostId }) => hostId ?? ''),
    byHostGroup: Map.groupBy(connections, ({ hostGroupId }) => hostGroupId ?? ''),
  };
  known.set(connections, made);
  return made;
}
