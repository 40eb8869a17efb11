import type { JsonObject, Metadata, SnapshotRecord, VolumeRecord } from '@cinder-flasharray/store';
import type { RequestContext } from '../request/request-context.ts';

/** A volume or snapshot of the array as the manageable lists show it. */
export interface Manageable {
  /** `{ "source-name": "vol1" }`: what `manage` takes. */
  readonly reference: JsonObject;
  /** GiB, rounded up. */
  readonly size: number;
  readonly safeToManage: boolean;
  readonly reasonNotSafe: string | null;
  /** Id of the record that has it already. */
  readonly cinderId: string | null;
  readonly extraInfo: string | null;
}

export interface ManageableSnapshot extends Manageable {
  /** The volume it was taken of. */
  readonly sourceReference: JsonObject;
}

export interface ManageablePage {
  /** The `reference` of the last entry seen. */
  readonly marker: JsonObject | null;
  readonly limit: number;
  readonly offset: number;
  /** Most significant first; empty: by reference, descending. */
  readonly sort: readonly { readonly key: 'reference' | 'size'; readonly direction: 'asc' | 'desc' }[];
}

/** Taking over what is on the array already. All for administrators. */
export interface ManageOperations {
  /** `host`: `host@backend` or `host@backend#pool`. */
  manageableVolumes(
    context: RequestContext,
    host: string,
    page: ManageablePage,
  ): Promise<readonly Manageable[]>;
  manageableSnapshots(
    context: RequestContext,
    host: string,
    page: ManageablePage,
  ): Promise<readonly ManageableSnapshot[]>;
  /** The volume record is answered at once (`managing`); the work goes on in the background. */
  manageVolume(
    context: RequestContext,
    request: {
      readonly host: string;
      readonly reference: JsonObject;
      readonly displayName: string | null;
      readonly displayDescription: string | null;
      /** Name or id; null: the default type. */
      readonly volumeType: string | null;
      readonly availabilityZone: string | null;
      readonly metadata: Metadata;
      readonly bootable: boolean;
    },
  ): Promise<VolumeRecord>;
  manageSnapshot(
    context: RequestContext,
    request: {
      readonly volumeId: string;
      readonly reference: JsonObject;
      readonly displayName: string | null;
      readonly displayDescription: string | null;
      readonly metadata: Metadata;
    },
  ): Promise<SnapshotRecord>;
  /** Leaves the array's volume, under another name, and forgets the record. */
  unmanageVolume(context: RequestContext, id: string): Promise<void>;
  unmanageSnapshot(context: RequestContext, id: string): Promise<void>;
}
