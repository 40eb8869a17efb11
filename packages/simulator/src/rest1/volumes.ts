import type { JsonObject } from '../http/messages.ts';
import { connect, connectionRows, disconnect } from '../model/rules/connections.ts';
import { connectionsOfVolume, hostConnections } from '../model/rules/connections-of.ts';
import { anyGroupSnapshot, partsOf } from '../model/rules/protection-groups.ts';
import { Refusal } from '../model/rules/refusal.ts';
import { parseBandwidthLimit, parseIopsLimit, parseVolumeSize } from '../model/rules/sizes.ts';
import {
  createSnapshots,
  destroySnapshot,
  eradicateSnapshot,
  recoverSnapshot,
  renameSnapshot,
  snapshotsOf,
} from '../model/rules/snapshots.ts';
import { objectSpace } from '../model/rules/space.ts';
import { putTag, removeTags } from '../model/rules/tags.ts';
import { tagsOf } from '../model/rules/tags-of.ts';
import { anyVolume } from '../model/rules/volume-lookup.ts';
import {
  createVolume,
  destroyVolume,
  eradicateVolume,
  moveToPod,
  moveToVolumeGroup,
  type NewVolume,
  recoverVolume,
  renameVolume,
  resizeVolume,
  setVolumeQos,
  sourceNow,
} from '../model/rules/volumes.ts';
import type { Snapshot, Volume } from '../model/state/records.ts';
import {
  isShown,
  list,
  listOf,
  NoSuchCall,
  type Rest1Answer,
  type Rest1Call,
  time,
  timeRemaining,
  value,
} from './call.ts';
import { volumeMonitorRows } from './monitor.ts';
import { answerMembership, membershipRow } from './protection-group-members.ts';
import { spaceRow } from './space-row.ts';

/** `volume`, `volume/V[/host|hgroup|pgroup/PG|tags[/K]]` (purity-rest-1.x.md sections 2.3 and 2.4). */
export function answerVolumes(call: Rest1Call, rest: string): Rest1Answer {
  if (rest === '') return answerCollection(call);
  const [, name = '', tail] = /^(.*?)(?:\/(host|hgroup|pgroup\/.+|tags(?:\/.*)?))?$/s.exec(rest) ?? [];
  if (tail?.startsWith('pgroup/') === true) {
    return answerMembership(call, 'volume', name, tail.slice('pgroup/'.length));
  }
  if (tail === 'host' || tail === 'hgroup') return connectionsOf(call, name, tail);
  if (tail?.startsWith('tags') === true) return answerTags(call, name, tail.slice('tags/'.length));
  return name.includes('.') ? answerSnapshot(call, name) : answerVolume(call, name);
}

function answerCollection(call: Rest1Call): Rest1Answer {
  const { model, method, parameters } = call;
  if (method === 'POST') {
    if (!parameters.flag('snap')) throw new Refusal('Invalid parameter.', null);
    const made = createSnapshots(model, parameters.list('source') ?? [], parameters.text('suffix'));
    return value(made.map((snapshot) => snapshotRow(call, snapshot)));
  }
  if (method !== 'GET') throw new NoSuchCall(405);
  if (parameters.flag('snap')) return snapshotList(call, model.snapshots.sorted());
  const volumes = model.volumes.sorted().filter(({ eradicateAt }) => isShown(call, eradicateAt));
  if (parameters.flag('connect')) {
    return list(
      connectionRows(model).map(({ volume, host, hostGroup, lun }) => ({
        name: volume.name,
        size: volume.size,
        lun,
        host: host?.name ?? null,
        hgroup: hostGroup?.name ?? null,
      })),
    );
  }
  if (parameters.flag('protect')) return list(volumes.flatMap((volume) => protectRows(call, volume)));
  if (parameters.text('action') === 'monitor') {
    return list(volumes.flatMap((volume) => volumeMonitorRows(call, volume)));
  }
  return listOf(volumes, (volume) => volumeRow(call, volume));
}

/** A row for each group that the volume is in. */
function protectRows({ model }: Rest1Call, volume: Volume): readonly JsonObject[] {
  return model.protectionGroups
    .sorted()
    .filter(({ eradicateAt, volumeIds }) => eradicateAt === null && volumeIds.includes(volume.id))
    .map((group) => membershipRow(volume.name, group.name));
}

function answerVolume(call: Rest1Call, name: string): Rest1Answer {
  const { model, method, parameters } = call;
  switch (method) {
    case 'POST':
      return value(baseRow(call, createVolume(model, name, newVolume(call, name))));
    case 'PUT':
      return value(changeVolume(call, name));
    case 'DELETE': {
      const gone = parameters.flag('eradicate') ? eradicateVolume(model, name) : destroyVolume(model, name);
      return value({ name: gone.name });
    }
    case 'GET': {
      const volume = anyVolume(model, name);
      if (parameters.flag('snap')) return snapshotList(call, snapshotsOf(model, volume.id));
      if (!isShown(call, volume.eradicateAt)) throw new Refusal('Volume does not exist.', name);
      if (parameters.flag('protect')) return list(protectRows(call, volume));
      if (parameters.flag('tags') && call.minor >= 19) return list(tagRows(call, volume));
      if (parameters.text('action') === 'monitor') return list(volumeMonitorRows(call, volume));
      return value(volumeRow(call, volume));
    }
    default:
      throw new NoSuchCall(405);
  }
}

function newVolume({ model, minor, parameters }: Rest1Call, name: string): NewVolume {
  const source = parameters.text('source');
  const iops =
    minor >= 17 && parameters.text('iops_limit') !== '' ? parameters.value('iops_limit') : undefined;
  const bandwidth =
    minor >= 14 && parameters.text('bandwidth_limit') !== ''
      ? parameters.value('bandwidth_limit')
      : undefined;
  return {
    ...(source === undefined
      ? { size: parseVolumeSize(sizeValue(parameters.value('size')), name, 'rounded-up') }
      : { source, overwrite: parameters.flag('overwrite') }),
    ...(iops === undefined && bandwidth === undefined
      ? {}
      : {
          qos: {
            iopsLimit: iops === undefined ? null : parseIopsLimit(iops, name),
            bandwidthLimit: bandwidth === undefined ? null : parseBandwidthLimit(bandwidth, name),
          },
        }),
    // Default protection came after the last REST 1 version, but arrays that have it apply it to every new volume.
    defaultProtection: model.offersRest2(16),
  };
}

const units: Readonly<Record<string, number>> = {
  S: 512,
  K: 2 ** 10,
  M: 2 ** 20,
  G: 2 ** 30,
  T: 2 ** 40,
  P: 2 ** 50,
};

/** Bytes, or a number with a unit: `10G`. */
function sizeValue(size: unknown): unknown {
  const [, amount, unit] = /^(\d+)([SKMGTP]?)$/i.exec(typeof size === 'string' ? size : '') ?? [];
  return amount === undefined ? size : Number(amount) * (units[(unit ?? '').toUpperCase()] ?? 1);
}

function changeVolume(call: Rest1Call, name: string): JsonObject {
  const { model, minor, parameters } = call;
  if (parameters.has('size')) {
    const truncate = parameters.flag('truncate');
    const size = parseVolumeSize(sizeValue(parameters.value('size')), name, 'rounded-up');
    const volume = resizeVolume(model, name, size, { truncate, mustGrow: true });
    return { name: volume.name, size: volume.size };
  }
  const newName = parameters.text('name');
  if (newName !== undefined) return { name: renameVolume(model, name, newName).name };
  if (parameters.text('action') === 'recover') return { name: recoverVolume(model, name).name };
  const container = parameters.text('container');
  if (container !== undefined && minor >= 13) {
    const toGroup =
      model.volumeGroups.byName(container) !== undefined || (container === '' && name.includes('/'));
    return {
      name: (toGroup ? moveToVolumeGroup(model, name, container) : moveToPod(model, name, container)).name,
    };
  }
  if (minor >= 14 && (parameters.has('bandwidth_limit') || parameters.has('iops_limit'))) {
    const limit = (key: string, parse: (raw: unknown, context: string) => number): number | null =>
      parameters.text(key) === '' ? null : parse(parameters.value(key), name);
    const volume = setVolumeQos(model, name, {
      ...(parameters.has('bandwidth_limit')
        ? { bandwidthLimit: limit('bandwidth_limit', parseBandwidthLimit) }
        : {}),
      ...(minor >= 17 && parameters.has('iops_limit')
        ? { iopsLimit: limit('iops_limit', parseIopsLimit) }
        : {}),
    });
    return qosRow(call, volume);
  }
  throw new Refusal('Invalid parameter.', name);
}

function qosRow({ minor }: Rest1Call, volume: Volume): JsonObject {
  return {
    name: volume.name,
    bandwidth_limit: volume.qos.bandwidthLimit,
    ...(minor >= 17 ? { iops_limit: volume.qos.iopsLimit } : {}),
  };
}

function baseRow(call: Rest1Call, volume: Volume): JsonObject {
  return {
    name: volume.name,
    serial: volume.serial,
    size: volume.size,
    created: time(call, volume.created),
    source: sourceNow(call.model, volume)?.name ?? volume.source?.name ?? null,
  };
}

function volumeRow(call: Rest1Call, volume: Volume): JsonObject {
  const { parameters, minor, model } = call;
  const remaining =
    parameters.flag('pending') || parameters.flag('pending_only')
      ? { time_remaining: timeRemaining(call, volume.eradicateAt) }
      : {};
  if (parameters.flag('qos') && minor >= 14) return qosRow(call, volume);
  if (parameters.flag('space')) {
    return spaceRow(volume.name, objectSpace(model, volume));
  }
  return { ...baseRow(call, volume), ...remaining };
}

function snapshotRow(call: Rest1Call, snapshot: Snapshot): JsonObject {
  return {
    name: snapshot.name,
    source: call.model.volumes.byId(snapshot.volumeId)?.name ?? snapshot.remoteSource ?? null,
    serial: snapshot.serial,
    size: snapshot.size,
    created: time(call, snapshot.created),
  };
}

function snapshotList(call: Rest1Call, snapshots: readonly Snapshot[]): Rest1Answer {
  const pending = call.parameters.flag('pending') || call.parameters.flag('pending_only');
  return listOf(
    snapshots.filter(({ eradicateAt }) => isShown(call, eradicateAt)),
    (snapshot) => ({
      ...snapshotRow(call, snapshot),
      ...(pending ? { time_remaining: timeRemaining(call, snapshot.eradicateAt) } : {}),
    }),
  );
}

function answerSnapshot(call: Rest1Call, name: string): Rest1Answer {
  const { model, method, minor, parameters } = call;
  switch (method) {
    case 'DELETE': {
      const gone = parameters.flag('eradicate')
        ? eradicateSnapshot(model, name)
        : destroySnapshot(model, name);
      return value({ name: gone.name });
    }
    case 'PUT': {
      const newName = parameters.text('name');
      if (newName !== undefined && minor >= 4)
        return value({ name: renameSnapshot(model, name, newName).name });
      if (parameters.text('action') === 'recover') return value({ name: recoverSnapshot(model, name).name });
      throw new Refusal('Invalid parameter.', name);
    }
    case 'GET': {
      // The volume snapshots of a group snapshot: taken by REST 1.2 and 1.3, refused by later ones (section 2.3).
      if (parameters.has('pgroup')) {
        if (minor > 3 || !parameters.flag('snap')) throw new Refusal('Invalid parameter.', 'pgroup');
        return snapshotList(call, partsOf(model, anyGroupSnapshot(model, name).id));
      }
      const snapshot = model.snapshots.byName(name);
      if (snapshot === undefined || !parameters.flag('snap'))
        throw new Refusal('Volume does not exist.', name);
      return snapshotList(call, [snapshot]);
    }
    default:
      throw new NoSuchCall(405);
  }
}

/** Private connections under `host`, shared ones under `hgroup`. */
function connectionsOf({ model, method }: Rest1Call, name: string, kind: 'host' | 'hgroup'): Rest1Answer {
  if (method !== 'GET') throw new NoSuchCall(405);
  const volume = anyVolume(model, name);
  if (volume.eradicateAt !== null) throw new Refusal('Volume does not exist.', name);
  const own = connectionsOfVolume(model, volume.id);
  if (kind === 'host') {
    return list(
      connectionRows(
        model,
        own.filter(({ hostId }) => hostId !== null),
      ).map((row) => ({
        host: row.host?.name ?? null,
        lun: row.lun,
        name: volume.name,
        size: volume.size,
      })),
    );
  }
  return list(
    own.flatMap(({ hostGroupId, number }) => {
      const group = hostGroupId === null ? undefined : model.hostGroups.byId(hostGroupId);
      return group === undefined
        ? []
        : [{ hgroup: group.name, host: null, lun: number, name: volume.name, size: volume.size }];
    }),
  );
}

function tagRows({ model, parameters }: Rest1Call, volume: Volume): readonly JsonObject[] {
  const namespace = parameters.text('namespace');
  return tagsOf(model, volume.id)
    .filter((tag) => namespace === undefined || tag.namespace === namespace)
    .map((tag) => ({
      name: volume.name,
      key: tag.key,
      value: tag.value,
      namespace: tag.namespace,
      copyable: tag.copyable,
    }));
}

function answerTags(call: Rest1Call, name: string, key: string): Rest1Answer {
  const { model, method, minor, parameters } = call;
  if (minor < 19) throw new NoSuchCall(404);
  const volume = anyVolume(model, name);
  const namespace = parameters.text('namespace') ?? 'default';
  switch (method) {
    case 'GET':
      return list(tagRows(call, volume));
    case 'POST': {
      const tagKey = parameters.text('key') ?? '';
      const copyable = parameters.has('copyable') ? parameters.flag('copyable') : true;
      putTag(
        model,
        { kind: 'volume', id: volume.id },
        {
          namespace,
          key: tagKey,
          value: parameters.text('value') ?? null,
          copyable,
        },
      );
      return value({
        name: volume.name,
        key: tagKey,
        value: parameters.text('value') ?? null,
        namespace,
        copyable,
      });
    }
    case 'DELETE':
      removeTags(model, volume.id, namespace, [key]);
      return value({ name: volume.name, key });
    default:
      throw new NoSuchCall(405);
  }
}

/** `host/H/volume/V` and `hgroup/G/volume/V`. */
export function answerConnection(
  { model, method, parameters }: Rest1Call,
  target: { readonly kind: 'host' | 'hostGroup'; readonly name: string },
  volume: string,
): Rest1Answer {
  switch (method) {
    case 'POST': {
      const made = connect(model, volume, target, parameters.number('lun'));
      return value({
        name: target.name,
        vol: model.volumes.byId(made.volumeId)?.name ?? volume,
        lun: made.number,
      });
    }
    case 'DELETE':
      disconnect(model, volume, target);
      return value({ name: target.name, vol: volume });
    default:
      throw new NoSuchCall(405);
  }
}

/** Rows of `host/H/volume`. */
export function hostVolumes({ model, parameters }: Rest1Call, hostName: string): readonly JsonObject[] {
  const host = model.hosts.byName(hostName);
  if (host === undefined) throw new Refusal('Host does not exist.', hostName);
  return hostConnections(model, host).flatMap((connection) => {
    const volume = model.volumes.byId(connection.volumeId);
    const group =
      connection.hostGroupId === null ? null : (model.hostGroups.byId(connection.hostGroupId)?.name ?? null);
    if (volume === undefined) return [];
    if (parameters.flag('private')) {
      return group === null ? [{ name: host.name, vol: volume.name, lun: connection.number }] : [];
    }
    if (parameters.flag('shared') && group === null) return [];
    return [{ name: host.name, vol: volume.name, lun: connection.number, hgroup: group }];
  });
}
