import type { JsonObject } from '../http/messages.ts';
import { splitVolumeName, volumeGroupOf } from '../model/rules/names.ts';
import { forEachName, Refusal } from '../model/rules/refusal.ts';
import {
  createSnapshots,
  destroySnapshot,
  eradicateSnapshot,
  recoverSnapshot,
  renameSnapshot,
} from '../model/rules/snapshots.ts';
import { objectSpace } from '../model/rules/space.ts';
import { tagsOf } from '../model/rules/tags-of.ts';
import { anyVolume } from '../model/rules/volume-lookup.ts';
import type { Snapshot } from '../model/state/records.ts';
import { nameKey } from '../model/state/registry.ts';
import { destroyedFields, reference, spaceRow, totalOf } from './common-rows.ts';
import {
  type EndpointDefinition,
  fleetRead,
  fleetWrite,
  items,
  listQuery,
  type Rest2Call,
} from './endpoint.ts';
import { invalidCombination, missingParameter, noAttribute } from './errors.ts';
import { listReply } from './list.ts';
import { relationNames, selectForList, selectForWrite } from './select.ts';
import { putTagRows, tagFields } from './tags.ts';

/** `/volume-snapshots` (purity-rest-2.x.md section 7.2). */
export const volumeSnapshotsEndpoint: EndpointDefinition = {
  path: 'volume-snapshots',
  since: 0,
  methods: {
    GET: {
      query: {
        ...listQuery,
        ...fleetRead,
        continuation_token: 1,
        destroyed: 0,
        ids: 0,
        names: 0,
        source_ids: 0,
        source_names: 0,
        total_only: 0,
      },
      handle: getSnapshots,
    },
    POST: {
      query: { ...fleetWrite, on: 0, source_ids: 0, source_names: 0, allow_throttle: 25 },
      body: { destroyed: 0, suffix: 0, tags: { since: 48, fields: tagFields } },
      handle: postSnapshots,
    },
    PATCH: {
      query: { ...fleetWrite, ids: 0, names: 0, replication_snapshot: 4 },
      body: { destroyed: 0, name: 0 },
      handle: patchSnapshots,
    },
    DELETE: {
      query: { ...fleetWrite, ids: 0, names: 0, replication_snapshot: 4 },
      handle: (call) => {
        forEachName(selectForWrite(call, call.model.snapshots, notFound), (name) =>
          eradicateSnapshot(call.model, name),
        );
        return null;
      },
    },
  },
};

function getSnapshots(call: Rest2Call): JsonObject {
  const isOfSource = sourceTest(call);
  const records = selectForList(call, call.model.snapshots, notFound).filter(isOfSource);
  return listReply(call, {
    records,
    key: (snapshot) => snapshot.name,
    row: (snapshot) => snapshotRow(call, snapshot),
    tags: (snapshot) => tagsOf(call.model, snapshot.id),
    total: totalOf,
  });
}

/** Volumes that `source_names` and `source_ids` name: those of this array, and `source:volume` of replicated ones. */
function sourceTest(call: Rest2Call): (snapshot: Snapshot) => boolean {
  const { model } = call;
  const names = sourceNames(call);
  if (names === undefined) return () => true;
  const remote = names.filter((name) => /^[^:]+:[^:]/.test(name)).map(nameKey);
  const local = new Set(
    names.filter((name) => !remote.includes(nameKey(name))).map((name) => anyVolume(model, name).id),
  );
  return ({ volumeId, remoteSource }) =>
    local.has(volumeId) || (remoteSource !== undefined && remote.includes(nameKey(remoteSource)));
}

function postSnapshots(call: Rest2Call): JsonObject {
  const { model, body } = call;
  const sources = sourceNames(call);
  if (sources === undefined || sources.length === 0) throw missingParameter('source_names');
  // Sources that do not exist are all reported before anything is made.
  forEachName(sources, (name) => anyVolume(model, name));
  const snapshots = createSnapshots(model, sources, body.text('suffix'));
  const resources = snapshots.map((snapshot) => ({ kind: 'snapshot', id: snapshot.id }) as const);
  putTagRows(call, resources, body.objects('tags') ?? []);
  return items(snapshots.map((snapshot) => snapshotRow(call, snapshot)));
}

function patchSnapshots(call: Rest2Call): JsonObject {
  const { model, body } = call;
  const names = selectForWrite(call, model.snapshots, notFound);
  const newName = body.text('name');
  const destroyed = body.flag('destroyed');
  if (newName !== undefined && destroyed !== undefined) throw invalidCombination();
  if (newName !== undefined && names.length > 1) throw invalidCombination();
  const changed = forEachName(names, (name) => {
    if (newName !== undefined) return renameSnapshot(model, name, newName);
    if (destroyed === true) return destroySnapshot(model, name);
    if (destroyed === false) return recoverSnapshot(model, name);
    throw noAttribute();
  });
  return items(changed.map((snapshot) => snapshotRow(call, snapshot)));
}

/** A row of `/volume-snapshots` as this version shows it. */
function snapshotRow(call: Rest2Call, snapshot: Snapshot): JsonObject {
  const { model } = call;
  const source = model.volumes.byId(snapshot.volumeId) ?? null;
  const pod = source === null ? null : splitVolumeName(source.name).pod;
  const group = source === null ? null : volumeGroupOf(source.name);
  const groupSnapshot =
    snapshot.groupSnapshotId === null ? undefined : model.groupSnapshots.byId(snapshot.groupSnapshotId);
  return {
    id: snapshot.id,
    name: snapshot.name,
    created: snapshot.created,
    ...destroyedFields(model, snapshot),
    pod: reference(pod === null ? null : (model.pods.byName(pod) ?? null)),
    provisioned: snapshot.size,
    serial: snapshot.serial,
    source: source === null ? { id: null, name: snapshot.remoteSource ?? null } : reference(source),
    space: spaceRow(call, objectSpace(model, snapshot)),
    // The part behind the group or volume name: a member of a group snapshot keeps its volume in the suffix.
    suffix:
      groupSnapshot === undefined
        ? snapshot.suffix
        : snapshot.name.slice(groupSnapshot.name.length - groupSnapshot.suffix.length),
    volume_group: reference(group === null ? null : (model.volumeGroups.byName(group) ?? null)),
  };
}

function sourceNames(call: Rest2Call): readonly string[] | undefined {
  return relationNames(
    call,
    'source',
    call.model.volumes,
    (name) => new Refusal('Volume does not exist.', name),
  );
}

function notFound(name: string): Refusal {
  return new Refusal('No such volume or snapshot.', name);
}
