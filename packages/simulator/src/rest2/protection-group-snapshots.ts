import type { JsonObject } from '../http/messages.ts';
import { createLocalSnapshot, createReplicatedSnapshot, send } from '../model/fleet/replication.ts';
import { podOfGroup } from '../model/fleet/replication-targets.ts';
import {
  anyGroup,
  anyGroupSnapshot,
  destroyGroupSnapshot,
  eradicateGroupSnapshot,
  recoverGroupSnapshot,
  renameGroupSnapshot,
} from '../model/rules/protection-groups.ts';
import { forEachName, Refusal } from '../model/rules/refusal.ts';
import { isLocked } from '../model/rules/safe-mode.ts';
import type { GroupSnapshot } from '../model/state/records.ts';
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
import { invalidCombination, missingParameter, noAttribute } from './errors.ts';
import { listReply } from './list.ts';
import { relationNames, selectForList, selectForWrite } from './select.ts';
import { tagFields } from './tags.ts';

/** `/protection-group-snapshots` (purity-rest-2.x.md section 7.9). */
export const protectionGroupSnapshotsEndpoint: EndpointDefinition = {
  path: 'protection-group-snapshots',
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
        source_ids: 26,
        source_names: 0,
        total_only: 0,
      },
      handle: (call) => {
        const sources = sourceNames(call)?.map((name) => anyGroup(call.model, name).id);
        return listReply(call, {
          records: selectForList(call, call.model.groupSnapshots, notFound).filter(
            (snapshot) => sources === undefined || sources.includes(snapshot.groupId),
          ),
          key: (snapshot) => snapshot.name,
          row: (snapshot) => snapshotRow(call, snapshot),
          total: totalOf,
        });
      },
    },
    POST: {
      query: {
        ...fleetWrite,
        allow_throttle: 25,
        apply_retention: 0,
        for_replication: 4,
        replicate: 4,
        replicate_now: 4,
        source_ids: 26,
        source_names: 0,
      },
      body: { suffix: 0, tags: { since: 44, fields: tagFields } },
      handle: (call) => {
        const sources = sourceNames(call) ?? [];
        if (sources.length === 0) throw missingParameter('source_names');
        const { body, model, query } = call;
        const replicateNow = query.flag('replicate_now') === true;
        const queued = query.flag('replicate') === true;
        if (replicateNow && queued) throw invalidCombination();
        const retained =
          query.flag('for_replication') === true
            ? 'hour'
            : query.flag('apply_retention') === true
              ? 'schedule'
              : undefined;
        const made = forEachName(sources, (name) =>
          replicateNow || queued
            ? createReplicatedSnapshot(
                model,
                name,
                body.text('suffix'),
                replicateNow ? 'now' : 'queued',
                retained,
              )
            : createLocalSnapshot(model, name, body.text('suffix'), retained),
        );
        return items(made.map((snapshot) => snapshotRow(call, snapshot)));
      },
    },
    PATCH: {
      query: { ...fleetWrite, ids: 26, names: 0 },
      body: { destroyed: 0, name: 0 },
      handle: (call) => {
        const { model, body } = call;
        const destroyed = body.flag('destroyed');
        const newName = body.text('name');
        const names = selectForWrite(call, model.groupSnapshots, notFound);
        if (newName !== undefined && (destroyed !== undefined || names.length > 1))
          throw invalidCombination();
        const changed = forEachName(names, (name) => {
          if (newName !== undefined) return renameGroupSnapshot(model, name, newName);
          if (destroyed === undefined) throw noAttribute();
          return destroyed ? destroyGroupSnapshot(model, name) : recoverGroupSnapshot(model, name);
        });
        return items(changed.map((snapshot) => snapshotRow(call, snapshot)));
      },
    },
    DELETE: {
      query: { ...fleetWrite, ids: 26, names: 0 },
      handle: (call) => {
        forEachName(selectForWrite(call, call.model.groupSnapshots, notFound), (name) =>
          eradicateGroupSnapshot(call.model, name),
        );
        return null;
      },
    },
  },
};

/** `/protection-group-snapshots/replica` sends snapshots that are there already (section 7.9). */
export const protectionGroupReplicaEndpoint: EndpointDefinition = {
  path: 'protection-group-snapshots/replica',
  since: 25,
  methods: {
    POST: {
      query: { ...fleetWrite, ids: 26, names: 0, on: 0 },
      handle: (call) => {
        const { model } = call;
        const names = selectForWrite(call, model.groupSnapshots, notFound);
        const sent = forEachName(names, (name) => {
          const snapshot = anyGroupSnapshot(model, name);
          send(model, snapshot, 'queued');
          return snapshot;
        });
        return items(sent.map((snapshot) => snapshotRow(call, snapshot)));
      },
    },
  },
};

function snapshotRow(call: Rest2Call, snapshot: GroupSnapshot): JsonObject {
  const { model } = call;
  const group = model.protectionGroups.byId(snapshot.groupId) ?? null;
  return {
    name: snapshot.name,
    created: snapshot.created,
    ...destroyedFields(model, snapshot),
    pod: reference(group === null ? null : podOfGroup(model, group)),
    source: {
      name: group?.name ?? null,
      ...since(call, 26, { id: group?.id ?? null }),
    },
    space: spaceRow(call, { provisioned: 0, written: 0, unique: 0, snapshots: 0 }),
    suffix: snapshot.suffix,
    ...since(call, 13, {
      eradication_config: {
        manual_eradication: isLocked(model, { groupSnapshot: snapshot }) ? 'disabled' : 'enabled',
      },
    }),
    ...since(call, 26, { id: snapshot.id }),
  };
}

function sourceNames(call: Rest2Call): readonly string[] | undefined {
  return relationNames(
    call,
    'source',
    call.model.protectionGroups,
    (name) => new Refusal('Protection group does not exist.', name),
  );
}

function notFound(name: string): Refusal {
  return new Refusal('Protection group snapshot does not exist.', name);
}
