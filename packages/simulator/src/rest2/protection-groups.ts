import type { JsonObject } from '../http/messages.ts';
import {
  groupSource,
  isReplica,
  podOfGroup,
  refuseReplica,
  memberNames as replicatedMembers,
  targetsOf,
} from '../model/fleet/replication-targets.ts';
import { requireSettings } from '../model/rules/protection-group-settings.ts';
import {
  anyGroup,
  createGroup,
  destroyGroup,
  eradicateGroup,
  liveGroup,
  recoverGroup,
  renameGroup,
} from '../model/rules/protection-groups.ts';
import { forEachName, Refusal } from '../model/rules/refusal.ts';
import { requireNoLess } from '../model/rules/safe-mode.ts';
import type { ProtectionGroup } from '../model/state/records.ts';
import type { BodyReader } from './body-reader.ts';
import { destroyedFields, reference, spaceRow, totalOf } from './common-rows.ts';
import {
  type EndpointDefinition,
  fleetRead,
  fleetWrite,
  items,
  listQuery,
  type Rest2Call,
  since,
} from './endpoint.ts';
import { invalidCombination, noAttribute } from './errors.ts';
import { listReply } from './list.ts';
import { changeRetention, retentionRow, retentionShape } from './retention-rows.ts';
import { namesToCreate, relationNames, selectForList, selectForWrite } from './select.ts';
import { tagFields } from './tags.ts';

const scheduleFields = { at: 0, enabled: 0, frequency: 0 } as const;
/** `/protection-groups` and their space (purity-rest-2.x.md section 7.8). */
export const protectionGroupEndpoints: readonly EndpointDefinition[] = [
  {
    path: 'protection-groups',
    since: 1,
    methods: {
      GET: {
        query: {
          ...listQuery,
          ...fleetRead,
          continuation_token: 0,
          destroyed: 0,
          ids: 26,
          names: 0,
          total_only: 0,
        },
        handle: (call) =>
          listReply(call, {
            records: selectForList(call, call.model.protectionGroups, notFound),
            key: (group) => group.name,
            row: (group) => groupRow(call, group),
            total: totalOf,
          }),
      },
      POST: {
        query: { ...fleetWrite, names: 0, overwrite: 0, source_ids: 26, source_names: 0 },
        body: { tags: { since: 39, fields: tagFields } },
        handle: postGroups,
      },
      PATCH: {
        query: { ...fleetWrite, ids: 26, names: 0 },
        body: {
          destroyed: 0,
          name: 0,
          replication_schedule: {
            since: 0,
            fields: {
              ...scheduleFields,
              blackout: { since: 0, fields: { end: 0, start: 0 }, clearable: true },
            },
          },
          retention_lock: 13,
          snapshot_schedule: { since: 0, fields: scheduleFields },
          source_retention: retentionShape,
          target_retention: retentionShape,
        },
        handle: patchGroups,
      },
      DELETE: {
        query: { ...fleetWrite, ids: 26, names: 0 },
        handle: (call) => {
          forEachName(selectForWrite(call, call.model.protectionGroups, notFound), (name) =>
            eradicateGroup(call.model, name),
          );
          return null;
        },
      },
    },
  },
];

function postGroups(call: Rest2Call): JsonObject {
  const { model } = call;
  const sources = relationNames(call, 'source', model.protectionGroups, notFound);
  const made = forEachName(namesToCreate(call), (name) => {
    if (sources === undefined) return createGroup(model, name);
    const copied = sources.flatMap((source) => liveGroup(model, source).volumeIds);
    return createGroup(model, name, { volumeIds: [...new Set(copied)] });
  });
  return items(made.map((group) => groupRow(call, group)));
}

function patchGroups(call: Rest2Call): JsonObject {
  const { model, body } = call;
  const names = selectForWrite(call, model.protectionGroups, notFound);
  if (body.isEmpty) throw noAttribute();
  const newName = body.text('name');
  const destroyed = body.flag('destroyed');
  if (newName !== undefined && (destroyed !== undefined || names.length > 1)) throw invalidCombination();
  const changed = forEachName(names, (name) => {
    if (destroyed === true) return destroyGroup(model, name);
    if (destroyed === false) return recoverGroup(model, name);
    const group = liveGroup(model, name);
    refuseReplica(group);
    const settled = changeSettings(group, body);
    requireSettings(settled, model.settings.purityVersion);
    requireNoLess(group, settled);
    model.protectionGroups.put(settled);
    model.fleet.nextRetention = 0;
    return newName === undefined ? anyGroup(model, name) : renameGroup(model, name, newName);
  });
  return items(changed.map((group) => groupRow(call, group)));
}

function changeSettings(group: ProtectionGroup, body: BodyReader): ProtectionGroup {
  const replication = body.object('replication_schedule');
  const blackout = replication?.value('blackout') === '' ? null : replication?.object('blackout');
  const lock = body.text('retention_lock');
  return {
    ...group,
    snapshotSchedule: schedule(group.snapshotSchedule, body.object('snapshot_schedule')),
    replicationSchedule: {
      ...schedule(group.replicationSchedule, replication),
      blackout:
        blackout === undefined
          ? group.replicationSchedule.blackout
          : blackout === null
            ? null
            : { start: blackout.integer('start') ?? 0, end: blackout.integer('end') ?? 0 },
    },
    sourceRetention: changeRetention(group.sourceRetention, body.object('source_retention')),
    targetRetention: changeRetention(group.targetRetention, body.object('target_retention')),
    // One way: only the vendor can unlock.
    retentionLock: lock === 'ratcheted' || group.retentionLock === 'ratcheted' ? 'ratcheted' : 'unlocked',
  };
}

function schedule(before: ProtectionGroup['snapshotSchedule'], change: BodyReader | undefined) {
  return {
    enabled: change?.flag('enabled') ?? before.enabled,
    frequency: change?.integer('frequency') ?? before.frequency,
    at: change?.integer('at') ?? before.at,
  };
}

function groupRow(call: Rest2Call, group: ProtectionGroup): JsonObject {
  const { model } = call;
  const { blackout, ...replication } = group.replicationSchedule;
  return {
    name: group.name,
    ...destroyedFields(model, group),
    host_count: group.hostIds.length,
    host_group_count: group.hostGroupIds.length,
    is_local: !isReplica(group),
    pod: reference(podOfGroup(model, group)),
    replication_schedule: {
      ...replication,
      blackout: blackout ?? { start: null, end: null },
    },
    snapshot_schedule: group.snapshotSchedule,
    source: groupSource(model, group),
    source_retention: retentionRow(call, group.sourceRetention),
    space: spaceRow(call, { provisioned: 0, written: 0, unique: 0, snapshots: 0 }),
    target_count: targetsOf(model, group).length,
    target_retention: retentionRow(call, group.targetRetention),
    volume_count: isReplica(group) ? replicatedMembers(model, group).length : group.volumeIds.length,
    ...since(call, 13, {
      eradication_config: {
        manual_eradication: group.retentionLock === 'ratcheted' ? 'disabled' : 'enabled',
      },
      retention_lock: group.retentionLock,
    }),
    ...since(call, 26, { id: group.id }),
  };
}

function notFound(name: string): Refusal {
  return new Refusal('Protection group does not exist.', name);
}
