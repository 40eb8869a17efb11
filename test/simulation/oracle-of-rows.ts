import type { KnownVolume } from './knowledge.ts';
import { type Find, isTroubled, type OracleInput } from './oracle-input.ts';

/** What answers said stays true. */
export function judgePromises({ rows, knowledge, allowances }: OracleInput, find: Find): void {
  const volumes = new Map(rows.volumes.map((row) => [row.id, row]));
  for (const known of knowledge.volumes.values()) {
    const row = volumes.get(known.id);
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
    if (known.presence === 'no' && !(allowances.errors && isTroubled(row.status))) {
      find('delete-dropped', `volume ${known.id} was deleted, and its record is ${row.status}`);
    }
    if (isTroubled(row.status)) {
      continue;
    }
    if (known.sizes.size > 0 && !known.sizes.has(row.size) && !allowances.errors) {
      find(
        'size-dropped',
        `volume ${known.id} has ${row.size} GiB, and not ${[...known.sizes].join(' or ')}`,
      );
    }
    if (known.types.size > 0 && !known.types.has(row.type ?? '') && !allowances.errors) {
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
    if (row !== undefined && known.presence === 'no' && !(allowances.errors && isTroubled(row.status))) {
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
      if (row !== undefined && presence === 'no' && !allowances.errors) {
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

export function judgeStatuses({ rows, allowances, knowledge }: OracleInput, find: Find): void {
  const volumeOf = (id: string): KnownVolume | undefined => knowledge.volumes.get(id);
  if (!allowances.errors) {
    const isUnplaced = (host: string | null): boolean => host === null && allowances.unplaced;
    for (const { id, status, host } of rows.volumes) {
      if (isTroubled(status) && volumeOf(id)?.isRepaired !== true && !isUnplaced(host)) {
        find('error-without-cause', `volume ${id} is ${status}`);
      }
    }
    for (const { id, status, volume_id: volume } of rows.snapshots) {
      if (isTroubled(status) && volumeOf(volume)?.isRepaired !== true) {
        find('error-without-cause', `snapshot ${id} is ${status}`);
      }
    }
    for (const { id, status, host } of rows.groups) {
      if (isTroubled(status) && !isUnplaced(host) && knowledge.groups.get(id)?.mayFail !== true) {
        find('error-without-cause', `group ${id} is ${status}`);
      }
    }
    for (const { id, status } of rows.groupSnapshots) {
      if (isTroubled(status)) {
        find('error-without-cause', `group snapshot ${id} is ${status}`);
      }
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
export function judgeQuota({ rows }: OracleInput, find: Find): void {
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
