import { partsOf } from '../rules/protection-groups.ts';
import type { ArrayModel } from '../state/array-model.ts';
import type { Transfer } from '../state/fleet-records.ts';
import type { GroupSnapshot, Snapshot } from '../state/records.ts';
import { progressOf } from './replication.ts';

/** A transfer as one of its ends tells it. */
export type TransferView = {
  readonly snapshot: GroupSnapshot;
  readonly transfer: Transfer;
  /** 0 to 1. */
  readonly progress: number;
  /** Bytes sent so far. */
  readonly sent: number;
  /** Whether this array is the target. */
  readonly isInbound: boolean;
};

/** Transfers out of and into this array, oldest first. On the target they carry the name `source:group.suffix`. */
export function transfersOf(model: ArrayModel): readonly TransferView[] {
  const { fleet } = model;
  return fleet.transfers.flatMap((transfer) => {
    const inbound = model.groupSnapshots.byId(transfer.remoteSnapshotId ?? '');
    const snapshot = inbound ?? model.groupSnapshots.byId(transfer.snapshotId);
    if (snapshot === undefined) return [];
    const progress = progressOf(fleet, transfer);
    const sent = Math.round(transfer.bytes * progress);
    return [{ snapshot, transfer, progress, sent, isInbound: inbound !== undefined }];
  });
}

/** Volume snapshots of transfers; those on the target are there when the transfer is over. */
export function volumeTransfersOf(
  model: ArrayModel,
): readonly (TransferView & { readonly part: Snapshot })[] {
  return transfersOf(model).flatMap((view) =>
    partsOf(model, view.snapshot.id).map((part) => {
      const sent = Math.round(part.data.writtenBytes * view.progress);
      return { ...view, part, sent };
    }),
  );
}
