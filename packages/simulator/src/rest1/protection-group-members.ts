import type { JsonObject } from '../http/messages.ts';
import { anyHostGroup } from '../model/rules/host-groups.ts';
import { anyHost } from '../model/rules/hosts.ts';
import {
  addMember,
  type GroupMember,
  liveGroup,
  memberRegistry,
  removeMember,
  setMembers,
} from '../model/rules/protection-groups.ts';
import { liveVolume } from '../model/rules/volume-lookup.ts';
import type { ArrayModel } from '../model/state/array-model.ts';
import type { ProtectionGroup } from '../model/state/records.ts';
import { NoSuchCall, type Rest1Answer, type Rest1Call, value } from './call.ts';

type Kind = GroupMember['kind'];

/** Parameters are called `vollist`, `addvollist`, `remvollist`, and alike for hosts and host groups (section 2.7). */
const kinds = [
  ['volume', 'vollist', 'volumeIds'],
  ['host', 'hostlist', 'hostIds'],
  ['hostGroup', 'hgrouplist', 'hostGroupIds'],
] as const satisfies readonly (readonly [Kind, string, keyof ProtectionGroup])[];

/** The members that a group is made with. */
export function membersToCreate({
  model,
  parameters,
}: Rest1Call): Partial<Pick<ProtectionGroup, (typeof kinds)[number][2]>> {
  const given = kinds.flatMap(([kind, parameter, list]) => {
    const names = parameters.list(parameter);
    return names === undefined ? [] : [[list, idsOf(model, kind, names)] as const];
  });
  return Object.fromEntries(given);
}

/** Replaces, adds and takes out members; an array that refuses one of them changes nothing. */
export function changeMembers({ model, parameters }: Rest1Call, groupName: string): void {
  const before = liveGroup(model, groupName);
  try {
    for (const [kind, parameter, list] of kinds) {
      const all = parameters.list(parameter);
      if (all !== undefined) {
        setMembers(model, liveGroup(model, groupName), { [list]: idsOf(model, kind, all) });
      }
      for (const name of parameters.list(`add${parameter}`) ?? []) {
        addMember(model, groupName, memberOf(model, kind, name), { strict: true });
      }
      for (const name of parameters.list(`rem${parameter}`) ?? []) {
        removeMember(model, groupName, {
          kind,
          id: memberRegistry(model, kind).byName(name)?.id ?? null,
          name,
        });
      }
    }
  } catch (error) {
    model.protectionGroups.put(before);
    throw error;
  }
}

/** `volume/V/pgroup/PG`, `host/H/pgroup/PG` and `hgroup/G/pgroup/PG` (since REST 1.7). */
export function answerMembership(call: Rest1Call, kind: Kind, name: string, groupName: string): Rest1Answer {
  const { model, method, minor } = call;
  if (minor < 7) throw new NoSuchCall(404);
  const member = memberOf(model, kind, name);
  switch (method) {
    case 'POST':
      addMember(model, groupName, member, { strict: true });
      break;
    case 'DELETE':
      removeMember(model, groupName, member);
      break;
    default:
      throw new NoSuchCall(405);
  }
  return value(membershipRow(member.name, liveGroup(model, groupName).name));
}

/** `{name, protection_group}` */
export function membershipRow(name: string, group: string): JsonObject {
  return { name, protection_group: group };
}

function memberOf(model: ArrayModel, kind: Kind, name: string): GroupMember {
  switch (kind) {
    case 'volume':
      return { kind, ...liveVolume(model, name) };
    case 'host':
      return { kind, ...anyHost(model, name) };
    case 'hostGroup':
      return { kind, ...anyHostGroup(model, name) };
  }
}

function idsOf(model: ArrayModel, kind: Kind, names: readonly string[]): readonly string[] {
  return [...new Set(names.map((name) => memberOf(model, kind, name).id))];
}
