import type { BackendConfig } from '../config/backend-config.ts';
import type { DriverGroup, DriverSnapshot, DriverVolume, ExistingReference } from '../contract/records.ts';
import type { NameRole } from '../contract/volume-driver.ts';
import { isConsistent } from '../volume-types/group-type.ts';
import { isInPod, replicationOf } from '../volume-types/replication-kind.ts';
import { volumeGroupOf } from '../volume-types/type-settings.ts';
import { nameIn, nameInPod, parseArrayName } from './array-name.ts';
import { referencedName } from './existing-reference.ts';
import { groupName, groupSnapshotSuffix, memberSnapshotName } from './group-name.ts';
import { snapshotName, snapshotSuffix, volumeName } from './volume-name.ts';

type NamedVolume = Pick<DriverVolume, 'nameId' | 'providerId' | 'type'>;

/** Names on the array: those on record where there are any, else those that the configuration and the type give. */
export class DriverNames implements NameRole {
  readonly #config: Pick<BackendConfig, 'volumeNameTemplate' | 'snapshotNameTemplate' | 'replication'>;

  constructor(config: Pick<BackendConfig, 'volumeNameTemplate' | 'snapshotNameTemplate' | 'replication'>) {
    this.#config = config;
  }

  /** Without volume group or pod. */
  own(volume: Pick<DriverVolume, 'nameId'>): string {
    return volumeName(this.#config.volumeNameTemplate, volume.nameId);
  }

  /** What a new volume is to be called. */
  intendedVolume(volume: Pick<DriverVolume, 'nameId' | 'type'>): string {
    const own = this.own(volume);
    const { replication } = this.#config;
    if (replication !== null && isInPod(replicationOf(volume.type))) {
      return nameInPod(replication.pod, own);
    }
    const group = volumeGroupOf(volume.type);
    return nameIn(group === null ? { kind: 'array' } : { kind: 'volume-group', name: group.name }, own);
  }

  /** What a volume that is taken over is called first: it gets its own name where it is, in the pod that it is in. */
  intendedManaged(volume: Pick<DriverVolume, 'nameId' | 'type'>, reference: ExistingReference): string {
    const { pod } = parseArrayName(referencedName(reference, 'volume'));
    return pod === null ? this.intendedVolume(volume) : nameInPod(pod, this.own(volume));
  }

  of(volume: NamedVolume): string {
    return volume.providerId ?? this.intendedVolume(volume);
  }

  /** What a new snapshot is to be called; a member of a consistent group snapshot is part of that. */
  intendedSnapshot(snapshot: Pick<DriverSnapshot, 'id' | 'volume' | 'groupSnapshot'>): string {
    const volume = this.of(snapshot.volume);
    const { groupSnapshot } = snapshot;
    return groupSnapshot === null || !isConsistent(groupSnapshot.group)
      ? snapshotName(volume, snapshotSuffix(this.#config.snapshotNameTemplate, snapshot.id))
      : memberSnapshotName(
          `${this.ofGroup(groupSnapshot.group)}.${groupSnapshotSuffix(groupSnapshot.id)}`,
          volume,
        );
  }

  ofSnapshot(snapshot: DriverSnapshot): string {
    return snapshot.providerId ?? this.intendedSnapshot(snapshot);
  }

  /** The protection group of a consistency group. Groups of volumes that live in the pod are in the pod. */
  ofGroup(group: DriverGroup): string {
    const { replication } = this.#config;
    const name = groupName(group.id);
    return replication !== null && group.volumeTypes.some((type) => isInPod(replicationOf(type)))
      ? nameInPod(replication.pod, name)
      : name;
  }

  /**
   * Where the protection group is when the volume types of the group have changed since it was made (driver-behaviour
   * section 2.5); null: there is no pod.
   */
  otherOfGroup(group: DriverGroup): string | null {
    const { replication } = this.#config;
    const name = groupName(group.id);
    if (replication === null) {
      return null;
    }
    return this.ofGroup(group) === name ? nameInPod(replication.pod, name) : name;
  }
}
