import { copyPod } from '../rules/pod-mirror.ts';
import type { ArrayModel, Fleet } from '../state/array-model.ts';
import type { PodMember, StretchedPod } from '../state/fleet-records.ts';
import type { Pod } from '../state/records.ts';
import type { FleetEvent } from './fleet-event.ts';

/** A member of a pod as the array that is asked can know it (purity-rest-2.x.md sections 7.13 and 8.6). */
export type PodMemberView = {
  readonly array: { readonly id: string; readonly name: string };
  readonly status: 'online' | 'offline' | 'resyncing' | 'unknown';
  readonly mediatorStatus: 'online' | 'unreachable' | 'unknown';
  readonly preElected: boolean;
  readonly frozenAt: number | null;
  /** 0 to 1 while resyncing. */
  readonly progress: number | null;
};

/** The arrays of a pod, the first one first. */
export function podMembers(model: ArrayModel, pod: Pod): readonly PodMemberView[] {
  const { fleet, identity } = model;
  const stretched = fleet.stretchedPod(pod.id);
  if (stretched === undefined) {
    const array = { id: identity.id, name: model.settings.name };
    const mediatorStatus = fleet.reachesMediator(identity.id) ? 'online' : 'unreachable';
    return [{ array, status: 'online', mediatorStatus, preElected: false, frozenAt: null, progress: null }];
  }
  const elected = preElected(fleet, stretched, pod);
  return stretched.members.map((member) => {
    const isSelf = member.arrayId === identity.id;
    const isInTouch = isSelf || fleet.canReplicate(identity.id, member.arrayId, 'sync');
    const self = stretched.members.find(({ arrayId }) => arrayId === identity.id);
    const knows = isInTouch || self?.state === 'online';
    return {
      array: { id: member.arrayId, name: fleet.byId(member.arrayId)?.settings.name ?? '' },
      // An array that is offline itself cannot tell how the others are.
      status: knows ? member.state : 'unknown',
      mediatorStatus: !isInTouch
        ? 'unknown'
        : fleet.reachesMediator(member.arrayId)
          ? 'online'
          : 'unreachable',
      preElected: elected === member.arrayId,
      frozenAt: knows ? member.frozenAt : null,
      progress: knows ? progressOf(fleet, member) : null,
    };
  });
}

/**
 * Decides, after every change of the network, which arrays of the pod go on: of those up to date and cut off from one
 * another the mediator lets one stay online, a preferred one where there is one. Without a mediator the pre-elected
 * array stays. Arrays that are back resynchronize.
 */
export function arbitrate(fleet: Fleet, podId: string): void {
  const pod = fleet.stretchedPod(podId);
  if (pod === undefined) return;
  const [first, second] = pod.members;
  if (first === undefined || second === undefined) return;
  if (fleet.canReplicate(first.arrayId, second.arrayId, 'sync')) rejoin(fleet, pod);
  else separate(fleet, pod);
}

/** The ends of resynchronizations. */
export function* podEvents(fleet: Fleet): Generator<FleetEvent> {
  for (const pod of fleet.pods) {
    for (const member of pod.members) {
      if (member.resync === null) continue;
      const { endsAt } = member.resync;
      yield { at: endsAt, run: () => finishResync(fleet, pod, member) };
    }
  }
}

/** Begins to bring an array up to date; all but the data is there at once. */
export function startResync(fleet: Fleet, pod: StretchedPod, arrayId: string): void {
  const source = onlineModel(fleet, pod);
  const target = fleet.byId(arrayId);
  const record = source?.pods.byId(pod.podId);
  const now = fleet.clock.now();
  fleet.putPod({
    ...pod,
    members: pod.members.map((member) =>
      member.arrayId === arrayId
        ? {
            ...member,
            state: 'resyncing',
            isCurrent: false,
            frozenAt: member.frozenAt ?? now,
            resync: { startedAt: now, endsAt: now + fleet.settings.resyncMs },
          }
        : member,
    ),
  });
  if (source !== undefined && target !== undefined && record !== undefined) {
    copyPod(source, target, record, true);
  }
}

function finishResync(fleet: Fleet, pod: StretchedPod, member: PodMember): void {
  const source = onlineModel(fleet, pod);
  const target = fleet.byId(member.arrayId);
  const record = source?.pods.byId(pod.podId);
  if (source !== undefined && target !== undefined && record !== undefined) {
    copyPod(source, target, record, false);
  }
  fleet.putPod({
    ...pod,
    members: pod.members.map((other) => (other.arrayId === member.arrayId ? online(other) : other)),
  });
}

function rejoin(fleet: Fleet, pod: StretchedPod): void {
  let current = pod;
  if (!current.members.some(({ state }) => state === 'online')) {
    const source = current.members.find(({ isCurrent }) => isCurrent);
    current = setMembers(fleet, current, (member) => (member === source ? online(member) : member));
  }
  for (const member of current.members) {
    if (member.state === 'offline')
      startResync(fleet, fleet.stretchedPod(pod.podId) ?? current, member.arrayId);
  }
}

function separate(fleet: Fleet, pod: StretchedPod): void {
  const now = fleet.clock.now();
  const winner = winnerOf(fleet, pod);
  setMembers(fleet, pod, (member) => {
    if (member.arrayId === winner) return online(member);
    // The winner goes on without the others; with none they all keep the same.
    const isCurrent = winner === null && member.isCurrent;
    return { ...member, state: 'offline', isCurrent, frozenAt: member.frozenAt ?? now, resync: null };
  });
}

/** The array that goes on alone; none of those that lack something, and none that is lost. */
function winnerOf(fleet: Fleet, pod: StretchedPod): string | null {
  const isOnline = pod.members.filter(({ state }) => state === 'online');
  const alive = pod.members.filter(({ arrayId, isCurrent }) => isCurrent && !fleet.isLost(arrayId));
  // One that already goes on alone needs no one's leave.
  const [only] = isOnline;
  if (isOnline.length === 1 && only !== undefined) return alive.includes(only) ? only.arrayId : null;
  const record = fleet.models().flatMap((model) => model.pods.byId(pod.podId) ?? [])[0];
  const preferences = record?.failoverPreferences ?? [];
  const decided = alive.filter(({ arrayId }) => fleet.reachesMediator(arrayId));
  const preferred = decided.find(({ arrayId }) => preferences.includes(arrayId));
  const chosen = preferred ?? decided[0];
  if (chosen !== undefined) return chosen.arrayId;
  const elected = record === undefined ? null : preElected(fleet, pod, record);
  return isOnline.length > 0 && alive.some(({ arrayId }) => arrayId === elected) ? elected : null;
}

/** The array chosen in advance, while none of them reaches the mediator. */
function preElected(fleet: Fleet, pod: StretchedPod, record: Pod): string | null {
  if (pod.members.some(({ arrayId }) => fleet.reachesMediator(arrayId))) return null;
  const preferences = record.failoverPreferences ?? [];
  const chosen = pod.members.find(({ arrayId }) => preferences.includes(arrayId)) ?? pod.members[0];
  return chosen?.arrayId ?? null;
}

function online(member: PodMember): PodMember {
  return { ...member, state: 'online', isCurrent: true, frozenAt: null, resync: null };
}

function setMembers(fleet: Fleet, pod: StretchedPod, change: (member: PodMember) => PodMember): StretchedPod {
  return fleet.putPod({ ...pod, members: pod.members.map(change) });
}

function onlineModel(fleet: Fleet, pod: StretchedPod): ArrayModel | undefined {
  const member = pod.members.find(({ state }) => state === 'online');
  return member === undefined ? undefined : fleet.byId(member.arrayId);
}

function progressOf(fleet: Fleet, { resync }: PodMember): number | null {
  if (resync === null) return null;
  const total = resync.endsAt - resync.startedAt;
  return total === 0 ? 0 : Math.min(0.99, (fleet.clock.now() - resync.startedAt) / total);
}
