import type { JsonObject } from '../http/messages.ts';
import {
  addTarget,
  removeTarget,
  setAllowed,
  type TargetView,
  targetsOf,
} from '../model/fleet/replication-targets.ts';
import { anyGroup } from '../model/rules/protection-groups.ts';
import { forEachName, Refusal } from '../model/rules/refusal.ts';
import { nameKey } from '../model/state/registry.ts';
import { resourceType } from './common-rows.ts';
import {
  type EndpointDefinition,
  fleetRead,
  fleetWrite,
  items,
  listQuery,
  type Rest2Call,
  since,
} from './endpoint.ts';
import { invalidCombination, invalidParameter, missingParameter, noAttribute } from './errors.ts';
import { listReply } from './list.ts';
import { relationNames } from './select.ts';

const pair = { group_ids: 26, group_names: 0, member_ids: 37, member_names: 0 } as const;

/** `/protection-groups/targets` (purity-rest-2.x.md section 7.8): arrays that groups are replicated to. */
export const replicationTargetsEndpoint: EndpointDefinition = {
  path: 'protection-groups/targets',
  since: 1,
  methods: {
    GET: {
      query: { ...listQuery, ...fleetRead, continuation_token: 0, ...pair },
      handle: (call) => {
        const { model } = call;
        const groups = groupNames(call)?.map((name) => anyGroup(model, name).id);
        const members = memberNames(call)?.map(nameKey);
        const records = model.protectionGroups
          .sorted()
          .filter(({ id }) => groups === undefined || groups.includes(id))
          .flatMap((group) => targetsOf(model, group))
          .filter(({ array }) => members === undefined || members.includes(nameKey(array.name)));
        return listReply(call, {
          records,
          key: ({ group, array }) => `${group.name}\u0000${array.name}`,
          row: (view) => targetRow(call, view),
        });
      },
    },
    POST: {
      query: { ...fleetWrite, ...pair },
      handle: (call) => {
        const made = forEachName(pairs(call), ({ group, member }) => addTarget(call.model, group, member));
        return items(made.map((view) => targetRow(call, view)));
      },
    },
    PATCH: {
      query: { ...fleetWrite, ...pair },
      body: {
        allowed: 0,
        protection_group: { since: 0, fields: { id: 26, name: 0 } },
        target: { since: 0, fields: { name: 0 } },
      },
      handle: (call) => {
        const allowed = call.body.flag('allowed');
        const groups = groupNames(call) ?? [];
        if (groups.length === 0) throw missingParameter('group_names');
        if (allowed === undefined) throw noAttribute();
        const changed = forEachName(groups, (name) => setAllowed(call.model, name, allowed));
        return items(changed.map((view) => targetRow(call, view)));
      },
    },
    DELETE: {
      query: { ...fleetWrite, ...pair },
      handle: (call) => {
        forEachName(pairs(call), ({ group, member }) => removeTarget(call.model, group, member));
        return null;
      },
    },
  },
};

function pairs(call: Rest2Call): readonly { readonly group: string; readonly member: string }[] {
  const groups = groupNames(call) ?? [];
  const members = memberNames(call) ?? [];
  if (groups.length === 0) throw missingParameter('group_names');
  if (members.length === 0) throw missingParameter('member_names');
  return groups.flatMap((group) => members.map((member) => ({ group, member })));
}

function groupNames(call: Rest2Call): readonly string[] | undefined {
  return relationNames(
    call,
    'group',
    call.model.protectionGroups,
    (name) => new Refusal('Protection group does not exist.', name),
  );
}

function memberNames(call: Rest2Call): readonly string[] | undefined {
  const names = call.query.names('member_names');
  const ids = call.query.names('member_ids');
  if (names !== undefined && ids !== undefined) throw invalidCombination();
  return ids?.map((id) => call.model.fleet.byId(id)?.settings.name ?? fail(id)) ?? names;
}

function fail(id: string): never {
  throw invalidParameter(id);
}

function targetRow(call: Rest2Call, { group, array, allowed, status }: TargetView): JsonObject {
  return {
    allowed,
    group: { name: group.name, ...since(call, 26, { id: group.id }) },
    member: {
      name: array.name,
      ...since(call, 37, { id: array.id, resource_type: resourceType(call, array.id) }),
    },
    ...since(call, 37, { status }),
  };
}
