import type { ArrayState } from '@cinder-flasharray/simulator';
import type { Records } from './records.ts';

const gib = 2 ** 30;
const ourVolume = /(^|\/)volume-[0-9a-f-]{36}-cinder$/;
const ourSnapshot = /\.(snapshot-[0-9a-f-]{36}|cgsnapshot-[0-9a-f-]{36}-cinder\..*)$/;

/** Statuses in which a record may lack its object, or an object may be half done. */
const troubled = (status: string): boolean => status.startsWith('error');

/** What is wrong between the records and the array; empty when nothing is. */
export function compareRecords(
  records: Records,
  array: ArrayState,
  hostOf: (attachmentId: string) => string | undefined,
  permanentFaults: boolean,
): readonly string[] {
  return [
    ...(permanentFaults ? [] : errors(records)),
    ...compareVolumes(records, array),
    ...compareSnapshots(records, array),
    ...compareConnections(records, array, hostOf),
    ...compareGroups(records, array),
    ...leftovers(array),
  ];
}

function errors({ volumes, snapshots, attachments, groups, groupSnapshots }: Records): readonly string[] {
  const rows = [
    ...volumes.map((row) => ({ ...row, kind: 'volume' })),
    ...snapshots.map((row) => ({ ...row, kind: 'snapshot' })),
    ...attachments.map((row) => ({ ...row, kind: 'attachment' })),
    ...groups.map((row) => ({ ...row, kind: 'group' })),
    ...groupSnapshots.map((row) => ({ ...row, kind: 'group snapshot' })),
  ];
  return (
    rows
      // An attach that was killed half way is given up: nobody got its answer.
      .filter(
        ({ status, kind }) => troubled(status) && !(kind === 'attachment' && status === 'error_attaching'),
      )
      .map(({ kind, id, status }) => `${kind} ${id} is ${status} without a fault that lasts`)
  );
}

function compareVolumes({ volumes }: Records, array: ArrayState): readonly string[] {
  const live = new Map(
    array.volumes.filter(({ destroyed }) => !destroyed).map((volume) => [volume.name, volume]),
  );
  const findings: string[] = [];
  for (const { id, status, size, provider_id: name } of volumes) {
    const found = name === null ? undefined : live.get(name);
    if (found === undefined) {
      if (!troubled(status)) {
        findings.push(`volume ${id} is ${status}, and the array has no volume ${name}`);
      }
    } else if (!troubled(status) && found.size !== size * gib) {
      findings.push(`volume ${id} has ${size} GiB, and ${name} has ${found.size} bytes`);
    }
  }
  const recorded = new Map<string, number>();
  for (const { provider_id: name } of volumes) {
    if (name !== null) {
      recorded.set(name, (recorded.get(name) ?? 0) + 1);
    }
  }
  for (const name of live.keys()) {
    if (ourVolume.test(name) && recorded.get(name) !== 1) {
      findings.push(`${name} on the array has ${recorded.get(name) ?? 0} records`);
    }
  }
  return findings;
}

function compareSnapshots({ snapshots }: Records, array: ArrayState): readonly string[] {
  const live = new Set(array.snapshots.filter(({ destroyed }) => !destroyed).map(({ name }) => name));
  const recorded = new Set(
    snapshots.flatMap(({ metadata }) =>
      metadata.array_snapshot_name === undefined ? [] : [metadata.array_snapshot_name],
    ),
  );
  // A snapshot that failed has no name in its metadata, but has its id in its name.
  const troubledIds = snapshots.filter(({ status }) => troubled(status)).map(({ id }) => id);
  const troubledGroups = snapshots.flatMap(({ status, group_snapshot_id: id }) =>
    troubled(status) && id !== null ? [id] : [],
  );
  return [
    ...snapshots.flatMap(({ id, status, metadata }) =>
      troubled(status) || live.has(metadata.array_snapshot_name ?? '')
        ? []
        : [`snapshot ${id} is ${status}, and the array has no snapshot ${metadata.array_snapshot_name}`],
    ),
    ...[...live].flatMap((name) =>
      !ourSnapshot.test(name) ||
      recorded.has(name) ||
      [...troubledIds, ...troubledGroups].some((id) => name.includes(id))
        ? []
        : [`${name} on the array has no record`],
    ),
  ];
}

function compareConnections(
  { volumes, attachments }: Records,
  array: ArrayState,
  hostOf: (attachmentId: string) => string | undefined,
): readonly string[] {
  const names = new Map(volumes.map(({ id, provider_id: name }) => [id, name]));
  const wanted = new Set(
    attachments.flatMap(({ id, status, volume_id: volume }) =>
      status === 'attached' || status === 'attaching' ? [`${names.get(volume)} ${hostOf(id)}`] : [],
    ),
  );
  const doubtful = new Set(
    attachments.flatMap(({ status, volume_id: volume }) => (troubled(status) ? [names.get(volume)] : [])),
  );
  const made = new Set(
    array.connections.map(({ volume, host }) => `${volume} ${host?.replace(/-.*$/, '') ?? ''}`),
  );
  return [
    ...[...wanted].filter((pair) => !made.has(pair)).map((pair) => `no connection for attachment ${pair}`),
    ...[...made]
      .filter((pair) => !wanted.has(pair) && !doubtful.has(pair.split(' ')[0] ?? ''))
      .map((pair) => `connection without attachment: ${pair}`),
  ];
}

function compareGroups({ volumes, groups }: Records, array: ArrayState): readonly string[] {
  const live = new Map(
    array.protectionGroups.filter(({ destroyed }) => !destroyed).map((group) => [group.name, group]),
  );
  const alive = new Set(array.volumes.filter(({ destroyed }) => !destroyed).map(({ name }) => name));
  const findings: string[] = [];
  for (const { id, status } of groups) {
    const group = live.get(`consisgroup-${id}-cinder`);
    if (troubled(status)) {
      continue;
    }
    if (group === undefined) {
      findings.push(`group ${id} is ${status}, and the array has no protection group for it`);
      continue;
    }
    const rows = volumes.filter((volume) => volume.group_id === id);
    // A volume in trouble may or may not have come to be in the group.
    const members = rows.flatMap((row) => (troubled(row.status) ? [] : [row.provider_id ?? '']));
    const doubtful = new Set(rows.flatMap((row) => (troubled(row.status) ? [row.provider_id] : [])));
    const present = group.volumes.filter((name) => alive.has(name) && !doubtful.has(name));
    if (members.toSorted().join() !== present.toSorted().join()) {
      findings.push(`group ${id} has [${members.join(', ')}], and the array [${present.join(', ')}]`);
    }
  }
  for (const name of live.keys()) {
    const [, id] = /^consisgroup-([0-9a-f-]{36})-cinder$/.exec(name) ?? [];
    if (id !== undefined && !groups.some((group) => group.id === id)) {
      findings.push(`${name} on the array has no record`);
    }
  }
  return findings;
}

/** Hosts of ours without connections, empty volume groups, snapshots that were to live for a moment. */
function leftovers(array: ArrayState): readonly string[] {
  const connected = new Set(array.connections.map(({ host }) => host));
  return [
    ...array.hosts
      .filter(({ name }) => /-[0-9a-f]{32}-cinder$/.test(name) && !connected.has(name))
      .map(({ name }) => `host ${name} has no connections`),
    ...array.protectionGroupSnapshots
      .filter(({ name, destroyed }) => !destroyed && name.endsWith('-tmp'))
      .map(({ name }) => `temporary snapshot ${name} is still there`),
  ];
}
