import { createHash } from 'node:crypto';
import { Refusal } from '../rules/refusal.ts';
import type { ArrayModel } from '../state/array-model.ts';
import { managementAddresses } from '../state/array-model.ts';
import type { ArrayConnection, ArrayConnectionType, Throttle } from '../state/fleet-records.ts';
import { nameKey } from '../state/registry.ts';

/** A connection as one of its two arrays sees it. */
export type ConnectionView = {
  readonly connection: ArrayConnection;
  readonly peer: ArrayModel;
  /** Whether this array made the connection. */
  readonly isMaker: boolean;
  readonly status: 'connected' | 'connecting' | 'partially_connected';
};

/** What an array is connected by. */
export type NewConnection = {
  readonly type: ArrayConnectionType;
  readonly transport?: 'ip' | 'fc';
  readonly managementAddress?: string;
  readonly replicationAddresses?: readonly string[];
};

const noThrottle: Throttle = { defaultLimit: null, windowLimit: null, window: null };

/** What another array has to show to be let in (`array-connections/connection-key`). Always the same for an array. */
export function connectionKey(model: ArrayModel): string {
  const digits = createHash('sha256').update(`connection key of ${model.identity.id}`).digest('hex');
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    digits.slice(12, 16),
    digits.slice(16, 20),
    digits.slice(20, 32),
  ].join('-');
}

/** Connections of this array, by name of the other one. */
export function connectionsOf(model: ArrayModel): readonly ConnectionView[] {
  const { fleet, identity } = model;
  return fleet.connections
    .filter(({ fromId, toId }) => fromId === identity.id || toId === identity.id)
    .flatMap((connection) => {
      const isMaker = connection.fromId === identity.id;
      const peer = fleet.byId(isMaker ? connection.toId : connection.fromId);
      if (peer === undefined) return [];
      return [{ connection, peer, isMaker, status: statusOf(model, peer) }];
    })
    .sort((one, other) => (nameKey(one.peer.settings.name) < nameKey(other.peer.settings.name) ? -1 : 1));
}

/** The connection to the array of that name. @throws Refusal */
export function connectionTo(model: ArrayModel, name: string): ConnectionView {
  const found = connectionsOf(model).find(({ peer }) => nameKey(peer.settings.name) === nameKey(name));
  if (found === undefined) throw new Refusal('Array connection does not exist.', name);
  return found;
}

/** Connects this array to the one that answers at an address and has given its key. */
export function connectByKey(
  model: ArrayModel,
  address: string,
  key: string,
  request: NewConnection,
): ConnectionView {
  const peer = model.fleet.byAddress(address);
  if (peer === undefined || model.fleet.isLost(peer.identity.id)) {
    throw new Refusal('Cannot reach the array at the management address.', address);
  }
  if (connectionKey(peer) !== key) throw new Refusal('Invalid connection key.', address);
  return connectArrays(model, peer, { ...request, managementAddress: address });
}

/**
 * Connects two arrays. Protection groups came with REST 1.2, pods with 1.13: older arrays have nothing to replicate
 * (purity-rest-1.x.md section 6.1).
 */
export function connectArrays(model: ArrayModel, peer: ArrayModel, request: NewConnection): ConnectionView {
  const { fleet } = model;
  const context = peer.settings.name;
  if (peer === model) throw new Refusal('An array cannot be connected to itself.', context);
  const minor = request.type === 'sync-replication' ? 13 : 2;
  for (const side of [model, peer]) {
    if (!side.offersRest1(minor))
      throw new Refusal('Array does not support this connection type.', side.settings.name);
  }
  if (fleet.connectionOf(model.identity.id, peer.identity.id) !== undefined) {
    throw new Refusal('Array connection already exists.', context);
  }
  const managementAddress = request.managementAddress ?? managementAddresses(peer)[0] ?? '';
  const connection: ArrayConnection = {
    id: model.newId(),
    fromId: model.identity.id,
    toId: peer.identity.id,
    type: request.type,
    transport: request.transport ?? 'ip',
    managementAddress,
    replicationAddresses: request.replicationAddresses ?? replicationAddresses(peer),
    throttle: noThrottle,
  };
  fleet.connections = [...fleet.connections, connection];
  return connectionTo(model, peer.settings.name);
}

/** Ends a connection that nothing uses; only the array that made it can (purity-rest-1.x.md section 2.2). */
export function disconnectArrays(model: ArrayModel, name: string): ConnectionView {
  const view = connectionTo(model, name);
  const { fleet, identity } = model;
  if (!view.isMaker) throw new Refusal('Array connection was made by the other array.', name);
  const ends = [identity.id, view.peer.identity.id];
  const stretched = fleet.pods.some(({ members }) =>
    ends.every((end) => members.some(({ arrayId }) => arrayId === end)),
  );
  if (stretched) throw new Refusal('Array connection is in use by a stretched pod.', name);
  const replicates = fleet.targets.some(
    ({ active, groupId, targetId }) =>
      active &&
      ends.some(
        (end) =>
          end !== targetId &&
          ends.includes(targetId) &&
          fleet.byId(end)?.protectionGroups.byId(groupId) !== undefined,
      ),
  );
  if (replicates) throw new Refusal('Array connection is in use by a protection group.', name);
  fleet.connections = fleet.connections.filter((connection) => connection !== view.connection);
  return view;
}

/** Changes the type, the addresses or the throttle of a connection. */
export function changeConnection(
  model: ArrayModel,
  name: string,
  change: Partial<Pick<ArrayConnection, 'type' | 'managementAddress' | 'replicationAddresses' | 'throttle'>>,
): ConnectionView {
  const { fleet } = model;
  const { connection } = connectionTo(model, name);
  fleet.connections = fleet.connections.map((other) =>
    other === connection ? { ...connection, ...change } : other,
  );
  return connectionTo(model, name);
}

function statusOf(model: ArrayModel, peer: ArrayModel): ConnectionView['status'] {
  const { fleet } = model;
  if (fleet.isLost(peer.identity.id) || fleet.isLost(model.identity.id)) return 'connecting';
  switch (fleet.linkState(model.identity.id, peer.identity.id)) {
    case 'down':
      return 'connecting';
    case 'partial':
      return 'partially_connected';
    case 'up':
      return 'connected';
  }
}

// Arrays without interfaces for replication send it over those for management.
function replicationAddresses(model: ArrayModel): readonly string[] {
  const own = model.settings.interfaces
    .filter((device) => device.services.includes('replication'))
    .flatMap((device) => device.address ?? []);
  return own.length > 0 ? own : managementAddresses(model).slice(0, 1);
}
