import type { Wanted } from '@cinder-flasharray/common';

/** What pieces of work can stand in each other's way about. */
export type ResourceKind =
  /** `host@backend`. Work shares it; a failover has it alone. */
  | 'backend'
  /** A volume's name, size, type and contents. */
  | 'volume'
  /** Who sees a volume: connects and disconnects of one volume go one after the other. */
  | 'connections'
  | 'snapshot'
  | 'group'
  | 'group-snapshot';

export interface Resource {
  readonly kind: ResourceKind;
  readonly id: string;
  readonly mode: 'shared' | 'exclusive';
}

export function shared(kind: ResourceKind, id: string): Resource {
  return { kind, id, mode: 'shared' };
}

export function exclusive(kind: ResourceKind, id: string): Resource {
  return { kind, id, mode: 'exclusive' };
}

export function wanted({ kind, id, mode }: Resource): Wanted {
  return { key: `${kind}:${id}`, mode };
}
