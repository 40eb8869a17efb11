import { createHash } from 'node:crypto';
import { connectionsOf } from '../model/fleet/array-connections.ts';
import { podMembers } from '../model/fleet/pod-arbitration.ts';
import { groupSource, isReplica, memberNames, targetsOf } from '../model/fleet/replication-targets.ts';
import { transfersOf } from '../model/fleet/transfers.ts';
import { currentToken } from '../model/rules/admins.ts';
import { connectionRows } from '../model/rules/connections.ts';
import { hostConnections, volumeConnectionCount } from '../model/rules/connections-of.ts';
import { arraySpace, reduction, totalReduction } from '../model/rules/space.ts';
import type { ArrayModel } from '../model/state/array-model.ts';

import { describeHealth } from './health.ts';

import type { ArrayState } from './state.ts';

const isoTime = (milliseconds: number): string => new Date(milliseconds).toISOString();
const sha256 = (text: string | null): string | null =>
  text === null ? null : createHash('sha256').update(text).digest('hex');

/** The whole model as plain JSON, without secrets. */
export function describeArray(model: ArrayModel, down: boolean): ArrayState {
  const { settings } = model;
  const remaining = (at: number | null): number | null =>
    at === null ? null : Math.max(0, at - model.now());
  const nameOf = (id: string): readonly string[] => {
    const found = model.hosts.byId(id) ?? model.hostGroups.byId(id);
    return found === undefined ? [] : [found.name];
  };
  const space = arraySpace(model);
  return {
    id: model.identity.id,
    name: settings.name,
    purityVersion: settings.purityVersion,
    restVersions: settings.restVersions,
    down,
    evergreenOne: settings.evergreenOne,
    sessions: model.sessions.size,
    space: {
      capacity: settings.capacity,
      used: space.used,
      provisioned: space.provisioned,
      dataReduction: reduction(space.written, space.used),
      totalReduction: totalReduction(space.provisioned, space.used),
    },
    volumes: model.volumes.sorted().map((volume) => ({
      id: volume.id,
      name: volume.name,
      serial: volume.serial,
      size: volume.size,
      created: isoTime(volume.created),
      destroyed: volume.eradicateAt !== null,
      timeRemaining: remaining(volume.eradicateAt),
      source: volume.source?.name ?? null,
      qos: volume.qos,
      connectionCount: volumeConnectionCount(model, volume),
      writtenBytes: volume.data.writtenBytes,
    })),
    snapshots: model.snapshots.sorted().map((snapshot) => ({
      id: snapshot.id,
      name: snapshot.name,
      suffix: snapshot.suffix,
      serial: snapshot.serial,
      size: snapshot.size,
      created: isoTime(snapshot.created),
      destroyed: snapshot.eradicateAt !== null,
      timeRemaining: remaining(snapshot.eradicateAt),
      source: model.volumes.byId(snapshot.volumeId)?.name ?? snapshot.remoteSource ?? '',
      protectionGroupSnapshot:
        snapshot.groupSnapshotId === null
          ? null
          : (model.groupSnapshots.byId(snapshot.groupSnapshotId)?.name ?? null),
      writtenBytes: snapshot.data.writtenBytes,
    })),
    hosts: model.hosts.sorted().map((host) => ({
      name: host.name,
      iqns: host.iqns,
      wwns: host.wwns,
      nqns: host.nqns,
      personality: host.personality,
      hostGroup: host.hostGroupId === null ? null : (model.hostGroups.byId(host.hostGroupId)?.name ?? null),
      chapUser: host.chap.hostUser,
      chapHostPasswordSha256: sha256(host.chap.hostPassword),
      chapTargetUser: host.chap.targetUser,
      chapTargetPasswordSha256: sha256(host.chap.targetPassword),
      connectionCount: hostConnections(model, host).length,
    })),
    hostGroups: model.hostGroups.sorted().map((group) => ({
      name: group.name,
      hosts: model.hostsByGroup.get(group.id).map((host) => host.name),
    })),
    connections: connectionRows(model).map((row) => ({
      volume: row.volume.name,
      host: row.host?.name ?? null,
      hostGroup: row.hostGroup?.name ?? null,
      lun: row.lun,
      nsid: row.nsid,
    })),
    tags: model.tags.map((tag) => ({
      resource: (model.volumes.byId(tag.resourceId) ?? model.snapshots.byId(tag.resourceId))?.name ?? '',
      resourceKind: tag.resourceKind,
      namespace: tag.namespace,
      key: tag.key,
      value: tag.value,
      copyable: tag.copyable,
    })),
    protectionGroups: model.protectionGroups.sorted().map((group) => ({
      id: group.id,
      name: group.name,
      destroyed: group.eradicateAt !== null,
      timeRemaining: remaining(group.eradicateAt),
      volumes: memberNames(model, group),
      hosts: group.hostIds.flatMap(nameOf),
      hostGroups: group.hostGroupIds.flatMap(nameOf),
      source: groupSource(model, group).name,
      isReplica: isReplica(group),
      targets: targetsOf(model, group).map(({ array, allowed }) => ({ array: array.name, allowed })),
      replicationSchedule: {
        enabled: group.replicationSchedule.enabled,
        frequency: group.replicationSchedule.frequency,
      },
      targetRetention: group.targetRetention,
    })),
    protectionGroupSnapshots: model.groupSnapshots.sorted().map((snapshot) => ({
      name: snapshot.name,
      source: model.protectionGroups.byId(snapshot.groupId)?.name ?? '',
      created: isoTime(snapshot.created),
      destroyed: snapshot.eradicateAt !== null,
      timeRemaining: remaining(snapshot.eradicateAt),
    })),
    defaultProtection: settings.defaultProtection,
    volumeGroups: model.volumeGroups.sorted().map((group) => ({
      id: group.id,
      name: group.name,
      destroyed: group.eradicateAt !== null,
      qos: group.qos,
      volumes: [...model.volumes.values()]
        .filter((volume) => volume.name.startsWith(`${group.name}/`))
        .map((volume) => volume.name),
    })),
    pods: model.pods.sorted().map((pod) => ({
      id: pod.id,
      name: pod.name,
      destroyed: pod.eradicateAt !== null,
      timeRemaining: remaining(pod.eradicateAt),
      arrays: podMembers(model, pod).map(({ array, status, mediatorStatus, progress }) => ({
        array: array.name,
        status,
        mediatorStatus,
        progress,
      })),
      failoverPreferences: (pod.failoverPreferences ?? []).flatMap(
        (id) => model.fleet.byId(id)?.settings.name ?? [],
      ),
    })),
    transfers: transfersOf(model).map(({ snapshot, transfer, progress, isInbound }) => ({
      snapshot: snapshot.name,
      direction: isInbound ? 'in' : 'out',
      progress,
      started: transfer.startedAt === null ? null : isoTime(transfer.startedAt),
      completed: transfer.completedAt === null ? null : isoTime(transfer.completedAt),
    })),
    arrayConnections: connectionsOf(model).map(({ connection, peer, isMaker, status }) => ({
      peer: peer.settings.name,
      type: connection.type,
      status,
      isMaker,
    })),
    admins: model.admins.sorted().map((admin) => ({
      name: admin.name,
      role: admin.role,
      hasApiToken: currentToken(model, admin) !== null,
    })),
    interfaces: settings.interfaces,
    ...describeHealth(model),
  };
}
