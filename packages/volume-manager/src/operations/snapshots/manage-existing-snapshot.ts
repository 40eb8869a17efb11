import { z } from 'zod';
import { chargeSize, QuotaExceeded } from '../../rows/usage.ts';
import { messageActions, messageDetails } from '../../rows/user-messages.ts';
import { operation } from '../../run/definition.ts';
import { nothingTaken } from '../../run/endings.ts';
import { loadSnapshot, onSnapshot } from './load-snapshot.ts';

/** Takes over a snapshot that the array has under another name. */
export const manageExistingSnapshot = operation('manage_existing_snapshot', {
  details: z.object({ snapshotId: z.string(), reference: z.record(z.string(), z.unknown()) }),
  ...onSnapshot('creating'),
  load: async (records, details) => {
    const loaded = await loadSnapshot(records, details);
    return loaded === null ? null : { ...loaded, reference: details.reference };
  },
  perform: async (driver, { snapshot, given, reference }, call) => {
    const providerId = given.providerId ?? driver.names.intendedSnapshot(given);
    if (given.providerId === null) {
      const size = await driver.manage.sizeOfSnapshot(given, reference);
      await call.note(async (records) => {
        // The request counted the volume's size; the array's snapshot may have another.
        await chargeSize(records, 'The snapshot', snapshot, { size, counted: snapshot.volumeSize });
        await records.snapshots.update(snapshot.id, { volumeSize: size, providerId });
      });
    }
    return await driver.manage.manageSnapshot({ ...given, providerId }, reference);
  },
  interrupted: 'again',
  done: ({ snapshot }, { providerId, metadata }) => ({
    write: async (records) => {
      await records.snapshots.update(snapshot.id, { providerId, progress: '100%' });
      await records.snapshots.updateWhere(snapshot.id, { status: ['creating'] }, { status: 'available' });
      await records.snapshots.setMetadata(snapshot.id, metadata, 'merge');
    },
    reservation: null,
    message: null,
    next: [],
    refresh: false,
    answer: undefined,
  }),
  failed: ({ snapshot }, failure) => ({
    write: async (records) => {
      await records.snapshots.updateWhere(
        snapshot.id,
        { status: ['creating'] },
        { status: 'error_managing' },
      );
      if (failure.nothingMade) {
        await records.snapshots.update(snapshot.id, { providerId: null });
      }
    },
    reservation: null,
    message:
      failure instanceof QuotaExceeded
        ? {
            resourceType: 'VOLUME_SNAPSHOT',
            resource: snapshot,
            action: messageActions.snapshotCreate,
            detail: messageDetails.quotaExceeded,
          }
        : null,
    next: [],
    refresh: false,
    undoLater: null,
    error: failure,
  }),
  abandoned: () => nothingTaken(),
  kind: 'cast',
  backend: 'shared',
});
