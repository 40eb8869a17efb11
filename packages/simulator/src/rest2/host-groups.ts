import type { JsonObject } from '../http/messages.ts';
import { connectionsOfHostGroup } from '../model/rules/connections-of.ts';
import {
  addMember,
  anyHostGroup,
  createHostGroup,
  deleteHostGroup,
  membersOf,
  removeMember,
  renameHostGroup,
} from '../model/rules/host-groups.ts';
import { anyHost } from '../model/rules/hosts.ts';
import { forEachName, Refusal } from '../model/rules/refusal.ts';
import { objectSpace, sumSpace } from '../model/rules/space.ts';
import type { Host, HostGroup } from '../model/state/records.ts';
import { nameOnly, qosRow, readQos, readQosChange, spaceRow } from './common-rows.ts';
import {
  type EndpointDefinition,
  fleetRead,
  fleetWrite,
  items,
  listQuery,
  qosShape,
  type Rest2Call,
  since,
} from './endpoint.ts';
import { invalidCombination, missingParameter, noAttribute } from './errors.ts';
import { listReply } from './list.ts';
import { namesToCreate, selectForList, selectForWrite } from './select.ts';

/** `/host-groups` and its members (purity-rest-2.x.md section 7.5). */
export const hostGroupEndpoints: readonly EndpointDefinition[] = [
  {
    path: 'host-groups',
    since: 0,
    methods: {
      GET: {
        query: { ...listQuery, ...fleetRead, continuation_token: 1, destroyed: 36, names: 0 },
        handle: (call) =>
          listReply(call, {
            records: selectForList(call, call.model.hostGroups, notFound),
            key: (group) => group.name,
            row: (group) => groupRow(call, group),
          }),
      },
      POST: {
        query: { ...fleetWrite, names: 0 },
        body: { qos: qosShape(50), tags: { since: 39, fields: { key: 0, namespace: 0, value: 0 } } },
        handle: (call) => {
          const made = forEachName(namesToCreate(call), (name) => {
            const qos = readQos(call.body.object('qos'), name);
            return createHostGroup(call.model, name, qos === undefined ? {} : { qos });
          });
          return items(made.map((group) => groupRow(call, group)));
        },
      },
      PATCH: {
        query: {
          ...fleetWrite,
          names: 0,
          from_member_ids: 40,
          from_member_names: 40,
          modify_resource_access: 40,
          to_member_ids: 40,
          to_member_names: 40,
        },
        body: { name: 0, qos: qosShape(50) },
        handle: patchGroups,
      },
      DELETE: {
        query: { ...fleetWrite, names: 0 },
        handle: (call) => {
          forEachName(selectForWrite(call, call.model.hostGroups, notFound), (name) =>
            deleteHostGroup(call.model, name),
          );
          return null;
        },
      },
    },
  },
  memberEndpoint('host-groups/hosts'),
  memberEndpoint('hosts/host-groups'),
];

function patchGroups(call: Rest2Call): JsonObject {
  const { model, body } = call;
  const names = selectForWrite(call, model.hostGroups, notFound);
  if (body.isEmpty) throw noAttribute();
  const newName = body.text('name');
  if (newName !== undefined && names.length > 1) throw invalidCombination();
  const changed = forEachName(names, (name) => {
    const group = anyHostGroup(model, name);
    const qos = readQosChange(body.object('qos'), name);
    if (qos !== undefined) model.hostGroups.put({ ...group, qos: { ...group.qos, ...qos } });
    return newName === undefined ? anyHostGroup(model, name) : renameHostGroup(model, name, newName);
  });
  return items(changed.map((group) => groupRow(call, group)));
}

function memberEndpoint(path: string): EndpointDefinition {
  const write = { ...fleetWrite, group_names: 0, member_names: 0 };
  return {
    path,
    since: 0,
    methods: {
      GET: {
        query: { ...listQuery, ...fleetRead, continuation_token: 1, group_names: 0, member_names: 0 },
        handle: getMembers,
      },
      POST: {
        since: 1,
        query: write,
        handle: (call) => {
          const { group, hosts } = membersToWrite(call);
          forEachName(hosts, (host) => addMember(call.model, group, host));
          return items(hosts.map((host) => memberRow(group, anyHost(call.model, host).name)));
        },
      },
      DELETE: {
        since: 1,
        query: write,
        handle: (call) => {
          const { group, hosts } = membersToWrite(call);
          forEachName(hosts, (host) => removeMember(call.model, group, host));
          return null;
        },
      },
    },
  };
}

function getMembers(call: Rest2Call): JsonObject {
  const { model, query } = call;
  const groups = query.names('group_names')?.map((name) => anyHostGroup(model, name).id);
  const members = query.names('member_names')?.map((name) => anyHost(model, name).id);
  const records = model.hostGroups
    .sorted()
    .filter((group) => groups === undefined || groups.includes(group.id))
    .flatMap((group) => membersOf(model, group.id).map((host) => ({ group, host })))
    .filter(({ host }) => members === undefined || members.includes(host.id));
  return listReply<{ group: HostGroup; host: Host }>(call, {
    records,
    key: ({ group, host }) => `${group.name}\u0000${host.name}`,
    row: ({ group, host }) => memberRow(group.name, host.name),
  });
}

function membersToWrite(call: Rest2Call): { readonly group: string; readonly hosts: readonly string[] } {
  const groups = call.query.names('group_names') ?? [];
  const hosts = call.query.names('member_names') ?? [];
  const [group] = groups;
  if (group === undefined) throw missingParameter('group_names');
  if (hosts.length === 0) throw missingParameter('member_names');
  // One group a call.
  if (groups.length > 1) throw invalidCombination();
  return { group: anyHostGroup(call.model, group).name, hosts };
}

function memberRow(group: string, member: string): JsonObject {
  return { group: nameOnly(group), member: nameOnly(member) };
}

function groupRow(call: Rest2Call, group: HostGroup): JsonObject {
  const { model } = call;
  const connections = connectionsOfHostGroup(model, group.id);
  const volumes = connections.flatMap((connection) => model.volumes.byId(connection.volumeId) ?? []);
  return {
    name: group.name,
    connection_count: connections.length,
    host_count: membersOf(model, group.id).length,
    is_local: true,
    space: spaceRow(call, sumSpace(volumes.map((volume) => objectSpace(model, volume)))),
    ...since(call, 36, { destroyed: false, time_remaining: null }),
    ...since(call, 50, { qos: qosRow(group.qos) }),
  };
}

function notFound(name: string): Refusal {
  return new Refusal('Host group does not exist.', name);
}
