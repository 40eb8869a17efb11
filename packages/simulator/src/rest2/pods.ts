import type { JsonObject } from '../http/messages.ts';
import { podMembers } from '../model/fleet/pod-arbitration.ts';
import { setFailoverPreferences, stretchPod, unstretchPod } from '../model/fleet/stretched-pods.ts';
import { createPod, destroyPod, eradicatePod, recoverPod, volumesInPod } from '../model/rules/containers.ts';
import { anyPod, livePod } from '../model/rules/pod-lookup.ts';
import { clonePod, renamePod } from '../model/rules/pod-names.ts';
import { forEachName, Refusal } from '../model/rules/refusal.ts';
import { manualEradication } from '../model/rules/safe-mode.ts';
import { objectSpace, sumSpace } from '../model/rules/space.ts';
import type { Pod } from '../model/state/records.ts';
import { nameKey } from '../model/state/registry.ts';
import { destroyedFields, reference, resourceType, spaceRow, totalOf } from './common-rows.ts';
import {
  type EndpointDefinition,
  fleetRead,
  fleetWrite,
  items,
  listQuery,
  type QueryShape,
  type Rest2Call,
  referenceShape,
  since,
} from './endpoint.ts';
import { invalidCombination, invalidParameter, missingParameter, noAttribute } from './errors.ts';
import { listReply } from './list.ts';
import { namesToCreate, relationNames, selectForList, selectForWrite } from './select.ts';
import { tagFields } from './tags.ts';

/** `/pods`, `/pods/arrays` and `/pods/members` (purity-rest-2.x.md sections 7.13 and 8.6); arrays are the only members. */
export const podEndpoints: readonly EndpointDefinition[] = [
  {
    path: 'pods',
    since: 1,
    methods: {
      GET: {
        query: {
          ...listQuery,
          ...fleetRead,
          continuation_token: 0,
          destroyed: 0,
          ids: 0,
          names: 0,
          total_only: 0,
        },
        handle: (call) =>
          listReply(call, {
            records: selectForList(call, call.model.pods, podNotFound),
            key: (pod) => pod.name,
            row: (pod) => podRow(call, pod),
            total: totalOf,
          }),
      },
      POST: {
        query: { ...fleetWrite, allow_throttle: 31, names: 0, with_default_protection: 55 },
        body: {
          failover_preferences: referenceShape(),
          quota_limit: 23,
          source: referenceShape(),
          tags: { since: 39, fields: tagFields },
        },
        handle: postPods,
      },
      PATCH: {
        query: { ...fleetWrite, destroy_contents: 3, ids: 0, names: 0 },
        body: {
          destroyed: 0,
          failover_preferences: referenceShape(),
          ignore_usage: 23,
          mediator: 0,
          name: 0,
          quota_limit: 23,
          requested_promotion_state: 2,
        },
        handle: patchPods,
      },
      DELETE: {
        query: { ...fleetWrite, eradicate_contents: 3, ids: 0, names: 0 },
        handle: (call) => {
          const contents = call.query.flag('eradicate_contents') === true;
          forEachName(selectForWrite(call, call.model.pods, podNotFound), (name) =>
            eradicatePod(call.model, name, contents),
          );
          return null;
        },
      },
    },
  },
  memberEndpoint('pods/arrays', 'group', 1),
  memberEndpoint('pods/members', 'pod', 36),
];

function postPods(call: Rest2Call): JsonObject {
  const { body, model } = call;
  const preferences = preferencesOf(call);
  const quota = body.integer('quota_limit') ?? null;
  const source = body.object('source');
  const sourceName = source?.text('name') ?? model.pods.byId(source?.text('id') ?? '')?.name;
  if (source !== undefined && sourceName === undefined) throw invalidParameter('source');
  const made = forEachName(namesToCreate(call), (name) => {
    const pod =
      sourceName === undefined ? createPod(model, name, quota) : clonePod(model, name, sourceName, quota);
    return preferences === undefined ? pod : setFailoverPreferences(model, pod.name, preferences);
  });
  return items(made.map((pod) => podRow(call, pod)));
}

function patchPods(call: Rest2Call): JsonObject {
  const { body, model, query } = call;
  if (body.isEmpty) throw noAttribute();
  const destroyed = body.flag('destroyed');
  const mediator = body.text('mediator');
  const preferences = preferencesOf(call);
  const quota = body.value('quota_limit') === '' ? null : body.integer('quota_limit');
  const promotion = body.text('requested_promotion_state');
  if (promotion !== undefined && promotion !== 'promoted')
    throw invalidParameter('requested_promotion_state');
  const contents = query.flag('destroy_contents') === true;
  const newName = body.text('name');
  const names = selectForWrite(call, model.pods, podNotFound);
  if (newName !== undefined && (destroyed !== undefined || names.length > 1)) throw invalidCombination();
  const changed = forEachName(names, (name) => {
    if (destroyed !== undefined) {
      return destroyed ? destroyPod(model, name, contents) : recoverPod(model, name);
    }
    const pod = livePod(model, name);
    model.pods.put({
      ...pod,
      ...(mediator === undefined ? {} : { mediator }),
      ...(quota === undefined ? {} : { quotaLimit: quota }),
    });
    if (preferences !== undefined) setFailoverPreferences(model, name, preferences);
    return newName === undefined ? anyPod(model, name) : renamePod(model, name, newName);
  });
  return items(changed.map((pod) => podRow(call, pod)));
}

function preferencesOf({ body, model }: Rest2Call): readonly string[] | undefined {
  return body
    .objects('failover_preferences')
    ?.map(
      (entry) => entry.text('name') ?? model.fleet.byId(entry.text('id') ?? '')?.settings.name ?? unusable(),
    );
}

function unusable(): never {
  throw invalidParameter('failover_preferences');
}

type Membership = { readonly pod: Pod; readonly array: { readonly id: string; readonly name: string } };

/** Arrays of pods; `side` is what the path calls the pod. */
function memberEndpoint(path: string, side: 'group' | 'pod', introduced: number): EndpointDefinition {
  const pair: QueryShape = {
    [`${side}_ids`]: 0,
    [`${side}_names`]: 0,
    member_ids: 0,
    member_names: 0,
  };
  const row = (call: Rest2Call, { pod, array }: Membership): JsonObject => {
    const typed = (kind: string): JsonObject => (side === 'pod' ? { resource_type: kind } : {});
    return {
      [side]: { id: pod.id, name: pod.name, ...typed('pods') },
      member: { ...array, ...typed(resourceType(call, array.id)) },
    };
  };
  return {
    path,
    since: introduced,
    methods: {
      GET: {
        query: { ...listQuery, ...fleetRead, continuation_token: 38, ...pair },
        handle: (call) => {
          const pods = podNames(call, side)?.map((name) => anyPod(call.model, name).id);
          const members = memberNames(call)?.map(nameKey);
          const records = call.model.pods
            .sorted()
            .filter(({ id }) => pods === undefined || pods.includes(id))
            .flatMap((pod) => podMembers(call.model, pod).map(({ array }) => ({ pod, array })))
            .filter(({ array }) => members === undefined || members.includes(nameKey(array.name)));
          return listReply<Membership>(call, {
            records,
            key: ({ pod, array }) => `${pod.name}\u0000${array.name}`,
            row: (membership) => row(call, membership),
          });
        },
      },
      POST: {
        query: { ...fleetWrite, ...pair },
        handle: (call) => {
          const made = forEachName(pairs(call, side), ({ pod, member }) => {
            const stretched = stretchPod(call.model, pod, member);
            const array = call.model.fleet.byName(member);
            return { pod: stretched, array: { id: array?.identity.id ?? '', name: member } };
          });
          return items(made.map((membership) => row(call, membership)));
        },
      },
      DELETE: {
        query: { ...fleetWrite, ...pair, with_unknown: 0 },
        handle: (call) => {
          const withUnknown = call.query.flag('with_unknown') === true;
          forEachName(pairs(call, side), ({ pod, member }) =>
            unstretchPod(call.model, pod, member, withUnknown),
          );
          return null;
        },
      },
    },
  };
}

function pairs(call: Rest2Call, side: string): readonly { readonly pod: string; readonly member: string }[] {
  const pods = podNames(call, side) ?? [];
  const members = memberNames(call) ?? [];
  if (pods.length === 0) throw missingParameter(`${side}_names`);
  if (members.length === 0) throw missingParameter('member_names');
  return pods.flatMap((pod) => members.map((member) => ({ pod, member })));
}

function podNames(call: Rest2Call, side: string): readonly string[] | undefined {
  return relationNames(call, side, call.model.pods, podNotFound);
}

function memberNames(call: Rest2Call): readonly string[] | undefined {
  const names = call.query.names('member_names');
  const ids = call.query.names('member_ids');
  if (names !== undefined && ids !== undefined) throw invalidCombination();
  return ids?.map((id) => call.model.fleet.byId(id)?.settings.name ?? id) ?? names;
}

function podRow(call: Rest2Call, pod: Pod): JsonObject {
  const { model } = call;
  const volumes = volumesInPod(model, anyPod(model, pod.name));
  const members = podMembers(model, pod);
  const preferences = pod.failoverPreferences ?? [];
  return {
    id: pod.id,
    name: pod.name,
    arrays: members.map((member) => ({
      ...member.array,
      frozen_at: member.frozenAt,
      mediator_status: member.mediatorStatus,
      pre_elected: member.preElected,
      progress: member.progress,
      status: member.status,
      ...since(call, 36, { member: { ...member.array, resource_type: resourceType(call, member.array.id) } }),
    })),
    ...destroyedFields(model, pod),
    failover_preferences: preferences.map((id) => ({
      id,
      name: model.fleet.byId(id)?.settings.name ?? null,
    })),
    footprint: 0,
    mediator: pod.mediator ?? 'purestorage',
    mediator_version: '1.0',
    source: reference(pod.source ?? null),
    space: {
      ...spaceRow(call, sumSpace(volumes.map((volume) => objectSpace(model, volume)))),
      ...since(call, 2, { replication: 0 }),
    },
    ...since(call, 2, {
      link_source_count: 0,
      link_target_count: 0,
      promotion_status: 'promoted',
      requested_promotion_state: 'promoted',
    }),
    ...since(call, 3, { array_count: members.length }),
    ...since(call, 13, { eradication_config: { manual_eradication: manualEradication(model, pod.name) } }),
    ...since(call, 23, { quota_limit: pod.quotaLimit }),
    ...since(call, 36, {
      members: members.map(({ array }) => ({
        ...array,
        resource_type: resourceType(call, array.id),
      })),
    }),
  };
}

function podNotFound(name: string): Refusal {
  return new Refusal('Pod does not exist.', name);
}
