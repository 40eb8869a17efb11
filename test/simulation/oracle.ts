import type { ArrayState, SimulatorControl } from '@cinder-flasharray/simulator';
import type { Knowledge, KnownSnapshot, KnownVolume } from './knowledge.ts';
import { consistentType, genericType, hostNames, initiatorOf, writtenValue } from './operations.ts';
import type { Rows, SnapshotRow, VolumeRow } from './rows.ts';
import type { Site } from './site.ts';

/** What a world may end with, by what was done to it. Everything else is a promise that was broken. */
export interface Allowances {
  /** Objects may end in error: the array refused for long, or a rule of failover says so. */
  readonly errors: boolean;
  /** The back end took nothing new for a while: what was asked for then ends in error, on no back end. */
  readonly unplaced: boolean;
  /** Contents may be those of an earlier time: asynchronous copies were taken. */
  readonly olderContents: boolean;
  /** Attachments made on another array need no connection on this one. */
  readonly lostConnections: boolean;
}

export interface OracleInput {
  readonly rows: Rows;
  readonly site: Site;
  readonly knowledge: Knowledge;
  readonly control: SimulatorControl;
  readonly allowances: Allowances;
}

const gib = 2 ** 30;
const mebibyte = 2 ** 20;
const ownVolume = /(?:^|\/|::)(volume-([0-9a-f-]{36})-cinder)$/;
const isTroubled = (status: string): boolean => status.startsWith('error');

/** Array that work is done on, by what the service says. */
export function currentArray(site: Site, rows: Rows): string {
  const active = rows.service?.active_backend_id ?? '';
  return site.arrays.get(active === '' || active === null ? 'default' : active) ?? 'fa1';
}

/** Compares what the service says, what it promised, and what the arrays have. @returns what is wrong */
export async function judge(input: OracleInput): Promise<readonly string[]> {
  const { rows, site, control } = input;
  const current = currentArray(site, rows);
  const states = new Map<string, ArrayState>();
  for (const array of site.arrays.values()) {
    states.set(array, await control.state(array));
  }
  const here = states.get(current);
  if (here === undefined) {
    return [`there is no array ${current}`];
  }
  const findings: string[] = [];
  const find = (category: string, text: string): void => {
    findings.push(`[${category}] ${text}`);
  };
  judgePromises(input, find);
  judgeStatuses(input, find);
  judgeVolumes(input, here, find);
  judgeSnapshots(input, here, find);
  judgeLeftovers(input, states, here, find);
  judgeConnections(input, states, current, find);
  judgeGroups(input, here, find);
  judgeQuota(input, find);
  await judgeContents(input, current, find);
  return findings;
}

type Find = (category: string, text: string) => void;

/** What answers said stays true. */
function judgePromises({ rows, knowledge, allowances }: OracleInput, find: Find): void {
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

function judgeStatuses({ rows, allowances, knowledge }: OracleInput, find: Find): void {
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

/** One live object for each record, as its type wants it. */
function judgeVolumes({ rows, site, knowledge }: OracleInput, array: ArrayState, find: Find): void {
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
    judgeType(row, found, site, knowledge.volumes.get(row.id) ?? null, array, find);
  }
}

function judgeType(
  row: VolumeRow,
  found: ArrayState['volumes'][number],
  site: Site,
  known: KnownVolume | null,
  array: ArrayState,
  find: Find,
): void {
  const type = site.types.find(({ name }) => name === row.type);
  if (type === undefined) {
    return;
  }
  const isInPod = type.replication === 'sync' || type.replication === 'trisync';
  const pod = isInPod ? 'cinder-pod' : (known?.plainPod ?? null);
  const container = pod !== null ? `${pod}::` : type.volumeGroup !== null ? `${type.volumeGroup}/` : '';
  // Where an administrator kept what he gave is known only to whom was told.
  if (known !== null && found.name !== `${container}volume-${row.id}-cinder` && known.plainPod === null) {
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

function judgeSnapshots({ rows }: OracleInput, array: ArrayState, find: Find): void {
  const live = new Map(
    array.snapshots.filter(({ destroyed }) => !destroyed).map((snapshot) => [snapshot.name, snapshot]),
  );
  const volumes = new Map(rows.volumes.map((row) => [row.id, row]));
  for (const row of rows.snapshots) {
    if (isTroubled(row.status) || isTroubled(volumes.get(row.volume_id)?.status ?? 'error')) {
      continue;
    }
    const found = live.get(row.provider_id ?? '');
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

/**
 * Every object of ours has a record. Left over by design, and so not looked for: destroyed objects that wait for their
 * eradication; volumes that were unmanaged (`-unmanaged`); what an asynchronous target keeps of earlier times; copies of
 * volumes on the array that was failed over from, until it is current again; the pods and groups that replication works
 * with.
 */
function judgeLeftovers(
  { rows, site }: OracleInput,
  states: ReadonlyMap<string, ArrayState>,
  here: ArrayState,
  find: Find,
): void {
  const volumes = new Map(rows.volumes.map((row) => [row.id, row]));
  const recorded = new Set(rows.snapshots.map(({ provider_id: name }) => name));
  const ids = new Set([...rows.snapshots, ...rows.groupSnapshots].map(({ id }) => id));
  for (const [name, array] of states) {
    const isHere = name === here.name;
    for (const volume of array.volumes.filter(({ destroyed }) => !destroyed)) {
      const id = ownVolume.exec(volume.name)?.[2];
      const row = id === undefined ? undefined : volumes.get(id);
      if (id !== undefined && row === undefined && (isHere || site.name !== 'async')) {
        find('leaked-volume', `${volume.name} on ${name} has no record`);
      }
    }
    if (!isHere) {
      continue;
    }
    for (const snapshot of array.snapshots.filter(({ destroyed }) => !destroyed)) {
      const [, id] = /(?:\.snapshot-|\.cgsnapshot-)([0-9a-f-]{36})/.exec(snapshot.name) ?? [];
      if (id !== undefined && !recorded.has(snapshot.name) && !ids.has(id)) {
        find('leaked-snapshot', `${snapshot.name} on ${name} has no record`);
      }
    }
    for (const group of array.volumeGroups.filter(({ destroyed }) => !destroyed)) {
      const members = array.volumes.filter(
        (volume) => !volume.destroyed && volume.name.startsWith(`${group.name}/`),
      );
      if (members.length === 0) {
        find('empty-volume-group', `volume group ${group.name} on ${name} has no volume`);
      }
    }
    for (const pod of array.pods.filter(({ destroyed }) => !destroyed)) {
      if (pod.name.startsWith('cinder-ghost-pod')) {
        find('ghost-pod', `pod ${pod.name} is left on ${name}`);
      }
    }
    for (const snapshot of array.protectionGroupSnapshots.filter(({ destroyed }) => !destroyed)) {
      if (snapshot.name.endsWith('-tmp')) {
        find('temporary-snapshot', `${snapshot.name} is left on ${name}`);
      }
    }
  }
  for (const [name, array] of states) {
    const used = new Set(array.connections.map(({ host }) => host));
    for (const host of array.hosts) {
      if (/-[0-9a-f]{32}-cinder$/.test(host.name) && !used.has(host.name) && host.hostGroup === null) {
        find('unused-host', `host ${host.name} on ${name} has no connection`);
      }
    }
  }
}

/** Connections are the attachments, neither more nor less. */
function judgeConnections(
  { rows, site, knowledge, allowances }: OracleInput,
  states: ReadonlyMap<string, ArrayState>,
  current: string,
  find: Find,
): void {
  const wanted = new Map<string, string>();
  const doubtful = new Set<string>();
  for (const row of rows.attachments) {
    const host = hostNames.find((name) => row.connector?.includes(initiatorOf(name)) === true);
    const isMade = row.attach_status === 'attached' || row.attach_status === 'attaching';
    if (host !== undefined && isMade) {
      wanted.set(`${row.volume_id} ${host}`, row.id);
    } else if (isTroubled(row.attach_status ?? '') && host !== undefined && allowances.errors) {
      doubtful.add(`${row.volume_id} ${host}`);
    }
  }
  for (const { volumeId, host, state } of knowledge.connections.values()) {
    if (state === 'connected' && rows.volumes.some(({ id }) => id === volumeId)) {
      wanted.set(`${volumeId} ${host}`, 'the older calls');
    } else if (state === 'unclear') {
      doubtful.add(`${volumeId} ${host}`);
    }
  }
  for (const [name, array] of states) {
    const made = madeConnections(array);
    for (const pair of made) {
      if (!wanted.has(pair) && !doubtful.has(pair)) {
        find('connection-without-attachment', `${name} shows volume ${pair}, and nobody attached it`);
      }
    }
    if (name !== current && !(site.uniform && !allowances.lostConnections)) {
      continue;
    }
    for (const [pair, by] of wanted) {
      const [volume = ''] = pair.split(' ');
      const row = rows.volumes.find(({ id }) => id === volume);
      const isUsable = row !== undefined && !isTroubled(row.status);
      const isHere =
        name === current ||
        (row?.provider_id?.startsWith('cinder-pod::') === true &&
          knowledge.volumes.get(volume)?.types.size === 1);
      if (isUsable && isHere && !made.has(pair) && !allowances.lostConnections) {
        find(
          'attachment-without-connection',
          `${name} does not show volume ${pair}, which has attachment ${by}`,
        );
      }
    }
  }
}

function madeConnections(array: ArrayState): ReadonlySet<string> {
  const made = new Set<string>();
  for (const { volume, host } of array.connections) {
    const id = ownVolume.exec(volume)?.[2];
    const machine = hostNames.find((name) =>
      array.hosts.some((candidate) => candidate.name === host && candidate.iqns.includes(initiatorOf(name))),
    );
    if (id !== undefined && machine !== undefined) {
      made.add(`${id} ${machine}`);
    }
  }
  return made;
}

function judgeGroups({ rows }: OracleInput, array: ArrayState, find: Find): void {
  const live = new Map(
    array.protectionGroups
      .filter(({ destroyed, isReplica }) => !destroyed && !isReplica)
      .map((group) => [group.name, group]),
  );
  const volumes = new Set(array.volumes.filter(({ destroyed }) => !destroyed).map(({ name }) => name));
  for (const { id, status, type } of rows.groups) {
    if (isTroubled(status) || type === genericType) {
      continue;
    }
    const group = live.get(`consisgroup-${id}-cinder`);
    if (type === consistentType && group === undefined) {
      find('group-missing', `group ${id} is ${status}, and ${array.name} has no protection group for it`);
      continue;
    }
    const members = rows.volumes.filter(({ group_id: own }) => own === id);
    const sound = members.filter((row) => !isTroubled(row.status)).map((row) => row.provider_id ?? '');
    const doubtful = new Set(members.filter((row) => isTroubled(row.status)).map((row) => row.provider_id));
    const present = (group?.volumes ?? []).filter((name) => volumes.has(name) && !doubtful.has(name));
    if (sound.toSorted().join() !== present.toSorted().join()) {
      find('wrong-members', `group ${id} has [${sound.join(', ')}], and the array [${present.join(', ')}]`);
    }
  }
  for (const name of live.keys()) {
    const [, id] = /consisgroup-([0-9a-f-]{36})-cinder$/.exec(name) ?? [];
    if (id !== undefined && !rows.groups.some((group) => group.id === id)) {
      find('leaked-group', `${name} on ${array.name} has no record`);
    }
  }
}

/** What counts against a project is what there is. */
function judgeQuota({ rows }: OracleInput, find: Find): void {
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

async function judgeContents(
  { rows, knowledge, control, allowances }: OracleInput,
  current: string,
  find: Find,
): Promise<void> {
  const read = async (name: string): Promise<number | null> => {
    try {
      return writtenValue(await control.readVolume(current, name, 0, 8));
    } catch {
      // It is not there, which others find.
      return null;
    }
  };
  const compare = async (
    kind: string,
    row: VolumeRow | SnapshotRow,
    known: KnownVolume | KnownSnapshot | undefined,
    isRepaired: boolean,
  ): Promise<void> => {
    // Nothing is known of what a copy holds whose source nobody knew.
    if (known === undefined || known.contents.size === 0) {
      return;
    }
    if (isRepaired || isTroubled(row.status) || row.provider_id === null) {
      return;
    }
    const value = await read(row.provider_id);
    const older = 'history' in known && allowances.olderContents ? [...known.history, 0] : [];
    if (value !== null && !known.contents.has(value) && !older.includes(value)) {
      find(
        'wrong-content',
        `${kind} ${row.id} reads ${value} instead of ${[...known.contents].slice(0, 6).join(' or ')}`,
      );
    }
  };
  for (const row of rows.volumes) {
    const known = knowledge.volumes.get(row.id);
    await compare('volume', row, known, known?.isRepaired ?? false);
  }
  for (const row of rows.snapshots) {
    const volume = knowledge.volumes.get(row.volume_id);
    await compare('snapshot', row, knowledge.snapshots.get(row.id), volume?.isRepaired ?? false);
  }
}
