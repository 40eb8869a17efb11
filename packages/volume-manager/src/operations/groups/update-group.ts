import type { Records } from '@cinder-flasharray/store';
import { z } from 'zod';
import { groupLeftBehindOn } from '../../rows/current-array.ts';
import { driverGroup, driverVolume, readOnce } from '../../rows/driver-views.ts';
import { recordProtectionGroup } from '../../rows/protection-group.ts';
import { operation } from '../../run/definition.ts';
import { nothingTaken } from '../../run/endings.ts';
import { exclusive, shared } from '../../run/resource.ts';
import { asGroupOrOneByOne } from './as-group.ts';
import { settleGroup } from './group-rows.ts';

/** Puts volumes into a group, and takes others out. Those that join were claimed for it when it was accepted. */
export const updateGroup = operation('update_group', {
  details: z.object({
    groupId: z.string(),
    add: z.array(z.string()).readonly(),
    remove: z.array(z.string()).readonly(),
  }),
  resourceId: ({ groupId }) => groupId,
  // The volumes are claimed, and an accepted change is made, whatever somebody sets the status of the group to.
  claim: () => null,
  touches: async (_records, { groupId, add, remove }) => [
    exclusive('group', groupId),
    ...[...add, ...remove].map((id) => shared('volume', id)),
  ],
  host: async (records, { groupId }) => (await records.groups.summary(groupId))?.host ?? null,
  load: async (records, { groupId, add, remove }) => {
    const lookups = readOnce(records);
    const group = await lookups.groups.get(groupId);
    // What a failover has left behind is changed where it is.
    if (group === null || (await groupLeftBehindOn(records, group)) !== null) {
      return null;
    }
    const rows = new Map((await records.volumes.ofIds([...add, ...remove])).map((row) => [row.id, row]));
    const view = async (ids: readonly string[]) =>
      await Promise.all(
        ids.flatMap((id) => {
          const row = rows.get(id);
          return row === undefined ? [] : [driverVolume(lookups, row)];
        }),
      );
    return {
      group,
      given: await driverGroup(lookups, group),
      change: { add: await view(add), remove: await view(remove) },
    };
  },
  perform: (driver, { given, change }) =>
    asGroupOrOneByOne(
      () => driver.groups.update(given, change),
      async () => undefined,
    ),
  interrupted: 'again',
  done: ({ group, given }, _made, { add, remove }) => ({
    write: async (records) => {
      if (add.length > 0) {
        // A creation that failed may have left it, and said otherwise.
        await recordProtectionGroup(records, group, given);
      }
      for (const id of add) {
        await records.volumes.update(id, { groupId: group.id });
      }
      await leaveGroup(records, group.id, remove);
      await settleGroup(records, group.id, 'updating', 'available');
    },
    reservation: null,
    message: null,
    next: [],
    refresh: false,
    answer: undefined,
  }),
  failed: ({ group }, failure, { add }) => ({
    write: async (records) => {
      await leaveGroup(records, group.id, add);
      await settleGroup(records, group.id, 'updating', 'error');
    },
    reservation: null,
    message: null,
    next: [],
    refresh: false,
    undoLater: null,
    error: failure,
  }),
  // Who was to join stays claimed: what the array that was left has of it is not known.
  abandoned: ({ groupId }) => ({
    ...nothingTaken(),
    write: (records) => settleGroup(records, groupId, 'updating', 'error'),
  }),
  kind: 'cast',
  backend: 'shared',
});

/** One that is being deleted with the group goes with it. */
async function leaveGroup(records: Records, groupId: string, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    if ((await records.volumes.summary(id))?.status !== 'deleting') {
      await records.volumes.updateWhere(id, { groupId }, { groupId: null });
    }
  }
}
