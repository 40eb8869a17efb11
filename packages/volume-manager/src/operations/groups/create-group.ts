import { z } from 'zod';
import { driverGroup } from '../../rows/driver-views.ts';
import { recordFailedCreation } from '../../rows/protection-group.ts';
import { operation } from '../../run/definition.ts';
import { nothingTaken } from '../../run/endings.ts';
import { exclusive } from '../../run/resource.ts';
import { asGroupOrOneByOne } from './as-group.ts';
import { recordMade, settleGroup } from './group-rows.ts';

/** Makes an empty group. */
export const createGroup = operation('create_group', {
  details: z.object({ groupId: z.string() }),
  resourceId: ({ groupId }) => groupId,
  claim: ({ groupId }) => ({ kind: 'group', id: groupId, status: 'creating' }),
  touches: async (_records, { groupId }) => [exclusive('group', groupId)],
  host: async (records, { groupId }) => (await records.groups.summary(groupId))?.host ?? null,
  load: async (records, { groupId }) => {
    const group = await records.groups.get(groupId);
    return group === null ? null : { group, given: await driverGroup(records, group) };
  },
  perform: (driver, { given }) =>
    asGroupOrOneByOne(
      () => driver.groups.create(given),
      async () => undefined,
    ),
  interrupted: 'again',
  done: ({ group, given }) => ({
    write: async (records) => {
      await settleGroup(records, group.id, 'creating', 'available');
      await recordMade(records, group, given);
    },
    reservation: null,
    message: null,
    next: [],
    refresh: false,
    answer: undefined,
  }),
  failed: ({ group, given }, failure) => ({
    write: async (records) => {
      await settleGroup(records, group.id, 'creating', 'error');
      await recordFailedCreation(records, group, given, failure);
    },
    reservation: null,
    message: null,
    next: [],
    refresh: false,
    undoLater: null,
    error: failure,
  }),
  abandoned: () => nothingTaken(),
  kind: 'cast',
  backend: 'shared',
});
