import { assertNever } from '@cinder-flasharray/common';
import type { Records } from '@cinder-flasharray/store';
import type { Claim } from './definition.ts';

/** Whether the row still has the status that says that it is being worked on by this work. */
export async function isClaimed(records: Records, claim: Claim): Promise<boolean> {
  switch (claim.kind) {
    case 'volume': {
      const row = await records.volumes.summary(claim.id);
      return row !== null && claim.status.includes(row.status);
    }
    case 'snapshot':
      return (await records.snapshots.summary(claim.id))?.status === claim.status;
    case 'group':
      return (await records.groups.summary(claim.id))?.status === claim.status;
    case 'group-snapshot':
      return (await records.groupSnapshots.get(claim.id))?.status === claim.status;
    default:
      return assertNever(claim);
  }
}
