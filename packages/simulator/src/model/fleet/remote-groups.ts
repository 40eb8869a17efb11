import type { ArrayModel } from '../state/array-model.ts';
import type { ReplicationTarget } from '../state/fleet-records.ts';
import type { GroupSnapshot, ProtectionGroup } from '../state/records.ts';

/** A protection group of this array as it is on one of its targets. */
export type RemoteGroup = {
  readonly target: ReplicationTarget;
  readonly peer: ArrayModel;
  readonly group: ProtectionGroup;
};

/** Replicated groups on arrays that can be reached, by target and name (purity-rest-2.x.md section 7.11). */
export function remoteGroupsOf(model: ArrayModel): readonly RemoteGroup[] {
  const { fleet, identity } = model;
  return fleet.targets.flatMap((target) => {
    const isOurs =
      target.source.id === identity.id || model.protectionGroups.byId(target.groupId) !== undefined;
    const peer = fleet.byId(target.targetId);
    if (!isOurs || peer === undefined || !fleet.canReplicate(identity.id, target.targetId, 'async'))
      return [];
    const group = peer.protectionGroups.byId(target.remoteGroupId ?? '');
    return group === undefined ? [] : [{ target, peer, group }];
  });
}

/** Snapshots of replicated groups on their targets. */
export function remoteSnapshotsOf(
  model: ArrayModel,
): readonly (RemoteGroup & { readonly snapshot: GroupSnapshot })[] {
  return remoteGroupsOf(model).flatMap((remote) =>
    remote.peer.groupSnapshots
      .sorted()
      .filter(({ groupId }) => groupId === remote.group.id)
      .map((snapshot) => ({ ...remote, snapshot })),
  );
}
