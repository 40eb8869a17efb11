import {
  type DeletionContext,
  DriverError,
  isTransient,
  type MemberDeletion,
} from '@cinder-flasharray/driver';
import { z } from 'zod';
import { brokenOffMove, statusBeforeRemoval } from '../../rows/broken-off-move.ts';
import { groupLeftBehindOn } from '../../rows/current-array.ts';
import { driverGroup, driverVolume, readOnce } from '../../rows/driver-views.ts';
import { withOwnWork } from '../../rows/own-work.ts';
import { changeUsage, giveBackVolumeQuota } from '../../rows/usage.ts';
import { operation } from '../../run/definition.ts';
import { nothingTaken } from '../../run/endings.ts';
import { exclusive } from '../../run/resource.ts';
import { disconnectedFrom } from '../connections/make-up-disconnect.ts';
import { releasedLater } from '../connections/release-host.ts';
import { deferOthers } from '../originals/remove-original.ts';
import { deferProtectionGroup } from '../originals/remove-protection-group.ts';
import { asGroupOrOneByOne, oneAfterTheOther } from './as-group.ts';
import { settleGroup } from './group-rows.ts';

/** Deletes a group with its volumes. Those that cannot be deleted stay, in error, with the group; the others go. */
export const deleteGroup = operation('delete_group', {
  details: z.object({ groupId: z.string() }),
  resourceId: ({ groupId }) => groupId,
  claim: ({ groupId }) => ({ kind: 'group', id: groupId, status: 'deleting' }),
  touches: async (records, { groupId }) => [
    exclusive('group', groupId),
    ...(await records.volumes.ofGroup(groupId)).flatMap(({ id }) => [
      exclusive('volume', id),
      exclusive('connections', id),
    ]),
  ],
  host: async (records, { groupId }) => (await records.groups.summary(groupId))?.host ?? null,
  load: async (records, { groupId }) => {
    const lookups = readOnce(records);
    const group = await lookups.groups.get(groupId);
    if (group === null) {
      return null;
    }
    const volumes = (await records.volumes.ofGroup(groupId)).filter(({ status }) => status === 'deleting');
    const copies = await records.volumes.copiesOf(volumes.map(({ id }) => id));
    return {
      group,
      volumes,
      given: await driverGroup(lookups, group),
      members: await Promise.all(
        volumes.map(async (volume) => ({
          volume,
          given: await driverVolume(lookups, volume),
          move: await brokenOffMove(records, volume),
          copies: copies.get(volume.id) ?? [],
        })),
      ),
    };
  },
  // A group without a back end never was on any array.
  withoutArray: ({ group, volumes }) =>
    group.host === null ? { made: volumes.map(({ id }): MemberDeletion => ({ id, kind: 'deleted' })) } : null,
  perform: (driver, { given: group, members }, call): Promise<readonly MemberDeletion[]> => {
    const contexts = new Map<string, DeletionContext>(
      members.map(({ volume, move }) => [volume.id, { move, ending: releasedLater(volume, call) }]),
    );
    const volumes = members.map(({ given }) => given);
    return asGroupOrOneByOne(
      () => driver.groups.delete(group, volumes, ({ id }) => contexts.get(id) ?? {}),
      () =>
        oneAfterTheOther(volumes, async (volume): Promise<MemberDeletion> => {
          const { id } = volume;
          try {
            await driver.volumes.delete(volume, contexts.get(id));
            return { id, kind: 'deleted' };
          } catch (error) {
            // After trouble that may pass all are deleted again; those that are gone make no difference.
            if (error instanceof DriverError && !isTransient(error)) {
              return { id, kind: 'failed', error };
            }
            throw error;
          }
        }),
    );
  },
  interrupted: 'again',
  done: ({ group, volumes, members }, outcomes) => ({
    write: async (records) => {
      const gone = deletedOf(outcomes);
      // Written again after a crash, some are gone already.
      const left = new Set((await records.volumes.ofGroup(group.id)).map(({ id }) => id));
      const live = members.filter(({ volume }) => left.has(volume.id));
      const deleted = live.filter(({ volume }) => gone.has(volume.id));
      await giveBackVolumeQuota(records, ...deleted.map(({ volume }) => volume));
      for (const { volume, copies } of deleted) {
        await deferOthers(records, volume, copies, 'delete');
        await records.volumes.delete(volume.id);
      }
      for (const { volume } of live.filter((member) => !deleted.includes(member))) {
        await records.volumes.updateWhere(
          volume.id,
          { status: ['deleting'] },
          { status: 'error_deleting', previousStatus: statusBeforeRemoval(volume) },
        );
      }
      if (gone.size < volumes.length) {
        await settleGroup(records, group.id, 'deleting', 'error');
      } else if ((await records.groups.summary(group.id)) !== null) {
        const there = await groupLeftBehindOn(records, group);
        if (there !== null) {
          await deferProtectionGroup(records, group, there);
        }
        await changeUsage(records, group.projectId, { groups: -1 });
        await records.groups.delete(group.id);
      }
    },
    reservation: null,
    message: null,
    next: members.flatMap(({ volume, copies }) =>
      deletedOf(outcomes).has(volume.id) ? disconnectedFrom(copies, volume) : [],
    ),
    refresh: true,
    answer: undefined,
  }),
  failed: ({ group, volumes }, failure) => ({
    write: async (records) => {
      for (const volume of volumes) {
        await records.volumes.updateWhere(
          volume.id,
          { status: ['deleting'] },
          { status: 'error_deleting', previousStatus: statusBeforeRemoval(volume) },
        );
      }
      await settleGroup(records, group.id, 'deleting', 'error');
    },
    reservation: null,
    message: null,
    next: [],
    refresh: true,
    undoLater: null,
    error: failure,
  }),
  abandoned: ({ groupId }) => ({
    ...nothingTaken(),
    write: async (records) => {
      const others = await withOwnWork(records, 'delete_volume');
      const members = await records.volumes.ofGroup(groupId);
      for (const { id } of members.filter((member) => !others.has(member.id))) {
        await records.volumes.updateWhere(id, { status: ['deleting'] }, { status: 'error_deleting' });
      }
    },
  }),
  kind: 'cast',
  backend: 'shared',
});

/** @returns their ids */
function deletedOf(outcomes: readonly MemberDeletion[]): ReadonlySet<string> {
  return new Set(outcomes.flatMap(({ id, kind }) => (kind === 'deleted' ? [id] : [])));
}
