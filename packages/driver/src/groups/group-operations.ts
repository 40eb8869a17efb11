import type { Logger } from '@cinder-flasharray/common';
import type { FlashArray } from '@cinder-flasharray/flasharray';
import type { VolumeGroupKeeper } from '../containers/volume-groups.ts';
import { settleInTurn } from '../contract/at-a-time.ts';
import { arrayFailure, DriverError, isTransient } from '../contract/driver-error.ts';
import { snapshotUpdate } from '../contract/record-updates.ts';
import type {
  DriverGroup,
  DriverGroupSnapshot,
  DriverSnapshot,
  DriverVolume,
  GroupSource,
  MemberDeletion,
  MemberSnapshotUpdate,
  MemberUpdate,
} from '../contract/records.ts';
import type { DeletionContext, GroupRole } from '../contract/volume-driver.ts';
import { parseArrayName } from '../names/array-name.ts';
import type { DriverNames } from '../names/driver-names.ts';
import { groupSnapshotSuffix, memberSnapshotName, temporarySuffix } from '../names/group-name.ts';
import type { Replication } from '../replication/replication.ts';
import { saysTrue } from '../volume-types/boolean-spec.ts';
import { isInPod, replicationOf } from '../volume-types/replication-kind.ts';
import type { VolumeOrigin } from '../volumes/create-volume.ts';
import type { VolumeOperations } from '../volumes/volume-operations.ts';
import {
  createProtectionGroup,
  createProtectionGroupSnapshot,
  deleteProtectionGroup,
  deleteProtectionGroupSnapshot,
  refuseForeignMembers,
} from './consistency-groups.ts';

export interface GroupOperationsDependencies {
  readonly array: FlashArray;
  readonly names: DriverNames;
  /** Null: no `replication_device`. */
  readonly replication: Replication | null;
  /** `backend_id` of the array. */
  readonly currentId: string;
  readonly volumes: VolumeOperations;
  readonly volumeGroups: VolumeGroupKeeper;
  /** Deleted groups and group snapshots go at once, and not when their time is up. */
  readonly eradicate: boolean;
  readonly logger: Logger;
}

/** Consistency groups as protection groups of the array. */
export class GroupOperations implements GroupRole {
  readonly #dependencies: GroupOperationsDependencies;

  constructor(dependencies: GroupOperationsDependencies) {
    this.#dependencies = dependencies;
  }

  /** One round; a replicated group is wired to every target besides. */
  async create(group: DriverGroup): Promise<void> {
    const { array, names, replication, currentId } = this.#dependencies;
    const name = names.ofGroup(group);
    if (replication !== null && parseArrayName(name).pod !== null && !replication.servesPod(currentId)) {
      // The pod of that name on the third of three sites holds copies, and is not the one that is stretched.
      throw new DriverError(
        'invalid-volume-type',
        `Volume types ${namesOf(group.volumeTypes)} ask for replication of the pod, which array ${currentId} does not serve.`,
        { nothingMade: true },
      );
    }
    if (!saysTrue(group.typeSpecs.consistent_group_replication_enabled)) {
      refuseMixedReplication(group);
      await createProtectionGroup(array, name);
      return;
    }
    if (replication === null) {
      throw new DriverError('invalid-volume-type', 'Replication not properly configured on backend.', {
        nothingMade: true,
      });
    }
    refuseUnlessAsynchronous(group);
    try {
      await replication.setUpGroup(array, name);
    } catch (error) {
      throw arrayFailure(`Setting up replication of protection group ${name}`, error);
    }
  }

  async update(
    group: DriverGroup,
    { add, remove }: { readonly add: readonly DriverVolume[]; readonly remove: readonly DriverVolume[] },
  ): Promise<void> {
    const { array, names } = this.#dependencies;
    const change = {
      add: add.map((volume) => names.of(volume)),
      remove: remove.map((volume) => names.of(volume)),
    };
    await this.#underEitherName(group, async (name) => {
      refuseForeignMembers(name, change.add);
      try {
        await array.protectionGroups.changeVolumes(name, change);
      } catch (error) {
        throw arrayFailure(`Changing the volumes of protection group ${name}`, error);
      }
    });
  }

  /**
   * Members that the array refuses to delete keep none of the others.
   * @throws DriverError about trouble that may pass: those that are gone may be deleted again
   */
  async delete(
    group: DriverGroup,
    volumes: readonly DriverVolume[],
    contextOf: (volume: DriverVolume) => DeletionContext = () => ({}),
  ): Promise<readonly MemberDeletion[]> {
    const { array, logger, eradicate, names } = this.#dependencies;
    const other = this.#otherOf(group);
    const removal = await deleteProtectionGroup(array, logger, names.ofGroup(group), eradicate);
    if (removal === 'absent' && other !== null) {
      await deleteProtectionGroup(array, logger, other, eradicate);
    }
    const outcomes = await settleInTurn(volumes, (volume) =>
      this.#dependencies.volumes.delete(volume, contextOf(volume)),
    );
    throwTransient(`Deleting the volumes of group ${group.id}`, outcomes);
    return volumes.map(({ id }, index): MemberDeletion => {
      const outcome = outcomes[index];
      return outcome?.status === 'rejected'
        ? { id, kind: 'failed', error: arrayFailure(`Deleting volume ${id}`, outcome.reason) }
        : { id, kind: 'deleted' };
    });
  }

  async createSnapshot(
    groupSnapshot: DriverGroupSnapshot,
    snapshots: readonly DriverSnapshot[],
  ): Promise<readonly MemberSnapshotUpdate[]> {
    const { array, names } = this.#dependencies;
    const suffix = groupSnapshotSuffix(groupSnapshot.id);
    const volumes = snapshots.map(({ volume }) => names.of(volume));
    const [group, outcome] = await this.#underEitherName(
      groupSnapshot.group,
      async (name) => [name, await createProtectionGroupSnapshot(array, name, suffix, volumes)] as const,
    );
    const updates = snapshots.map((snapshot): MemberSnapshotUpdate => {
      const name = memberSnapshotName(`${group}.${suffix}`, names.of(snapshot.volume));
      return { id: snapshot.id, ...snapshotUpdate(array, snapshot, name) };
    });
    if (outcome === 'taken-before') {
      await this.#requireParts(updates.map(({ providerId }) => providerId));
    }
    return updates;
  }

  async deleteSnapshot(groupSnapshot: DriverGroupSnapshot): Promise<void> {
    const { array, logger, eradicate, names } = this.#dependencies;
    const suffix = groupSnapshotSuffix(groupSnapshot.id);
    const remove = (group: string) =>
      deleteProtectionGroupSnapshot(array, logger, `${group}.${suffix}`, eradicate);
    const other = this.#otherOf(groupSnapshot.group);
    if ((await remove(names.ofGroup(groupSnapshot.group))) === 'absent' && other !== null) {
      await remove(other);
    }
  }

  /** An array without pods has no group of any other name, and is not asked for one. */
  #otherOf(group: DriverGroup): string | null {
    const { array, names } = this.#dependencies;
    return array.capabilities.containers ? names.otherOfGroup(group) : null;
  }

  /** The array is asked for the other name only when it has no group of the one that the volume types give. */
  async #underEitherName<T>(group: DriverGroup, work: (name: string) => Promise<T>): Promise<T> {
    const { names } = this.#dependencies;
    const other = this.#otherOf(group);
    try {
      return await work(names.ofGroup(group));
    } catch (error) {
      // Or it is the wrong place for the volumes that are to join.
      const isMissing =
        error instanceof DriverError && (error.arrayCode === 'not-found' || error.arrayCode === null);
      if (!isMissing || other === null || !(await this.#isUnder(other, names.ofGroup(group)))) {
        throw error;
      }
    }
    return await work(other);
  }

  /** Whether a protection group has the one name, and none the other. */
  async #isUnder(one: string, other: string): Promise<boolean> {
    const { protectionGroups } = this.#dependencies.array;
    try {
      const [there, absent] = await Promise.all([protectionGroups.find(one), protectionGroups.find(other)]);
      return there === 'live' && absent === 'absent';
    } catch (error) {
      throw arrayFailure(`Looking for protection group ${one}`, error);
    }
  }

  async createFrom(group: DriverGroup, source: GroupSource): Promise<readonly MemberUpdate[]> {
    try {
      await this.create(group);
    } catch (error) {
      // An earlier try may have taken the temporary snapshot.
      if (source.kind === 'group' && !isTransient(error)) {
        await this.#removeTemporary(group, source.group);
      }
      throw error;
    }
    return source.kind === 'group-snapshot'
      ? await this.#copyAll(
          group,
          source.members.map(({ volume, snapshot }) => ({
            volume,
            origin: this.#partOf(source.groupSnapshot, snapshot),
          })),
        )
      : await this.#copyGroup(group, source);
  }

  async clearCopy(copy: Pick<DriverGroup, 'id'>, source: DriverGroup): Promise<void> {
    const { array, logger, eradicate, names } = this.#dependencies;
    const name = `${names.ofGroup(source)}.${temporarySuffix(copy.id)}`;
    await deleteProtectionGroupSnapshot(array, logger, name, eradicate);
  }

  /** Copies the volumes as they are at one point in time, by way of a snapshot that lives no longer than that. */
  async #copyGroup(
    group: DriverGroup,
    source: Extract<GroupSource, { readonly kind: 'group' }>,
  ): Promise<readonly MemberUpdate[]> {
    const { array, names } = this.#dependencies;
    const from = names.ofGroup(source.group);
    const suffix = temporarySuffix(group.id);
    const name = `${from}.${suffix}`;
    const members = source.members.map((member) => {
      const volume = names.of(member.source);
      return {
        volume: member.volume,
        source: volume,
        origin: { kind: 'snapshot', name: memberSnapshotName(name, volume), volume } as const,
      };
    });
    let copies: readonly MemberUpdate[];
    try {
      if ((await this.#stateOf(name)) !== 'destroyed') {
        // A destroyed one is left of an earlier try that had made every copy: they are taken up below.
        const sources = members.map((member) => member.source);
        await createProtectionGroupSnapshot(array, from, suffix, sources);
      }
      copies = await this.#copyAll(group, members);
    } catch (error) {
      // The next try copies from it what is still missing.
      if (!isTransient(error)) {
        await this.#removeTemporary(group, source.group);
      }
      throw error;
    }
    await this.#removeTemporary(group, source.group);
    return copies;
  }

  async #removeTemporary(copy: DriverGroup, source: DriverGroup): Promise<void> {
    try {
      await this.clearCopy(copy, source);
    } catch (error) {
      // The next try takes up the copies, and comes here again. What is refused (SafeMode) costs only space.
      if (isTransient(error)) {
        throw error;
      }
      this.#dependencies.logger.warn(
        { reason: error instanceof Error ? error.message : String(error) },
        'a temporary group snapshot stays on the array',
      );
    }
  }

  /**
   * Every copy or none: a group with some of its volumes is no copy of the group. After trouble that may pass the copies
   * stay, because the next try takes them up and could not make them again beside destroyed ones.
   */
  async #copyAll(
    group: DriverGroup,
    members: readonly { readonly volume: DriverVolume; readonly origin: VolumeOrigin }[],
  ): Promise<readonly MemberUpdate[]> {
    const { array, names, volumes, logger } = this.#dependencies;
    const doing = `Copying the volumes of group ${group.id}`;
    const outcomes = await settleInTurn(members, async ({ volume, origin }): Promise<MemberUpdate> => {
      const update = await volumes.createFrom({ ...volume, group }, origin);
      return { id: volume.id, ...update };
    });
    const failure = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failure === undefined) {
      return outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    }
    throwTransient(doing, outcomes);
    const made = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    const removals = await settleInTurn(made, async ({ providerId }) => {
      try {
        await this.#destroyVolume(providerId);
      } catch (error) {
        // The next try takes the copy up, and fails the same way. What is refused stays, for the group in error.
        if (isTransient(error)) {
          throw error;
        }
        logger.warn(
          { volume: providerId, reason: error instanceof Error ? error.message : String(error) },
          'a copy for a group that failed stays on the array',
        );
      }
    });
    throwTransient(doing, removals);
    await deleteProtectionGroup(array, logger, names.ofGroup(group), false);
    throw arrayFailure(doing, failure.reason);
  }

  /** With the volume group that it leaves empty. Never eradicates the volume. */
  async #destroyVolume(name: string): Promise<void> {
    const { array, volumeGroups } = this.#dependencies;
    await array.volumes.destroy(name);
    const group = parseArrayName(name).volumeGroup;
    if (group !== null) {
      await volumeGroups.destroyIfEmpty(group);
    }
  }

  #partOf(groupSnapshot: DriverGroupSnapshot, snapshot: DriverSnapshot): VolumeOrigin {
    const { names } = this.#dependencies;
    const volume = names.of(snapshot.volume);
    const name = `${names.ofGroup(groupSnapshot.group)}.${groupSnapshotSuffix(groupSnapshot.id)}`;
    return { kind: 'snapshot', name: snapshot.providerId ?? memberSnapshotName(name, volume), volume };
  }

  async #stateOf(groupSnapshot: string): Promise<'live' | 'destroyed' | 'absent'> {
    try {
      return await this.#dependencies.array.protectionGroups.findSnapshot(groupSnapshot);
    } catch (error) {
      throw arrayFailure(`Looking for protection group snapshot ${groupSnapshot}`, error);
    }
  }

  async #requireParts(names: readonly string[]): Promise<void> {
    const { array } = this.#dependencies;
    const outcomes = await settleInTurn(names, async (name) => {
      if ((await array.snapshots.find(name)).kind !== 'live') {
        throw new DriverError('driver', `Snapshot ${name} is not on array ${array.identity.name}.`);
      }
    });
    const failure = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failure !== undefined) {
      throw arrayFailure('Looking at the parts of a group snapshot', failure.reason);
    }
  }
}

/** Trouble that may pass with any of them: all are done again, and those that are done make no difference. */
function throwTransient(doing: string, outcomes: readonly PromiseSettledResult<unknown>[]): void {
  const passing = outcomes.find((outcome) => outcome.status === 'rejected' && isTransient(outcome.reason));
  if (passing?.status === 'rejected') {
    throw arrayFailure(doing, passing.reason);
  }
}

/** A group is in a pod or outside of it: its volumes must be alike. */
function refuseMixedReplication({ volumeTypes }: DriverGroup): void {
  const kinds = volumeTypes.map(replicationOf);
  const replicated = kinds.find((kind) => kind !== null);
  const inPod = kinds.filter(isInPod).length;
  if (inPod > 0 && inPod < kinds.length) {
    throw new DriverError(
      'invalid-volume-type',
      `A group cannot hold volume types with ${replicated} replication beside others: ${namesOf(volumeTypes)}.`,
      { nothingMade: true },
    );
  }
}

/** A group that is replicated as one is an asynchronous one, or that of the third site. */
function refuseUnlessAsynchronous({ volumeTypes }: DriverGroup): void {
  const [first, ...others] = volumeTypes.map(replicationOf);
  if ((first !== 'async' && first !== 'trisync') || others.some((kind) => kind !== first)) {
    throw new DriverError(
      'invalid-volume-type',
      `A replicated group needs volume types that are all async, or all trisync: ${namesOf(volumeTypes)}.`,
      { nothingMade: true },
    );
  }
}

function namesOf(types: DriverGroup['volumeTypes']): string {
  return types.map(({ name }) => name).join(', ');
}
