import type { JsonObject } from '../http/messages.ts';
import {
  type ConnectionView,
  changeConnection,
  connectByKey,
  connectionKey,
  connectionsOf,
  disconnectArrays,
} from '../model/fleet/array-connections.ts';
import { forEachName, Refusal } from '../model/rules/refusal.ts';
import { managementAddresses } from '../model/state/array-model.ts';
import type { ArrayConnectionType, Throttle } from '../model/state/fleet-records.ts';
import { nameKey } from '../model/state/registry.ts';
import type { BodyReader } from './body-reader.ts';
import { reference } from './common-rows.ts';
import {
  type EndpointDefinition,
  fleetRead,
  fleetReadSince,
  fleetWrite,
  items,
  listQuery,
  type Rest2Call,
  since,
} from './endpoint.ts';
import { invalidCombination, invalidParameter, missingParameter, noAttribute } from './errors.ts';
import { listReply } from './list.ts';

const windowShape = { since: 0, fields: { start: 0, end: 0 } } as const;
const selection = {
  ...listQuery,
  continuation_token: 0,
  ids: 40,
  names: 0,
  remote_ids: 40,
  remote_names: 40,
} as const;

/** `/array-connections` and what is below (purity-rest-2.x.md section 7.15). */
export const arrayConnectionEndpoints: readonly EndpointDefinition[] = [
  {
    path: 'array-connections',
    since: 4,
    methods: {
      GET: {
        query: { ...fleetRead, ...selection },
        handle: (call) =>
          listReply(call, {
            records: selected(call),
            key: ({ peer }) => peer.settings.name,
            row: (view) => connectionRow(call, view),
          }),
      },
      POST: {
        query: fleetWrite,
        body: {
          connection_key: 0,
          encryption: 33,
          management_address: 0,
          replication_addresses: 0,
          replication_transport: 0,
          type: 0,
        },
        handle: postConnection,
      },
      PATCH: {
        query: { ...fleetWrite, ids: 40, names: 0, refresh: 33, renew_encryption_key: 33 },
        body: {
          connection_key: 33,
          default_limit: 0,
          encryption: 33,
          management_address: 33,
          replication_addresses: 33,
          throttle: { since: 33, fields: { default_limit: 0, window: windowShape, window_limit: 0 } },
          type: 33,
          window: windowShape,
          window_limit: 0,
        },
        handle: patchConnections,
      },
      DELETE: {
        query: { ...fleetWrite, ids: 40, names: 0 },
        handle: (call) => {
          forEachName(namesToWrite(call), (name) => disconnectArrays(call.model, name));
          return null;
        },
      },
    },
  },
  {
    path: 'array-connections/connection-key',
    since: 4,
    methods: {
      GET: {
        query: { ...fleetReadSince(55), encrypted: 33 },
        handle: (call) => items([{ connection_key: connectionKey(call.model) }]),
      },
    },
  },
  {
    path: 'array-connections/path',
    since: 4,
    methods: {
      GET: {
        query: { ...fleetReadSince(50), ...selection },
        handle: (call) =>
          listReply(call, {
            records: selected(call),
            key: ({ peer }) => peer.settings.name,
            row: (view) => pathRow(call, view),
          }),
      },
    },
  },
];

function postConnection(call: Rest2Call): JsonObject {
  const { body, model } = call;
  const address = body.text('management_address');
  const key = body.text('connection_key');
  const transport = body.text('replication_transport') ?? 'ip';
  if (address === undefined) throw missingParameter('management_address');
  if (key === undefined) throw missingParameter('connection_key');
  if (transport !== 'ip' && transport !== 'fc') {
    throw new Refusal('Given Transport Type is invalid', transport);
  }
  const addresses = body.texts('replication_addresses');
  const view = connectByKey(model, address, key, {
    type: readType(body) ?? missing('type'),
    transport,
    ...(addresses === undefined ? {} : { replicationAddresses: addresses }),
  });
  return items([connectionRow(call, view)]);
}

function patchConnections(call: Rest2Call): JsonObject {
  const { body, model, query } = call;
  if (body.isEmpty && query.flag('refresh') !== true) throw noAttribute();
  const type = readType(body);
  const managementAddress = body.text('management_address');
  const replicationAddresses = body.texts('replication_addresses');
  const limits = body.object('throttle') ?? body;
  const changed = forEachName(namesToWrite(call), (name) => {
    const view = selectedByName(call, name);
    return changeConnection(model, name, {
      ...(type === undefined ? {} : { type }),
      ...(managementAddress === undefined ? {} : { managementAddress }),
      ...(replicationAddresses === undefined ? {} : { replicationAddresses }),
      throttle: changeThrottle(view.connection.throttle, limits),
    });
  });
  return items(changed.map((view) => connectionRow(call, view)));
}

function changeThrottle(before: Throttle, change: BodyReader): Throttle {
  const window = change.object('window');
  return {
    defaultLimit: change.integer('default_limit') ?? before.defaultLimit,
    windowLimit: change.integer('window_limit') ?? before.windowLimit,
    window:
      window === undefined
        ? before.window
        : { start: window.integer('start') ?? 0, end: window.integer('end') ?? 0 },
  };
}

function readType(body: BodyReader): ArrayConnectionType | undefined {
  const type = body.text('type');
  if (type === undefined || type === 'async-replication' || type === 'sync-replication') return type;
  throw invalidParameter('type');
}

function missing(key: string): never {
  throw missingParameter(key);
}

function namesToWrite(call: Rest2Call): readonly string[] {
  if (!call.query.has('names') && !call.query.has('ids')) throw missingParameter('names');
  return selected(call).map(({ peer }) => peer.settings.name);
}

function selected(call: Rest2Call): readonly ConnectionView[] {
  const { query } = call;
  const names = query.names('names') ?? query.names('remote_names');
  const ids = query.names('ids');
  const remoteIds = query.names('remote_ids');
  if ([names, ids, remoteIds].filter((given) => given !== undefined).length > 1) throw invalidCombination();
  if (names !== undefined) return forEachName(names, (name) => selectedByName(call, name));
  const all = connectionsOf(call.model);
  const find = (id: string, idOf: (view: ConnectionView) => string): ConnectionView => {
    const found = all.find((view) => idOf(view) === id);
    if (found === undefined) throw new Refusal('Array connection does not exist.', id);
    return found;
  };
  if (ids !== undefined) return forEachName(ids, (id) => find(id, (view) => view.connection.id));
  if (remoteIds !== undefined)
    return forEachName(remoteIds, (id) => find(id, (view) => view.peer.identity.id));
  return all;
}

function selectedByName(call: Rest2Call, name: string): ConnectionView {
  const found = connectionsOf(call.model).find(({ peer }) => nameKey(peer.settings.name) === nameKey(name));
  if (found === undefined) throw new Refusal('Array connection does not exist.', name);
  return found;
}

function connectionRow(call: Rest2Call, view: ConnectionView): JsonObject {
  const { connection, peer, isMaker, status } = view;
  const { throttle } = connection;
  const remote = { id: peer.identity.id, name: peer.settings.name };
  return {
    id: connection.id,
    name: peer.settings.name,
    // Addresses are known to the side that gave them (purity-rest-1.x.md section 2.2).
    management_address: isMaker ? connection.managementAddress : null,
    replication_addresses: isMaker ? connection.replicationAddresses : [],
    replication_transport: connection.transport,
    status,
    throttle: {
      default_limit: throttle.defaultLimit,
      window: throttle.window,
      window_limit: throttle.windowLimit,
    },
    type: connection.type,
    version: peer.settings.purityVersion,
    ...since(call, 33, { encryption: 'unencrypted' }),
    ...since(call, 40, {
      os: 'Purity//FA',
      remote: { ...reference(remote), resource_type: 'remote-arrays' },
    }),
  };
}

function pathRow(call: Rest2Call, view: ConnectionView): JsonObject {
  const { connection, peer, isMaker, status } = view;
  const [local = null] = managementAddresses(call.model);
  const [remote = null] = isMaker ? connection.replicationAddresses : managementAddresses(peer);
  return {
    name: peer.settings.name,
    local_address: local,
    local_port: 'vir0',
    remote_address: remote,
    remote_port: 'vir0',
    replication_transport: connection.transport,
    status: status === 'connecting' ? 'connecting' : 'connected',
  };
}
