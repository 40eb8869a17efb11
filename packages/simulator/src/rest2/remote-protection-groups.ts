import type { JsonObject } from '../http/messages.ts';
import { type RemoteGroup, remoteGroupsOf, remoteSnapshotsOf } from '../model/fleet/remote-groups.ts';
import { type TransferView, transfersOf } from '../model/fleet/transfers.ts';
import {
  destroyGroup,
  destroyGroupSnapshot,
  eradicateGroup,
  eradicateGroupSnapshot,
  recoverGroup,
  recoverGroupSnapshot,
} from '../model/rules/protection-groups.ts';
import { forEachName, Refusal } from '../model/rules/refusal.ts';
import type { GroupSnapshot } from '../model/state/records.ts';
import { nameKey } from '../model/state/registry.ts';
import { destroyedFields, reference } from './common-rows.ts';
import {
  type EndpointDefinition,
  fleetRead,
  fleetWrite,
  items,
  listQuery,
  type QueryShape,
  type Rest2Call,
  since,
} from './endpoint.ts';
import { missingParameter, noAttribute } from './errors.ts';
import { listReply } from './list.ts';
import { changeRetention, retentionRow, retentionShape } from './retention-rows.ts';

const listed = { ...listQuery, ...fleetRead, destroyed: 0, names: 0, on: 0 } as const;
const sources = { source_ids: 26, source_names: 0 } as const;

/** Replicated groups and their snapshots, as the source sees them on its targets (purity-rest-2.x.md section 7.11). */
export const remoteProtectionGroupEndpoints: readonly EndpointDefinition[] = [
  {
    path: 'remote-protection-groups',
    since: 1,
    methods: {
      GET: {
        query: { ...listed, continuation_token: 38, ids: 0 },
        handle: (call) =>
          listReply(call, {
            records: selected(call, remoteGroupsOf(call.model), ({ group }) => group),
            key: groupKey,
            row: (remote) => groupRow(call, remote),
          }),
      },
      PATCH: {
        query: { ...fleetWrite, ids: 0, names: 0, on: 0 },
        body: { destroyed: 0, target_retention: retentionShape },
        handle: patchGroups,
      },
      DELETE: {
        query: { ...fleetWrite, ids: 0, names: 0, on: 0 },
        handle: (call) => {
          forEachName(groupsToWrite(call), ({ peer, group }) => eradicateGroup(peer, group.name));
          return null;
        },
      },
    },
  },
  {
    path: 'remote-protection-group-snapshots',
    since: 1,
    methods: {
      GET: {
        query: { ...listed, ...sources, continuation_token: 38, ids: 26 },
        handle: (call) =>
          listReply(call, {
            records: selectedSnapshots(call),
            key: snapshotKey,
            row: (remote) => snapshotRow(call, remote),
          }),
      },
      PATCH: {
        query: { ...fleetWrite, ids: 26, names: 0, on: 0 },
        body: { destroyed: 0 },
        handle: patchSnapshots,
      },
      DELETE: {
        query: { ...fleetWrite, ids: 26, names: 0, on: 0 },
        handle: (call) => {
          requireNames(call);
          forEachName(selectedSnapshots(call), ({ peer, snapshot }) =>
            eradicateGroupSnapshot(peer, snapshot.name),
          );
          return null;
        },
      },
    },
  },
  {
    path: 'remote-protection-group-snapshots/transfer',
    since: 1,
    methods: {
      GET: {
        query: { ...listed, ...sources, continuation_token: 38, ids: 26, total_only: 0 } satisfies QueryShape,
        handle: (call) => {
          const records = selectedSnapshots(call).flatMap((remote) => {
            const view = transfersOf(remote.peer).find(({ snapshot }) => snapshot.id === remote.snapshot.id);
            return view === undefined ? [] : [{ ...remote, view }];
          });
          return listReply(call, {
            records,
            key: snapshotKey,
            row: (remote) => transferRow(call, remote),
          });
        },
      },
    },
  },
];

type RemoteSnapshot = RemoteGroup & { readonly snapshot: GroupSnapshot };

function patchGroups(call: Rest2Call): JsonObject {
  const { body } = call;
  if (body.isEmpty) throw noAttribute();
  const destroyed = body.flag('destroyed');
  const retention = body.object('target_retention');
  const changed = forEachName(groupsToWrite(call), (remote): RemoteGroup => {
    const { peer, group, target } = remote;
    if (destroyed === true) {
      // The target is first taken from the group on the source.
      if (target.active)
        throw new Refusal('Protection group is still replicated to this target.', group.name);
      return { ...remote, group: destroyGroup(peer, group.name) };
    }
    if (destroyed === false) return { ...remote, group: recoverGroup(peer, group.name) };
    const targetRetention = changeRetention(group.targetRetention, retention);
    peer.fleet.nextRetention = 0;
    return { ...remote, group: peer.protectionGroups.put({ ...group, targetRetention }) };
  });
  return items(changed.map((remote) => groupRow(call, remote)));
}

function patchSnapshots(call: Rest2Call): JsonObject {
  requireNames(call);
  const destroyed = call.body.flag('destroyed');
  if (destroyed === undefined) throw noAttribute();
  const changed = forEachName(selectedSnapshots(call), (remote): RemoteSnapshot => {
    const change = destroyed ? destroyGroupSnapshot : recoverGroupSnapshot;
    return { ...remote, snapshot: change(remote.peer, remote.snapshot.name) };
  });
  return items(changed.map((remote) => snapshotRow(call, remote)));
}

function groupsToWrite(call: Rest2Call): readonly RemoteGroup[] {
  requireNames(call);
  return selected(call, remoteGroupsOf(call.model), ({ group }) => group);
}

function requireNames({ query }: Rest2Call): void {
  if (!query.has('names') && !query.has('ids')) throw missingParameter('names');
  if (!query.has('on')) throw missingParameter('on');
}

function selectedSnapshots(call: Rest2Call): readonly RemoteSnapshot[] {
  const names = call.query.names('source_names')?.map(nameKey);
  const ids = call.query.names('source_ids');
  return selected(call, remoteSnapshotsOf(call.model), ({ snapshot }) => snapshot)
    .filter(({ group }) => names === undefined || names.includes(nameKey(group.name)))
    .filter(({ group }) => ids === undefined || ids.includes(group.id));
}

function selected<T extends RemoteGroup>(
  { query }: Rest2Call,
  all: readonly T[],
  objectOf: (remote: T) => {
    readonly id: string;
    readonly name: string;
    readonly eradicateAt: number | null;
  },
): readonly T[] {
  const on = query.names('on')?.map(nameKey);
  const names = query.names('names');
  const ids = query.names('ids');
  const destroyed = query.flag('destroyed');
  const there = all
    .filter(({ peer }) => on === undefined || on.includes(nameKey(peer.settings.name)))
    .filter((remote) => destroyed === undefined || (objectOf(remote).eradicateAt !== null) === destroyed);
  const isMeant = (remote: T, wanted: string) =>
    ids === undefined ? nameKey(objectOf(remote).name) === nameKey(wanted) : objectOf(remote).id === wanted;
  const wanted = names ?? ids;
  if (wanted === undefined) return there;
  return forEachName(wanted, (one) => {
    const found = there.filter((remote) => isMeant(remote, one));
    if (found.length === 0) throw new Refusal('Protection group does not exist.', one);
    return found;
  }).flat();
}

function groupKey({ peer, group }: RemoteGroup): string {
  return `${group.name}\u0000${peer.settings.name}`;
}

function snapshotKey({ peer, snapshot }: RemoteSnapshot): string {
  return `${snapshot.name}\u0000${peer.settings.name}`;
}

function remoteRow({ peer }: RemoteGroup): JsonObject {
  return { id: peer.identity.id, name: peer.settings.name };
}

function groupRow(call: Rest2Call, remote: RemoteGroup): JsonObject {
  const { group, peer, target } = remote;
  return {
    id: group.id,
    name: group.name,
    ...destroyedFields(peer, group),
    is_local: true,
    remote: remoteRow(remote),
    source: { ...target.source },
    target_retention: retentionRow(call, group.targetRetention),
  };
}

function snapshotRow(call: Rest2Call, remote: RemoteSnapshot): JsonObject {
  const { group, peer, snapshot } = remote;
  const source = reference({ id: group.id, name: group.name });
  return {
    name: snapshot.name,
    created: snapshot.created,
    ...destroyedFields(peer, snapshot),
    is_local: true,
    remote: remoteRow(remote),
    source: call.minor >= 26 ? source : { name: group.name },
    suffix: snapshot.suffix,
    ...since(call, 26, { id: snapshot.id }),
  };
}

function transferRow(call: Rest2Call, remote: RemoteSnapshot & { readonly view: TransferView }): JsonObject {
  const { snapshot, group, view } = remote;
  return {
    name: snapshot.name,
    started: view.transfer.startedAt,
    completed: view.transfer.completedAt,
    progress: view.progress,
    data_transferred: view.sent,
    physical_bytes_written: view.sent,
    destroyed: snapshot.eradicateAt !== null,
    ...since(call, 26, { id: snapshot.id, source: { id: group.id, name: group.name } }),
  };
}
