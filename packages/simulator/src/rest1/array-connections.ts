import type { JsonObject } from '../http/messages.ts';
import {
  type ConnectionView,
  changeConnection,
  connectByKey,
  connectionsOf,
  connectionTo,
  disconnectArrays,
} from '../model/fleet/array-connections.ts';
import { Refusal } from '../model/rules/refusal.ts';
import type { ArrayConnectionType } from '../model/state/fleet-records.ts';
import { list, NoSuchCall, type Rest1Answer, type Rest1Call, value } from './call.ts';

/** `array/connection[/NAME]` from REST 1.2 on (purity-rest-1.x.md section 2.2). */
export function answerArrayConnections(call: Rest1Call, name: string): Rest1Answer {
  const { model, method, minor, parameters } = call;
  switch (method) {
    case 'GET': {
      const views = name === '' ? connectionsOf(model) : [connectionTo(model, name)];
      const throttle = minor >= 5 && parameters.flag('throttle');
      return list(views.map((view) => (throttle ? throttleRow(view) : connectionRow(call, view))));
    }
    case 'POST': {
      const address = parameters.text('management_address') ?? '';
      const replication = parameters.list('replication_address');
      const view = connectByKey(model, address, parameters.text('connection_key') ?? '', {
        type: readType(call),
        ...(replication === undefined ? {} : { replicationAddresses: replication }),
      });
      return value(connectionRow(call, view));
    }
    case 'PUT': {
      if (minor < 5) throw new NoSuchCall(405);
      const { throttle } = connectionTo(model, name).connection;
      const view = changeConnection(model, name, {
        throttle: {
          ...throttle,
          defaultLimit: parameters.number('default_limit') ?? throttle.defaultLimit,
          windowLimit: parameters.number('window_limit') ?? throttle.windowLimit,
        },
      });
      return value(throttleRow(view));
    }
    case 'DELETE':
      return value({ name: disconnectArrays(model, name).peer.settings.name });
    default:
      throw new NoSuchCall(405);
  }
}

/** `replication` is the only type there is before ActiveCluster (REST 1.13). */
function readType({ minor, parameters }: Rest1Call): ArrayConnectionType {
  const types = parameters.list('type') ?? [];
  if (types.includes('sync-replication') && minor >= 13) return 'sync-replication';
  if (types.some((type) => type !== 'replication' && (type !== 'async-replication' || minor < 13))) {
    throw new Refusal('Invalid parameter.', 'type');
  }
  return 'async-replication';
}

function connectionRow({ minor }: Rest1Call, view: ConnectionView): JsonObject {
  const { connection, peer, isMaker, status } = view;
  const type = minor < 13 ? 'replication' : connection.type;
  return {
    id: peer.identity.id,
    array_name: peer.settings.name,
    version: peer.settings.purityVersion,
    management_address: isMaker ? connection.managementAddress : null,
    replication_address: isMaker ? (connection.replicationAddresses[0] ?? null) : null,
    throttled: isThrottled(view),
    type: minor < 16 ? [type] : type,
    ...(minor < 17 ? { connected: status !== 'connecting' } : { status }),
  };
}

function throttleRow(view: ConnectionView): JsonObject {
  const { throttle } = view.connection;
  return {
    array_name: view.peer.settings.name,
    default_limit: throttle.defaultLimit,
    window_limit: throttle.windowLimit,
    window: throttle.window,
  };
}

function isThrottled({ connection: { throttle } }: ConnectionView): boolean {
  return throttle.defaultLimit !== null || throttle.windowLimit !== null;
}
