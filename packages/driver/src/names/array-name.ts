import type { VolumeContainer } from '@cinder-flasharray/flasharray';

/** A full name on the array, taken apart: `volume`, `group/volume`, `pod::volume`, `pod::group/volume`. */
export interface ArrayName {
  /** The innermost one. A volume group of a pod is called `pod::group`. */
  readonly container: VolumeContainer;
  /** Without its container. */
  readonly own: string;
  /** The pod around it, also around its volume group; a realm's is `realm::pod`. Null: none. */
  readonly pod: string | null;
  /** Null: it is in none. */
  readonly volumeGroup: string | null;
}

/** Takes the full name of a volume or a protection group apart. */
export function parseArrayName(full: string): ArrayName {
  const endOfGroup = full.lastIndexOf('/');
  const endOfPod = full.lastIndexOf('::', endOfGroup < 0 ? full.length : endOfGroup);
  const pod = endOfPod < 0 ? null : full.slice(0, endOfPod);
  if (endOfGroup >= 0) {
    const volumeGroup = full.slice(0, endOfGroup);
    return {
      container: { kind: 'volume-group', name: volumeGroup },
      own: full.slice(endOfGroup + 1),
      pod,
      volumeGroup,
    };
  }
  return pod === null
    ? { container: { kind: 'array' }, own: full, pod, volumeGroup: null }
    : { container: { kind: 'pod', name: pod }, own: full.slice(endOfPod + 2), pod, volumeGroup: null };
}

/** The full name of what is called `own` in a container. */
export function nameIn(container: VolumeContainer, own: string): string {
  switch (container.kind) {
    case 'array':
      return own;
    case 'volume-group':
      return `${container.name}/${own}`;
    case 'pod':
      return `${container.name}::${own}`;
  }
}

/** The full name in a pod. */
export function nameInPod(pod: string, own: string): string {
  return nameIn({ kind: 'pod', name: pod }, own);
}

/** A realm's pods show as `realm::pod`. */
export function isInRealm(full: string): boolean {
  return parseArrayName(full).pod?.includes('::') ?? false;
}
