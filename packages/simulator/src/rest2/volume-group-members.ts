import type { JsonObject } from '../http/messages.ts';
import { anyVolumeGroup, volumesInGroup } from '../model/rules/containers.ts';
import { Refusal } from '../model/rules/refusal.ts';
import { anyVolume } from '../model/rules/volume-lookup.ts';
import type { Volume, VolumeGroup } from '../model/state/records.ts';
import { reference } from './common-rows.ts';
import { type EndpointDefinition, fleetRead, listQuery, type Rest2Call } from './endpoint.ts';
import { listReply } from './list.ts';
import { relationNames } from './select.ts';

type Membership = { readonly group: VolumeGroup; readonly member: Volume };

/** Which volume is in which volume group, from either side: the same rows (purity-rest-2.x.md section 7.7). */
export const volumeGroupMemberEndpoints: readonly EndpointDefinition[] = [
  'volume-groups/volumes',
  'volumes/volume-groups',
].map((path) => ({
  path,
  since: 1,
  methods: {
    GET: {
      query: {
        ...listQuery,
        ...fleetRead,
        continuation_token: 0,
        group_ids: 0,
        group_names: 0,
        member_ids: 0,
        member_names: 0,
      },
      handle: getMembers,
    },
  },
}));

function getMembers(call: Rest2Call): JsonObject {
  const { model } = call;
  const groups = relationNames(
    call,
    'group',
    model.volumeGroups,
    (name) => new Refusal('Volume group does not exist.', name),
  )?.map((name) => anyVolumeGroup(model, name).id);
  const members = relationNames(
    call,
    'member',
    model.volumes,
    (name) => new Refusal('Volume does not exist.', name),
  )?.map((name) => anyVolume(model, name).id);
  const records = model.volumeGroups
    .sorted()
    .filter(({ id }) => groups === undefined || groups.includes(id))
    .flatMap((group) => volumesInGroup(model, group).map((member) => ({ group, member })))
    .filter(({ member }) => members === undefined || members.includes(member.id));
  return listReply<Membership>(call, {
    records,
    key: ({ group, member }) => `${group.name}\u0000${member.name}`,
    row: ({ group, member }) => ({ group: reference(group), member: reference(member) }),
  });
}
