import type { JsonObject } from '../http/messages.ts';
import { refuseReplica } from '../model/fleet/replication-targets.ts';
import { anyHostGroup } from '../model/rules/host-groups.ts';
import { anyHost } from '../model/rules/hosts.ts';
import {
  addMember,
  anyGroup,
  type GroupMember,
  liveGroup,
  memberRegistry,
  memberVolumes,
  removeMember,
} from '../model/rules/protection-groups.ts';
import { forEachName, Refusal } from '../model/rules/refusal.ts';
import { liveVolume } from '../model/rules/volume-lookup.ts';
import type { ArrayModel } from '../model/state/array-model.ts';
import type { ProtectionGroup } from '../model/state/records.ts';
import {
  type EndpointDefinition,
  fleetRead,
  fleetWrite,
  items,
  listQuery,
  type Rest2Call,
  type Rest2Result,
  since,
} from './endpoint.ts';
import { missingParameter } from './errors.ts';
import { listReply } from './list.ts';
import { relationNames } from './select.ts';

type Kind = GroupMember['kind'];

/** A member as a row shows it; hosts and host groups have no ids, and are never destroyed. */
type Member = { readonly id: string; readonly name: string; readonly destroyed: boolean };
type Membership = { readonly group: ProtectionGroup; readonly member: Member };

const words = { volume: 'Volume', host: 'Host', hostGroup: 'Host group' } as const;

/** Members of protection groups, from either side: the same rows (purity-rest-2.x.md section 7.8). */
export const protectionGroupMemberEndpoints: readonly EndpointDefinition[] = [
  memberEndpoint('protection-groups/volumes', 'volume'),
  memberEndpoint('volumes/protection-groups', 'volume'),
  memberEndpoint('protection-groups/hosts', 'host'),
  memberEndpoint('hosts/protection-groups', 'host'),
  memberEndpoint('protection-groups/host-groups', 'hostGroup'),
  memberEndpoint('host-groups/protection-groups', 'hostGroup'),
];

function memberEndpoint(path: string, kind: Kind): EndpointDefinition {
  const pair = {
    group_ids: 26,
    group_names: 0,
    member_names: 0,
    ...(kind === 'volume' ? { member_ids: 9 } : {}),
  };
  return {
    path,
    since: 1,
    methods: {
      GET: {
        query: {
          ...listQuery,
          ...fleetRead,
          ...pair,
          continuation_token: 0,
          ...(kind === 'volume' ? { member_destroyed: 9 } : {}),
          // One of the two paths of these rows only (OpenAPI 2.56).
          ...(path === 'protection-groups/volumes' ? { include_remote: 41 } : {}),
        },
        handle: (call) => getMembers(call, kind),
      },
      POST: { query: { ...fleetWrite, ...pair }, handle: (call) => postMembers(call, kind) },
      DELETE: { query: { ...fleetWrite, ...pair }, handle: (call) => deleteMembers(call, kind) },
    },
  };
}

function getMembers(call: Rest2Call, kind: Kind): JsonObject {
  const { model } = call;
  const groups = groupNames(call)?.map((name) => anyGroup(model, name).id);
  const members = memberNames(call, kind)?.map((name) => anyMember(model, kind, name).id);
  const destroyed = call.query.flag('member_destroyed');
  const records = model.protectionGroups
    .sorted()
    .filter((group) => groups === undefined || groups.includes(group.id))
    .flatMap((group) => membersOf(model, kind, group).map((member) => ({ group, member })))
    .filter(({ member }) => members === undefined || members.includes(member.id))
    .filter(({ member }) => destroyed === undefined || member.destroyed === destroyed)
    .sort((left, right) => (position(left) < position(right) ? -1 : 1));
  return listReply(call, { records, key: position, row: (membership) => memberRow(call, kind, membership) });
}

function postMembers(call: Rest2Call, kind: Kind): JsonObject {
  const { model } = call;
  const pairs = pairsToWrite(call, kind);
  const added = forEachName(pairs, ({ group: groupName, member: name }) => {
    const group = liveGroup(model, groupName);
    refuseReplica(group);
    const { id, name: ownName } = kind === 'volume' ? liveVolume(model, name) : anyMember(model, kind, name);
    addMember(model, group.name, { kind, id, name: ownName });
    return { group, member: { id, name: ownName, destroyed: false } };
  });
  return items(added.map((membership) => memberRow(call, kind, membership)));
}

function deleteMembers(call: Rest2Call, kind: Kind): Rest2Result {
  const { model } = call;
  forEachName(pairsToWrite(call, kind), ({ group, member: name }) =>
    removeMember(model, group, { kind, id: memberRegistry(model, kind).byName(name)?.id ?? null, name }),
  );
  return null;
}

function pairsToWrite(
  call: Rest2Call,
  kind: Kind,
): readonly { readonly group: string; readonly member: string }[] {
  const groups = groupNames(call) ?? [];
  const members = memberNames(call, kind) ?? [];
  if (groups.length === 0) throw missingParameter('group_names');
  if (members.length === 0) throw missingParameter('member_names');
  return groups.flatMap((group) => members.map((member) => ({ group, member })));
}

function groupNames(call: Rest2Call): readonly string[] | undefined {
  const notFound = (name: string) => new Refusal('Protection group does not exist.', name);
  return relationNames(call, 'group', call.model.protectionGroups, notFound);
}

function memberNames(call: Rest2Call, kind: Kind): readonly string[] | undefined {
  if (kind !== 'volume') return call.query.names('member_names');
  return relationNames(call, 'member', call.model.volumes, (name) => missing(kind, name));
}

function membersOf(model: ArrayModel, kind: Kind, group: ProtectionGroup): readonly Member[] {
  const alive = (record: { readonly id: string; readonly name: string } | undefined): readonly Member[] =>
    record === undefined ? [] : [{ id: record.id, name: record.name, destroyed: false }];
  switch (kind) {
    case 'volume':
      return memberVolumes(model, group).map(({ id, name, eradicateAt }) => ({
        id,
        name,
        destroyed: eradicateAt !== null,
      }));
    case 'host':
      return group.hostIds.flatMap((id) => alive(model.hosts.byId(id)));
    case 'hostGroup':
      return group.hostGroupIds.flatMap((id) => alive(model.hostGroups.byId(id)));
  }
}

function anyMember(
  model: ArrayModel,
  kind: Kind,
  name: string,
): { readonly id: string; readonly name: string } {
  switch (kind) {
    case 'volume': {
      const volume = model.volumes.byName(name);
      if (volume === undefined) throw missing(kind, name);
      return volume;
    }
    case 'host':
      return anyHost(model, name);
    case 'hostGroup':
      return anyHostGroup(model, name);
  }
}

function missing(kind: Kind, name: string): Refusal {
  return new Refusal(`${words[kind]} does not exist.`, name);
}

function position({ group, member }: Membership): string {
  return `${group.name}\u0000${member.name}`.toLowerCase();
}

function memberRow(call: Rest2Call, kind: Kind, { group, member }: Membership): JsonObject {
  return {
    group: { name: group.name, ...since(call, 26, { id: group.id }) },
    member: {
      name: member.name,
      ...(kind === 'volume' ? since(call, 9, { id: member.id, destroyed: member.destroyed }) : {}),
    },
  };
}
