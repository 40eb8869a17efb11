import type { Metadata } from '@cinder-flasharray/store';

/** What may be changed of a volume or a snapshot without its back end. */
export interface DetailChange {
  readonly displayName?: string | null;
  readonly displayDescription?: string | null;
  readonly metadata?: Metadata;
}
