import type { ArrayState } from '@cinder-flasharray/simulator';
import { type Find, gib, isTroubled, type OracleInput, ownVolume } from './oracle-input.ts';
import type { VolumeRow } from './rows.ts';
import { genericType, groupTypes } from './site.ts';

const mebibyte = 2 ** 20;

/** One live object for each record, as its type wants it. */
export function judgeVolumes(input: OracleInput, array: ArrayState, find: Find): void {
  const { rows, knowledge } = input;
  const live = array.volumes.filter(({ destroyed }) => !destroyed);
  for (const row of rows.volumes) {
    // A status that was given by hand says nothing about the object.
    if (isTroubled(row.status) || knowledge.volumes.get(row.id)?.isRepaired === true) {
      continue;
    }
    const own = live.filter(({ name }) => ownVolume.exec(name)?.[2] === row.id);
    const [found] = own;
    if (found === undefined || own.length > 1) {
      find(
        'volume-missing',
        `volume ${row.id} is ${row.status}, and array ${array.name} has [${own.map(({ name }) => name).join(', ')}]`,
      );
      continue;
    }
    if (found.name !== row.provider_id) {
      find('wrong-name', `volume ${row.id} is recorded as ${row.provider_id}, and is ${found.name}`);
    }
    if (found.size !== row.size * gib) {
      find('wrong-size', `volume ${row.id} has ${row.size} GiB, and ${found.name} ${found.size / gib}`);
    }
    judgeType(row, found, input, array, find);
  }
}

function judgeType(
  row: VolumeRow,
  found: ArrayState['volumes'][number],
  { site, knowledge, failovers }: OracleInput,
  array: ArrayState,
  find: Find,
): void {
  const known = knowledge.volumes.get(row.id) ?? null;
  const type = site.types.find(({ name }) => name === row.type);
  if (type === undefined) {
    return;
  }
  const isInPod = type.replication === 'sync' || type.replication === 'trisync';
  const pod = isInPod ? 'cinder-pod' : (known?.plainPod ?? null);
  const container = pod !== null ? `${pod}::` : type.volumeGroup !== null ? `${type.volumeGroup}/` : '';
  // What a failover has found half way in the pod stays there until the failback settles it.
  const isLeft = array.name !== 'fa1' && known?.retypes.some(({ from, to }) => failovers.disturbed(from, to));
  // Where an administrator kept what he gave is known only to whom was told.
  const isKnown = known !== null && known.plainPod === null && isLeft !== true;
  if (isKnown && found.name !== `${container}volume-${row.id}-cinder`) {
    find('wrong-container', `volume ${row.id} of type ${row.type} is ${found.name}`);
  }
  const wanted = type.qos === null ? [null, null] : [500, 2 * row.size * mebibyte];
  const { iopsLimit, bandwidthLimit } = found.qos;
  if (iopsLimit !== wanted[0] || bandwidthLimit !== wanted[1]) {
    find('wrong-qos', `volume ${row.id} of type ${row.type} has limits ${iopsLimit} and ${bandwidthLimit}`);
  }
  if ((row.multiattach === 1) !== type.multiattach) {
    find('wrong-multiattach', `volume ${row.id} of type ${row.type} has multiattach ${row.multiattach}`);
  }
  const groups = array.protectionGroups
    .filter(({ destroyed, volumes, isReplica }) => !destroyed && !isReplica && volumes.includes(found.name))
    .map(({ name }) => name)
    .filter((name) => !name.includes('consisgroup-'));
  const expected =
    array.name !== 'fa1'
      ? null
      : type.replication === 'async'
        ? 'cinder-group'
        : type.replication === 'trisync'
          ? 'cinder-pod::cinder-trisync'
          : '';
  if (expected !== null && groups.join() !== expected) {
    find('wrong-protection', `volume ${row.id} of type ${row.type} is in groups [${groups.join(', ')}]`);
  }
}

/** A snapshot is as the array has it; what was usable and is there is usable, whatever failovers came between. */
export function judgeSnapshots(
  { rows, site, knowledge, allowances }: OracleInput,
  array: ArrayState,
  find: Find,
): void {
  const live = new Map(
    array.snapshots.filter(({ destroyed }) => !destroyed).map((snapshot) => [snapshot.name, snapshot]),
  );
  const volumes = new Map(rows.volumes.map((row) => [row.id, row]));
  for (const row of rows.snapshots) {
    const known = knowledge.snapshots.get(row.id);
    const volume = volumes.get(row.volume_id);
    // Snapshots come back with their volume, which may be on another array only.
    const place = volume?.status === 'error' ? volume.replication_driver_data : null;
    const isExcused =
      (place !== null && site.arrays.get(place) !== array.name) ||
      knowledge.repaired.has(row.id) ||
      knowledge.repaired.has(row.group_snapshot_id ?? '') ||
      knowledge.volumes.get(row.volume_id)?.isRepaired === true ||
      allowances.refusals.named(row.id, row.volume_id);
    // One that somebody asked to delete may be half deleted.
    const isKept = known?.wasUsable === true && known.presence === 'yes';
    if (row.status === 'error' && isKept && live.has(row.provider_id ?? '') && !isExcused) {
      find('snapshot-not-back', `snapshot ${row.id} is ${row.status}, and there is ${row.provider_id}`);
    }
    if (isTroubled(row.status) || isTroubled(volume?.status ?? 'error')) {
      continue;
    }
    const found = live.get(row.provider_id ?? '');
    if (found === undefined && knowledge.repaired.has(row.id)) {
      continue;
    }
    if (found === undefined) {
      find('snapshot-missing', `snapshot ${row.id} is ${row.status}, and there is no ${row.provider_id}`);
    } else if (found.size !== row.volume_size * gib) {
      find(
        'wrong-size',
        `snapshot ${row.id} has ${row.volume_size} GiB, and ${found.name} ${found.size / gib}`,
      );
    }
  }
}

/** Work on what a failover left behind that waits on record for the next start when the array refuses it. */
type Removal = 'remove_original' | 'clear_snapshot' | 'remove_protection_group';

/** Whether an array refused to let something go, or waits until it is current, and the service has it on record. */
export function isToBeRemoved(
  { rows, allowances }: Pick<OracleInput, 'rows' | 'allowances'>,
  removal: Removal,
  id: string,
  isHere = true,
): boolean {
  return (
    (!isHere || allowances.refusals.named(id)) &&
    id !== '' &&
    rows.deferred.some(({ operation, details }) => operation === removal && details.includes(id))
  );
}

/**
 * Every object of ours has a record. Left over by design, and so not looked for: destroyed objects that wait for their
 * eradication; volumes that were unmanaged (`-unmanaged`); what an asynchronous target keeps of earlier times; copies of
 * volumes on the array that was failed over from, until it is current again, and what that refused; the pod that a volume was moving through when
 * a failover lost it, until the failback; the pods and groups that replication works with.
 */
export function judgeLeftovers(
  input: OracleInput,
  states: ReadonlyMap<string, ArrayState>,
  here: ArrayState,
  find: Find,
): void {
  const { rows, site, knowledge, failovers, grouped, allowances } = input;
  const volumes = new Map(rows.volumes.map((row) => [row.id, row]));
  const recorded = new Set(rows.snapshots.map(({ provider_id: name }) => name));
  const ids = new Set([...rows.snapshots, ...rows.groupSnapshots].map(({ id }) => id));
  // The array that has copies only.
  const copies = site.name === 'async' ? 'fa2' : site.name === 'trisync' ? 'fa3' : null;
  for (const [name, array] of states) {
    const isHere = name === here.name;
    // A copy stays when its volume goes, and the original until the failback.
    const isBesideCopies = !isHere && (name === copies || here.name === copies);
    for (const volume of array.volumes.filter(({ destroyed }) => !destroyed)) {
      const id = ownVolume.exec(volume.name)?.[2];
      const row = id === undefined ? undefined : volumes.get(id);
      const isKnown = row !== undefined || isToBeRemoved(input, 'remove_original', id ?? '', isHere);
      if (id !== undefined && !isKnown && !isBesideCopies) {
        find('leaked-volume', `${volume.name} on ${name} has no record`);
      }
    }
    // What a failover left behind is seen to when that array is current again.
    if (!isHere && failovers.happened) {
      continue;
    }
    for (const snapshot of array.snapshots.filter(({ destroyed }) => !destroyed)) {
      const [, id] = /(?:\.snapshot-|\.cgsnapshot-)([0-9a-f-]{36})/.exec(snapshot.name) ?? [];
      const [, volumeId = ''] = /volume-([0-9a-f-]{36})-cinder/.exec(snapshot.name) ?? [];
      const waits =
        isToBeRemoved(input, 'clear_snapshot', id ?? '') || isToBeRemoved(input, 'remove_original', volumeId);
      if (id !== undefined && !recorded.has(snapshot.name) && !ids.has(id) && !waits) {
        find('leaked-snapshot', `${snapshot.name} on ${name} has no record`);
      }
    }
    for (const group of array.volumeGroups.filter(({ destroyed }) => !destroyed)) {
      const members = array.volumes.filter(
        (volume) => !volume.destroyed && volume.name.startsWith(`${group.name}/`),
      );
      // The same as of ghost pods below; and whoever deletes what is in error once more takes the group along.
      const isRefused =
        allowances.refusals.named(`volume-groups?names=${group.name}`, `vgroup/${group.name}`) ||
        rows.volumes.some(
          ({ id, status, provider_id: objectName }) =>
            objectName?.startsWith(`${group.name}/`) === true &&
            isTroubled(status) &&
            allowances.refusals.named(id),
        );
      if (members.length === 0 && !isRefused) {
        find('empty-volume-group', `volume group ${group.name} on ${name} has no volume`);
      }
    }
    for (const pod of array.pods.filter(({ destroyed }) => !destroyed)) {
      const [, id] = /^cinder-ghost-pod-(.*)$/.exec(pod.name) ?? [];
      const row = volumes.get(id ?? '');
      const known = knowledge.volumes.get(id ?? '');
      const isBroken =
        known?.retypes.some(({ from, to }) => failovers.disturbed(from, to)) === true ||
        (known?.isManaged === true &&
          (row === undefined ? failovers.happened : failovers.wasDisturbed(row, known.settledAt)));
      const isLost = row !== undefined && isTroubled(row.status) && failovers.sawOne(row);
      // The failback settles it.
      const waits = here.name !== 'fa1' && (isLost || isBroken);
      // One of a volume that says that it is on another array is on all the arrays that it was stretched over.
      const isElsewhere =
        row !== undefined &&
        isTroubled(row.status) &&
        row.replication_driver_data !== null &&
        row.replication_driver_data !== (here.name === 'fa1' ? 'default' : here.name);
      // An empty one that the array refused to let go is said in the log.
      const isRefused =
        allowances.refusals.named(pod.name) &&
        !array.volumes.some((volume) => !volume.destroyed && volume.name.startsWith(`${pod.name}::`));
      if (id !== undefined && !waits && !isElsewhere && !isRefused) {
        find('ghost-pod', `pod ${pod.name} is left on ${name}`);
      }
    }
    for (const snapshot of array.protectionGroupSnapshots.filter(({ destroyed }) => !destroyed)) {
      // One that the array refused to let go costs space only, and is said in the log.
      if (snapshot.name.endsWith('-tmp') && !allowances.refusals.named(snapshot.name)) {
        find('temporary-snapshot', `${snapshot.name} is left on ${name}`);
      }
    }
  }
  // A failover cuts off the last call of a move as well, which is that about the host of a connection that it ended.
  const isCutOff = [...knowledge.volumes.values()].some(({ retypes }) =>
    retypes.some(({ from, to }) => failovers.wentBetween(from, to)),
  );
  for (const [name, array] of states) {
    const used = new Set(array.connections.map(({ host }) => host));
    for (const host of array.hosts) {
      if (
        /-[0-9a-f]{32}-cinder$/.test(host.name) &&
        !used.has(host.name) &&
        // One that the array refused to let go is left behind, with a warning.
        !allowances.refusals.named(host.name) &&
        !isCutOff &&
        !grouped.has(`${name} ${host.name}`)
      ) {
        find('unused-host', `host ${host.name} on ${name} has no connection`);
      }
    }
  }
}

/** Groups of copies have none there: a protection group stays with what the copies were made of. */
export function judgeGroups(input: OracleInput, array: ArrayState, find: Find): void {
  const { rows, knowledge, site, failovers } = input;
  const live = new Map(
    array.protectionGroups
      .filter(({ destroyed, isReplica }) => !destroyed && !isReplica)
      .map((group) => [group.name, group]),
  );
  const volumes = new Set(array.volumes.filter(({ destroyed }) => !destroyed).map(({ name }) => name));
  const inPod = new Set(
    site.types.flatMap(({ name, replication }) =>
      replication === 'sync' || replication === 'trisync' ? [name] : [],
    ),
  );
  for (const row of rows.groups) {
    const { id, status, type } = row;
    if (isTroubled(status) || type === genericType || knowledge.repaired.has(id)) {
      continue;
    }
    const types = knowledge.groups.get(id)?.volumeTypes;
    const own = `consisgroup-${id}-cinder`;
    const [group] = [
      ...(types?.some((name) => inPod.has(name)) === true ? [] : [own]),
      ...(types?.every((name) => !inPod.has(name)) === true ? [] : [`cinder-pod::${own}`]),
    ].flatMap((name) => live.get(name) ?? []);
    const isSaidToBeElsewhere = row.place !== null && site.arrays.get(row.place) !== array.name;
    if (
      group === undefined &&
      isSaidToBeElsewhere &&
      failovers.isOnCopies(array.name) &&
      failovers.sawOne(row)
    ) {
      continue;
    }
    if (group === undefined && groupTypes[type ?? '']?.consistent_group_snapshot_enabled !== undefined) {
      find('group-missing', `group ${id} is ${status}, and ${array.name} has no protection group for it`);
      continue;
    }
    const members = rows.volumes.filter(({ group_id: own }) => own === id);
    // A status that somebody has set says nothing of what is there.
    const isDoubtful = ({ id: member, status: its }: VolumeRow): boolean =>
      isTroubled(its) || knowledge.volumes.get(member)?.isRepaired === true;
    const sound = members.filter((row) => !isDoubtful(row)).map((row) => row.provider_id ?? '');
    const doubtful = new Set(members.filter(isDoubtful).map((row) => row.provider_id));
    const present = (group?.volumes ?? []).filter((name) => volumes.has(name) && !doubtful.has(name));
    if (sound.toSorted().join() !== present.toSorted().join()) {
      find('wrong-members', `group ${id} has [${sound.join(', ')}], and the array [${present.join(', ')}]`);
    }
  }
  for (const name of live.keys()) {
    const [, id] = /consisgroup-([0-9a-f-]{36})-cinder$/.exec(name) ?? [];
    const isKnown =
      rows.groups.some((group) => group.id === id) ||
      isToBeRemoved(input, 'remove_protection_group', id ?? '');
    if (id !== undefined && !isKnown) {
      find('leaked-group', `${name} on ${array.name} has no record`);
    }
  }
}
