import { livePod } from '../rules/pod-lookup.ts';
import { arraysOfPod } from '../rules/pod-members.ts';
import { inPod, silently } from '../rules/pod-mirror.ts';
import { Refusal } from '../rules/refusal.ts';
import { dropTags } from '../rules/tags.ts';
import type { ArrayModel, Fleet } from '../state/array-model.ts';
import type { StretchedPod } from '../state/fleet-records.ts';
import type { Pod } from '../state/records.ts';
import { type Named, nameKey, type Registry } from '../state/registry.ts';
import { connectionsOf } from './array-connections.ts';
import { startResync } from './pod-arbitration.ts';

/** A pod is on at most two arrays (purity-rest-2.x.md section 8.6). */
const mostArrays = 2;

/**
 * Extends a pod to an array that is connected for sync replication; its name must be free there, destroyed pods
 * included (purity-rest-1.x.md section 4.4). What that array has kept of it from before is used up.
 */
export function stretchPod(model: ArrayModel, podName: string, arrayName: string): Pod {
  const pod = livePod(model, podName);
  const { fleet, identity } = model;
  const members = fleet.stretchedPod(pod.id)?.members ?? [
    { arrayId: identity.id, state: 'online', isCurrent: true, frozenAt: null, resync: null },
  ];
  const known = fleet.byName(arrayName);
  if (members.some(({ arrayId }) => arrayId === known?.identity.id)) {
    throw new Refusal(`Pod already exists on array ${arrayName}.`, podName);
  }
  if (members.length >= mostArrays) throw new Refusal('Pod array limit reached.', podName);
  const view = connectionsOf(model).find(({ peer }) => peer === known);
  if (view === undefined || known === undefined) throw new Refusal('Array does not exist.', arrayName);
  if (view.connection.type !== 'sync-replication') {
    throw new Refusal('Array is not connected for synchronous replication.', arrayName);
  }
  if (view.status === 'connecting') throw new Refusal('Array is not connected.', arrayName);
  if (known.pods.byName(pod.name) !== undefined) {
    throw new Refusal('Pod name is in use on the other array.', podName);
  }
  const groups = inPod(model.protectionGroups, pod.name).map(({ id }) => id);
  const isTarget = fleet.targets.some(
    ({ active, groupId, targetId }) => active && targetId === known.identity.id && groups.includes(groupId),
  );
  if (isTarget) throw new Refusal('Array is a replication target of the pod.', arrayName);
  const kept = known.pods.byName(restretchName(pod.name));
  if (kept?.isRestretch === true) removePod(known, kept);
  const stretched: StretchedPod = {
    podId: pod.id,
    members: [
      ...members,
      {
        arrayId: known.identity.id,
        state: 'resyncing',
        isCurrent: false,
        frozenAt: model.now(),
        resync: null,
      },
    ],
  };
  startResync(fleet, fleet.putPod(stretched), known.identity.id);
  return pod;
}

/**
 * Takes an array out of a pod. It keeps a destroyed copy for the eradication period that cannot be recovered;
 * `withUnknown` does not ask an array that cannot be reached, which finds out when it is back.
 */
export function unstretchPod(
  model: ArrayModel,
  podName: string,
  arrayName: string,
  withUnknown: boolean,
): Pod {
  const pod = livePod(model, podName);
  const { fleet, identity } = model;
  const stretched = fleet.stretchedPod(pod.id);
  const gone = stretched?.members.find(
    ({ arrayId }) => nameKey(fleet.byId(arrayId)?.settings.name ?? '') === nameKey(arrayName),
  );
  if (stretched === undefined || gone === undefined) {
    throw new Refusal('Array could not be found in the pod.', arrayName);
  }
  if (stretched.members.find(({ arrayId }) => arrayId === identity.id)?.state !== 'online') {
    throw new Refusal('Pod is not online on this array.', podName);
  }
  const left = stretched.members.filter((member) => member !== gone);
  if (left.every(({ state }) => state !== 'online')) {
    throw new Refusal('Pod is not online on another array.', podName);
  }
  if (gone.state === 'offline' && !withUnknown) throw new Refusal('Array is not connected.', arrayName);
  if (left.length > 1) fleet.putPod({ ...stretched, members: left });
  else fleet.pods = fleet.pods.filter(({ podId }) => podId !== pod.id);
  fleet.removals = [...fleet.removals, { arrayId: gone.arrayId, podId: pod.id }];
  carryOutRemovals(fleet);
  return pod;
}

/** Arrays that were taken out of pods and can be reached keep only a destroyed copy. */
export function carryOutRemovals(fleet: Fleet): void {
  const waiting = fleet.removals.filter(({ arrayId, podId }) => {
    const array = fleet.byId(arrayId);
    const pod = array?.pods.byId(podId);
    if (array === undefined || pod === undefined) return false;
    const home = fleet.models().find((other) => other !== array && other.pods.byId(podId) !== undefined);
    const isCutOff =
      fleet.isLost(arrayId) || (home !== undefined && !fleet.canReplicate(arrayId, home.identity.id, 'sync'));
    if (isCutOff) return true;
    keepRestretchPod(array, pod);
    return false;
  });
  fleet.removals = waiting;
}

/** Sets the arrays that are to stay online. @throws Refusal for one that is not in the pod */
export function setFailoverPreferences(model: ArrayModel, podName: string, arrays: readonly string[]): Pod {
  const pod = livePod(model, podName);
  const members = arraysOfPod(model, pod.name);
  const ids = arrays.map((name) => {
    const id = model.fleet.byName(name)?.identity.id;
    if (id === undefined || !members.includes(id)) {
      throw new Refusal('Array could not be found in the pod.', name);
    }
    return id;
  });
  return model.pods.put({ ...pod, failoverPreferences: ids });
}

function restretchName(podName: string): string {
  return `${podName}.restretch`;
}

/** Turns an array's copy of a pod into the destroyed one of purity-rest-2.x.md section 8.6, under ids of its own. */
function keepRestretchPod(model: ArrayModel, pod: Pod): void {
  const older = model.pods.byName(restretchName(pod.name));
  if (older !== undefined) removePod(model, older);
  const eradicateAt = model.eradicationTime();
  const podPrefix = pod.name.length;
  const newName = (name: string): string => restretchName(pod.name) + name.slice(podPrefix);
  const ids = new Map<string, string>();
  const newId = (id: string): string => {
    const known = ids.get(id) ?? model.newId();
    ids.set(id, known);
    return known;
  };
  silently(model, () => {
    const take = <T extends { readonly id: string; readonly name: string }>(records: readonly T[]) =>
      records.map((record) => ({ ...record, id: newId(record.id), name: newName(record.name), eradicateAt }));
    const volumes = take(inPod(model.volumes, pod.name));
    const snapshots = take(inPod(model.snapshots, pod.name));
    const groups = take(inPod(model.protectionGroups, pod.name));
    const groupSnapshots = take(inPod(model.groupSnapshots, pod.name));
    const volumeGroups = take(inPod(model.volumeGroups, pod.name));
    removePod(model, pod);
    for (const volume of volumes) model.volumes.put(volume);
    for (const group of groups) {
      model.protectionGroups.put({ ...group, volumeIds: group.volumeIds.map(newId) });
    }
    for (const snapshot of groupSnapshots) {
      model.groupSnapshots.put({ ...snapshot, groupId: newId(snapshot.groupId) });
    }
    for (const snapshot of snapshots) {
      model.snapshots.put({
        ...snapshot,
        volumeId: newId(snapshot.volumeId),
        groupSnapshotId: snapshot.groupSnapshotId === null ? null : newId(snapshot.groupSnapshotId),
      });
    }
    for (const group of volumeGroups) model.volumeGroups.put(group);
    model.pods.put({
      ...pod,
      id: model.newId(),
      name: restretchName(pod.name),
      isRestretch: true,
      eradicateAt,
    });
  });
  model.dataVersion += 1;
}

/** Removes an array's copy of a pod, with its connections and tags; other arrays keep theirs. */
function removePod(model: ArrayModel, pod: Pod): void {
  silently(model, () => {
    for (const { id } of inPod(model.volumes, pod.name)) dropTags(model, 'volume', id);
    for (const { id } of inPod(model.snapshots, pod.name)) dropTags(model, 'snapshot', id);
    removeAll(model.volumes, pod.name);
    removeAll(model.snapshots, pod.name);
    removeAll(model.protectionGroups, pod.name);
    removeAll(model.groupSnapshots, pod.name);
    removeAll(model.volumeGroups, pod.name);
    model.pods.remove(pod.id);
  });
  model.connections = model.connections.filter(({ volumeId }) => model.volumes.byId(volumeId) !== undefined);
  model.dataVersion += 1;
}

function removeAll<T extends Named>(registry: Registry<T>, podName: string): void {
  for (const { id } of inPod(registry, podName)) registry.remove(id);
}
