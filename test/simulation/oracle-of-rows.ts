import { type KnownVolume, unknownType } from './knowledge.ts';
import { type Find, isTroubled, type OracleInput } from './oracle-input.ts';
import type { GroupRow, GroupSnapshotRow, SnapshotRow, VolumeRow } from './rows.ts';
import type { Site } from './site.ts';

/** What rows are judged by: not the arrays. */
type RowsInput = Omit<OracleInput, 'control' | 'grouped' | 'site'> & { readonly site: Pick<Site, 'types'> };

/** What answers said stays true. */
export function judgePromises(input: RowsInput, find: Find): void {
  const { rows, knowledge, failovers } = input;
  const volumes = new Map(rows.volumes.map((row) => [row.id, row]));
  for (const known of knowledge.volumes.values()) {
    const row = volumes.get(known.id);
    if (row !== undefined && known.presence === 'no' && !hasCause(input, row)) {
      find('delete-dropped', `volume ${known.id} was deleted, and its record is ${row.status}`);
    }
    if (known.isRepaired) {
      continue;
    }
    if (row === undefined) {
      if (known.presence === 'yes') {
        find(
          'volume-forgotten',
          `volume ${known.id} was accepted and not deleted, and there is no record of it`,
        );
      }
      continue;
    }
    if (isTroubled(row.status)) {
      continue;
    }
    if (known.sizes.size > 0 && !known.sizes.has(row.size)) {
      find(
        'size-dropped',
        `volume ${known.id} has ${row.size} GiB, and not ${[...known.sizes].join(' or ')}`,
      );
    }
    if (known.types.size > 0 && !known.types.has(row.type ?? '') && !mayKeepType(input, known, row)) {
      find('retype-dropped', `volume ${known.id} is ${row.type}, and not ${[...known.types].join(' or ')}`);
    }
  }
  const snapshots = new Map(rows.snapshots.map((row) => [row.id, row]));
  for (const known of knowledge.snapshots.values()) {
    const row = snapshots.get(known.id);
    const volume = knowledge.volumes.get(known.volumeId);
    if (volume?.isRepaired === true || volume?.presence !== 'yes') {
      continue;
    }
    if (row === undefined && known.presence === 'yes') {
      find(
        'snapshot-forgotten',
        `snapshot ${known.id} was accepted and not deleted, and there is no record of it`,
      );
    }
    if (row !== undefined && known.presence === 'no' && !mayFail(input, row)) {
      find('delete-dropped', `snapshot ${known.id} was deleted, and its record is ${row.status}`);
    }
  }
  for (const [kind, known, list] of [
    ['group', knowledge.groups, rows.groups],
    ['group snapshot', knowledge.groupSnapshots, rows.groupSnapshots],
  ] as const) {
    for (const { id, presence } of known.values()) {
      const row = list.find((candidate) => candidate.id === id);
      if (row === undefined && presence === 'yes') {
        find('group-forgotten', `${kind} ${id} was accepted and not deleted, and there is no record of it`);
      }
      const group = row !== undefined && 'group_id' in row ? row.group_id : id;
      if (row !== undefined && presence === 'no' && !isRefusedGroup(input, group) && !failovers.sawOne(row)) {
        find('delete-dropped', `${kind} ${id} was deleted, and its record is ${row.status}`);
      }
    }
  }
  const attachments = new Map(rows.attachments.map((row) => [row.id, row]));
  for (const { id, state, volumeId } of knowledge.attachments.values()) {
    const row = attachments.get(id);
    if (state === 'gone' && row !== undefined) {
      find('detach-dropped', `attachment ${id} was ended, and its record is ${row.attach_status}`);
    }
    const isHeld = state === 'connected' || state === 'complete';
    if (isHeld && knowledge.volumes.get(volumeId)?.isRepaired === false && row?.connector == null) {
      find(
        'attach-dropped',
        `attachment ${id} is connected, and its record says ${row?.attach_status ?? 'nothing'}`,
      );
    }
  }
}

/** Whether an array refused a change of the volume, of its group, its volume group or what it is made of. */
function isRefused({ allowances, knowledge, site }: RowsInput, row: VolumeRow): boolean {
  const known = knowledge.volumes.get(row.id);
  const types = [row.type ?? '', ...(known?.types ?? []), ...(known?.earlierTypes ?? [])];
  const volumeGroups = site.types.filter(({ name }) => types.includes(name)).map((type) => type.volumeGroup);
  // A group is copied with all its volumes or not at all.
  const copies = known === undefined ? [] : knowledge.madeWith(known);
  const ids = [...copies, ...copies.map(({ source }) => source)].map((volume) => volume?.id);
  return allowances.refusals.named(row.id, row.group_id, ...ids, ...volumeGroups);
}

/** The same of a group, or of one of its volumes. */
function isRefusedGroup(input: RowsInput, id: string): boolean {
  const { allowances, rows } = input;
  return (
    allowances.refusals.named(id) || rows.volumes.some((row) => row.group_id === id && isRefused(input, row))
  );
}

/** Whether a rule says why the volume is in error, or one that was made with it, as the copy of a group. */
function hasCause(input: RowsInput, row: VolumeRow): boolean {
  const { knowledge, rows } = input;
  if (!isTroubled(row.status)) {
    return false;
  }
  const known = knowledge.volumes.get(row.id);
  const others = known === undefined ? [] : knowledge.madeWith(known).map(({ id }) => id);
  return (
    hasOwnCause(input, row) ||
    rows.volumes.some((other) => others.includes(other.id) && hasOwnCause(input, other))
  );
}

function hasOwnCause(input: RowsInput, row: VolumeRow): boolean {
  const { failovers, knowledge } = input;
  const known = knowledge.volumes.get(row.id);
  return (
    isRefused(input, row) ||
    (known !== undefined && knowledge.madeWith(known).some(({ isRepaired }) => isRepaired)) ||
    knowledge.repaired.has(row.group_id ?? '') ||
    failovers.mayLose(row, row.type) ||
    // A copy that was still to come is lost with its source.
    (known?.source != null &&
      [...known.source.types, ...known.source.earlierTypes].some((type) => failovers.mayLose(row, type))) ||
    // Copies are made from the primary only: one that was still to come is refused on the other array.
    isCopied(input, row.type, failovers.sawOneBefore(row, known?.settledAt ?? Number.POSITIVE_INFINITY)) ||
    isCopiedWhileAway(input, row) ||
    // A move that a failover overtook may have left it on the other array.
    known?.retypes.some(({ from, to }) => failovers.wentBetween(from, to)) === true ||
    (known?.isManaged === true && failovers.wasDisturbed(row, known.settledAt)) ||
    // Nobody was told of it: it may have been a take-over.
    (known === undefined && failovers.sawOne(row))
  );
}

function isCopied({ site }: RowsInput, type: string | null, sawFailover: boolean): boolean {
  const replication = site.types.find(({ name }) => name === type)?.replication ?? null;
  return sawFailover && (replication === 'async' || replication === 'trisync');
}

/**
 * The copy of a group asks no scheduler: what is accepted before a back end that has failed over is up finds no
 * replication there.
 */
function isCopiedWhileAway(input: RowsInput, row: VolumeRow): boolean {
  const { failovers, knowledge } = input;
  const known = knowledge.volumes.get(row.id);
  const mayBeOfCopiedGroup = row.group_id !== null && (known === undefined || known.copiedInto !== null);
  return (
    mayBeOfCopiedGroup &&
    isCopied(input, row.type, failovers.wasDisturbed(row, known?.settledAt ?? Number.POSITIVE_INFINITY))
  );
}

/** What the scheduler found no back end for was never anywhere. */
function isUnplaced({ allowances, failovers }: RowsInput, row: VolumeRow | GroupRow): boolean {
  const { closedSince } = allowances;
  return row.host === null && closedSince !== null && failovers.isMadeSince(row, closedSince);
}

/** Whether a rule says why the snapshot is in error, or one that was taken with it, as a group snapshot. */
function mayFail(input: RowsInput, row: SnapshotRow): boolean {
  const { knowledge, rows } = input;
  const group = rows.groupSnapshots.find(({ id }) => id === row.group_snapshot_id);
  return (
    isTroubled(row.status) &&
    (hasOwnReason(input, row) ||
      knowledge.repaired.has(row.group_snapshot_id ?? '') ||
      (group !== undefined && mayGroupFail(input, group)))
  );
}

/** A snapshot is lost with its volume. */
function hasOwnReason(input: RowsInput, row: SnapshotRow): boolean {
  const { allowances, failovers, knowledge, rows } = input;
  const volume = rows.volumes.find(({ id }) => id === row.volume_id);
  return (
    allowances.refusals.named(row.id, row.volume_id) ||
    knowledge.volumes.get(row.volume_id)?.isRepaired === true ||
    (volume !== undefined &&
      (isRefused(input, volume) ||
        // A copy has none of the snapshots of what it was made of.
        failovers.mayLose(row, volume.type) ||
        (failovers.sawOne(row) && hasCause(input, volume))))
  );
}

/** All members of a group snapshot are in error with the one that was refused, or whose volume is none. */
function mayGroupFail(input: RowsInput, row: GroupSnapshotRow): boolean {
  const { allowances, knowledge, rows } = input;
  return (
    knowledge.repaired.has(row.id) ||
    knowledge.repaired.has(row.group_id) ||
    allowances.refusals.named(row.id) ||
    isRefusedGroup(input, row.group_id) ||
    hasRepaired(input, row.group_id) ||
    rows.snapshots.some(
      (member) =>
        member.group_snapshot_id === row.id && isTroubled(member.status) && hasOwnReason(input, member),
    )
  );
}

/** A volume that somebody said was there takes what is made of its group along. */
function hasRepaired({ knowledge, rows }: RowsInput, groupId: string): boolean {
  return rows.volumes.some(
    ({ id, group_id: group }) => group === groupId && knowledge.volumes.get(id)?.isRepaired === true,
  );
}

/**
 * A retype that was refused by a rule leaves the type: no volume of an administrator's pod joins a volume group or the
 * group of asynchronous replication; while failed over the target replicates to nobody.
 */
function mayKeepType(input: RowsInput, known: KnownVolume, row: VolumeRow): boolean {
  const { failovers, site } = input;
  const isRefusable = (name: string): boolean => {
    const asked = site.types.find((candidate) => candidate.name === name);
    return known.plainPod !== null && (asked?.volumeGroup != null || asked?.replication === 'async');
  };
  return (
    (known.earlierTypes.size === 0 ||
      known.earlierTypes.has(unknownType) ||
      known.earlierTypes.has(row.type ?? '')) &&
    (isRefused(input, row) ||
      [...known.types].some(isRefusable) ||
      known.retypes.some(({ from, to }) => failovers.disturbed(from, to)))
  );
}

export function judgeStatuses(input: RowsInput, find: Find): void {
  const { rows, failovers, knowledge } = input;
  // Nobody may have been told of it.
  const isOfCopy = ({ id }: VolumeRow): boolean => volumeOf(id)?.copiedInto !== null;
  const volumeOf = (id: string): KnownVolume | undefined => knowledge.volumes.get(id);
  for (const row of rows.volumes) {
    if (isTroubled(row.status) && !hasCause(input, row) && !isUnplaced(input, row)) {
      const settledAt = knowledge.volumes.get(row.id)?.settledAt ?? Number.POSITIVE_INFINITY;
      const category = failovers.sawOneBefore(row, settledAt) ? 'create-lost' : 'error-without-cause';
      find(category, `volume ${row.id} is ${row.status}`);
    }
  }
  for (const row of rows.snapshots) {
    if (isTroubled(row.status) && !mayFail(input, row)) {
      find('error-without-cause', `snapshot ${row.id} is ${row.status}`);
    }
  }
  for (const row of rows.groups) {
    // The array refuses one of an administrator's pod, and one that somebody only said was there.
    const mayNotTake = [...(knowledge.groups.get(row.id)?.changed ?? [])].some(
      ({ plainPod, isRepaired }) => plainPod !== null || isRepaired,
    );
    const isExpected =
      mayNotTake ||
      hasRepaired(input, row.id) ||
      knowledge.repaired.has(row.id) ||
      isRefusedGroup(input, row.id) ||
      // A copy is in error with all its volumes.
      rows.volumes.some(
        (volume) => volume.group_id === row.id && isOfCopy(volume) && hasCause(input, volume),
      ) ||
      failovers.sawOne(row) ||
      isUnplaced(input, row);
    if (isTroubled(row.status) && !isExpected) {
      find('error-without-cause', `group ${row.id} is ${row.status}`);
    }
  }
  for (const row of rows.groupSnapshots) {
    if (isTroubled(row.status) && !mayGroupFail(input, row) && !failovers.sawOne(row)) {
      find('error-without-cause', `group snapshot ${row.id} is ${row.status}`);
    }
  }
  for (const { id, status } of rows.volumes) {
    const own = rows.attachments.filter(({ volume_id: volume }) => volume === id);
    const legacy = [...knowledge.connections.values()].some(
      ({ volumeId, state }) => volumeId === id && state !== 'none',
    );
    if (volumeOf(id)?.isRepaired === true) {
      continue;
    }
    // An attach that failed leaves its record to whoever asked for it; it holds no volume, as Cinder counts them.
    const holding = own.filter(({ attach_status: state }) => state !== 'error_attaching');
    if (status === 'available' && holding.length > 0) {
      find('available-but-attached', `volume ${id} is available, and has ${holding.length} attachments`);
    }
    if (['reserved', 'attaching', 'detaching', 'in-use'].includes(status) && own.length === 0 && !legacy) {
      find('stuck-attach-status', `volume ${id} is ${status} without an attachment`);
    }
  }
}

/** What counts against a project is what there is. */
export function judgeQuota({ rows }: RowsInput, find: Find): void {
  const expected = new Map<string, number>();
  const count = (resource: string, type: string | null, amount: number): void => {
    for (const name of [resource, `${resource}_${type}`]) {
      expected.set(name, (expected.get(name) ?? 0) + amount);
    }
  };
  for (const { size, type } of rows.volumes) {
    count('volumes', type, 1);
    count('gigabytes', type, size);
  }
  for (const { volume_size: size, type } of rows.snapshots) {
    count('snapshots', type, 1);
    count('gigabytes', type, size);
  }
  expected.set('groups', rows.groups.length);
  for (const { resource, in_use: used, reserved } of rows.usages) {
    if (used !== (expected.get(resource) ?? 0)) {
      find('wrong-quota', `${resource} counts ${used}, and there are ${expected.get(resource) ?? 0}`);
    }
    if (reserved !== 0) {
      find('reserved-quota', `${resource} has ${reserved} reserved`);
    }
  }
  for (const { resource, delta } of rows.reservations) {
    find('reserved-quota', `a reservation of ${delta} ${resource} is open`);
  }
}
