import { gibibytes } from '@cinder-flasharray/common';
import type {
  DriverGroup,
  DriverGroupSnapshot,
  DriverSnapshot,
  DriverVolume,
  DriverVolumeType,
} from '@cinder-flasharray/driver';
import type {
  GroupRecord,
  GroupSnapshotRecord,
  Records,
  SnapshotRecord,
  VolumeRecord,
  VolumeTypeRecord,
} from '@cinder-flasharray/store';

/** The records that a driver's view of a volume is made of. */
export type Lookups = {
  readonly [Table in 'volumeTypes' | 'qosSpecs' | 'groups' | 'groupTypes' | 'groupSnapshots']: Pick<
    Records[Table],
    'get'
  >;
};

/** For the views of several objects: what they have in common, as their type, is read once. */
export function readOnce(records: Lookups): Lookups {
  return {
    volumeTypes: { get: once((id) => records.volumeTypes.get(id)) },
    qosSpecs: { get: once((id) => records.qosSpecs.get(id)) },
    groups: { get: once((id) => records.groups.get(id)) },
    groupTypes: { get: once((id) => records.groupTypes.get(id)) },
    groupSnapshots: { get: once((id) => records.groupSnapshots.get(id)) },
  };
}

function once<Row>(read: (id: string) => Promise<Row>): (id: string) => Promise<Row> {
  const known = new Map<string, Promise<Row>>();
  return (id) => {
    const row = known.get(id) ?? read(id);
    known.set(id, row);
    return row;
  };
}

/** A row as the driver wants it, with its type and group. */
export async function driverVolume(records: Lookups, volume: VolumeRecord): Promise<DriverVolume> {
  // Its type is one of its group's as well.
  const lookups = volume.groupId === null ? records : readOnce(records);
  const [type, group] = await Promise.all([
    driverVolumeType(lookups, volume.volumeTypeId),
    driverGroupById(lookups, volume.groupId),
  ]);
  return {
    id: volume.id,
    nameId: volume.nameId ?? volume.id,
    size: gibibytes(volume.size),
    providerId: volume.providerId,
    metadata: volume.metadata,
    projectId: volume.projectId,
    bootable: volume.bootable,
    type,
    group,
  };
}

export async function driverSnapshot(
  records: Lookups,
  snapshot: SnapshotRecord,
  volume: VolumeRecord,
): Promise<DriverSnapshot> {
  const groupSnapshot =
    snapshot.groupSnapshotId === null ? null : await records.groupSnapshots.get(snapshot.groupSnapshotId);
  return {
    id: snapshot.id,
    providerId: snapshot.providerId,
    volumeSize: gibibytes(snapshot.volumeSize),
    metadata: snapshot.metadata,
    volume: await driverVolume(records, volume),
    groupSnapshot: groupSnapshot === null ? null : await driverGroupSnapshot(records, groupSnapshot),
  };
}

/** Null when the type is gone: the volume is then treated as one of a type without specs. */
export async function driverVolumeType(records: Lookups, id: string): Promise<DriverVolumeType | null> {
  const type = await records.volumeTypes.get(id);
  return type === null ? null : await driverTypeOf(records, type);
}

export async function driverTypeOf(records: Lookups, type: VolumeTypeRecord): Promise<DriverVolumeType> {
  const qos = type.qosSpecsId === null ? null : await records.qosSpecs.get(type.qosSpecsId);
  return {
    name: type.name,
    extraSpecs: type.extraSpecs,
    qos: qos === null ? null : { consumer: qos.consumer, specs: qos.specs },
  };
}

export async function driverGroup(
  records: Lookups,
  group: Pick<GroupRecord, 'id' | 'groupTypeId' | 'volumeTypeIds'>,
): Promise<DriverGroup> {
  const [groupType, ...types] = await Promise.all([
    records.groupTypes.get(group.groupTypeId),
    ...group.volumeTypeIds.map((id) => driverVolumeType(records, id)),
  ]);
  return {
    id: group.id,
    typeSpecs: groupType?.groupSpecs ?? {},
    volumeTypes: types.filter((type) => type !== null),
  };
}

/** The group may be gone already while its snapshot is not: its name on the array is made of its id alone. */
export async function driverGroupSnapshot(
  records: Lookups,
  groupSnapshot: GroupSnapshotRecord,
): Promise<DriverGroupSnapshot> {
  const group = await driverGroupById(records, groupSnapshot.groupId);
  const groupType = await records.groupTypes.get(groupSnapshot.groupTypeId);
  return {
    id: groupSnapshot.id,
    group: group ?? { id: groupSnapshot.groupId, typeSpecs: groupType?.groupSpecs ?? {}, volumeTypes: [] },
  };
}

async function driverGroupById(records: Lookups, id: string | null): Promise<DriverGroup | null> {
  const group = id === null ? null : await records.groups.get(id);
  return group === null ? null : await driverGroup(records, group);
}
