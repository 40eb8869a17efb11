import type { Manageable, ManageableSnapshot } from '@cinder-flasharray/block-storage';

type Shown = Readonly<Record<string, unknown>>;

const core = (one: Manageable): Shown => ({
  reference: one.reference,
  size: one.size,
  safe_to_manage: one.safeToManage,
});

/** A volume of the array in a list. */
export function manageableVolumeView(volume: Manageable, detail: boolean): Shown {
  return {
    ...core(volume),
    ...(detail
      ? {
          reason_not_safe: volume.reasonNotSafe,
          cinder_id: volume.cinderId,
          extra_info: volume.extraInfo,
        }
      : {}),
  };
}

/** A snapshot of the array in a list. */
export function manageableSnapshotView(snapshot: ManageableSnapshot, detail: boolean): Shown {
  return {
    ...core(snapshot),
    ...(detail
      ? {
          reason_not_safe: snapshot.reasonNotSafe,
          extra_info: snapshot.extraInfo,
          cinder_id: snapshot.cinderId,
        }
      : {}),
    source_reference: snapshot.sourceReference,
  };
}
