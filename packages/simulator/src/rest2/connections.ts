import type { JsonObject } from '../http/messages.ts';
import {
  type ConnectionRow,
  type ConnectionTarget,
  connect,
  connectionRows,
  disconnect,
} from '../model/rules/connections.ts';
import { connectionsOfVolume } from '../model/rules/connections-of.ts';
import { anyHostGroup } from '../model/rules/host-groups.ts';
import { anyHost } from '../model/rules/hosts.ts';
import { forEachName, Refusal } from '../model/rules/refusal.ts';
import { anyVolume } from '../model/rules/volume-lookup.ts';
import { nameOnly, reference } from './common-rows.ts';
import {
  type EndpointDefinition,
  fleetRead,
  fleetWrite,
  items,
  listQuery,
  type Rest2Call,
  referenceShape,
  since,
} from './endpoint.ts';
import { invalidCombination, invalidParameter, missingParameter } from './errors.ts';
import { listReply } from './list.ts';
import { relationNames } from './select.ts';

const write = {
  ...fleetWrite,
  host_group_names: 0,
  host_names: 0,
  volume_ids: 9,
  volume_names: 0,
} as const;

/** `/connections` (purity-rest-2.x.md sections 7.6 and 8.3). */
export const connectionsEndpoint: EndpointDefinition = {
  path: 'connections',
  since: 0,
  methods: {
    GET: {
      query: {
        ...listQuery,
        ...fleetRead,
        continuation_token: 1,
        host_group_names: 0,
        host_names: 0,
        protocol_endpoint_ids: 9,
        protocol_endpoint_names: 0,
        volume_ids: 9,
        volume_names: 0,
      },
      handle: getConnections,
    },
    POST: {
      query: write,
      body: { lun: 0, protocol_endpoint: referenceShape() },
      handle: postConnections,
    },
    DELETE: {
      query: write,
      handle: (call) => {
        const { volumes, targets } = sides(call);
        forEachName(volumes, (volume) =>
          forEachName(targets, (target) => disconnect(call.model, volume, target)),
        );
        return null;
      },
    },
  },
};

function getConnections(call: Rest2Call): JsonObject {
  const { model, query } = call;
  const volumes = volumeNames(call);
  const hosts = query.names('host_names');
  const groups = query.names('host_group_names');
  const volumeIds = volumes && forEachName(volumes, (name) => anyVolume(model, name).id);
  const hostIds = hosts && forEachName(hosts, (name) => anyHost(model, name).id);
  const groupIds = groups && forEachName(groups, (name) => anyHostGroup(model, name).id);
  const connections =
    volumeIds === undefined
      ? model.connections
      : [...new Set(volumeIds)].flatMap((id) => connectionsOfVolume(model, id));
  const records = connectionRows(model, connections)
    .filter((row) => hostIds === undefined || (row.host !== null && hostIds.includes(row.host.id)))
    .filter((row) => groupIds === undefined || (row.hostGroup && groupIds.includes(row.hostGroup.id)))
    .sort((left, right) => (position(left) < position(right) ? -1 : 1));
  return listReply(call, { records, key: position, row: (row) => connectionRow(call, row) });
}

function postConnections(call: Rest2Call): JsonObject {
  const { model, body } = call;
  if (body.has('protocol_endpoint')) throw invalidParameter('protocol_endpoint');
  const lun = body.integer('lun');
  const { volumes, targets } = sides(call);
  const made = forEachName(volumes, (volume) =>
    forEachName(targets, (target) => connect(model, volume, target, lun)),
  ).flat();
  return items(connectionRows(model, made).map((row) => connectionRow(call, row)));
}

// At most one of the two sides may hold more than one name.
function sides(call: Rest2Call): {
  readonly volumes: readonly string[];
  readonly targets: readonly ConnectionTarget[];
} {
  const volumes = volumeNames(call) ?? [];
  const hosts = call.query.names('host_names') ?? [];
  const groups = call.query.names('host_group_names') ?? [];
  if (volumes.length === 0) throw missingParameter('volume_names');
  if (hosts.length === 0 && groups.length === 0) throw missingParameter('host_names');
  if (hosts.length > 0 && groups.length > 0) throw invalidCombination();
  const targets: readonly ConnectionTarget[] =
    hosts.length > 0
      ? hosts.map((name) => ({ kind: 'host', name }) as const)
      : groups.map((name) => ({ kind: 'hostGroup', name }) as const);
  if (volumes.length > 1 && targets.length > 1) throw invalidCombination();
  return { volumes, targets };
}

function volumeNames(call: Rest2Call): readonly string[] | undefined {
  return relationNames(
    call,
    'volume',
    call.model.volumes,
    (name) => new Refusal('Volume does not exist.', name),
  );
}

function connectionRow(call: Rest2Call, row: ConnectionRow): JsonObject {
  return {
    host: nameOnly(row.host?.name ?? null),
    host_group: nameOnly(row.hostGroup?.name ?? null),
    lun: row.lun,
    protocol_endpoint: reference(null),
    volume: reference(row.volume),
    ...since(call, 27, { nsid: row.nsid }),
  };
}

function position(row: ConnectionRow): string {
  return [row.volume.name, row.host?.name ?? '', row.hostGroup?.name ?? ''].join('\u0000').toLowerCase();
}
