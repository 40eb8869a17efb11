import { Refusal } from './refusal.ts';

/**
 * Checks the name of a new volume: each part of `pod::name` or `group/name`; the length limit applies to the last
 * part (purity-rest-1.x.md section 3.1, purity-rest-2.x.md section 5).
 */
export function checkVolumeName(name: string): void {
  const parts = splitVolumeName(name);
  const containers = [parts.pod, parts.volumeGroup].filter((part) => part !== null);
  if (!isVolumeBaseName(parts.base) || !containers.every(isGeneralName)) {
    throw new Refusal('Invalid volume name.', name);
  }
  if (reservedVolumeNames.has(parts.base.toLowerCase())) throw new Refusal('Invalid volume name.', name);
}

/** Checks the name of a new host, host group, protection group, pod or volume group. */
export function checkGeneralName(kind: string, name: string): void {
  const base = name.includes('::') ? name.slice(name.indexOf('::') + 2) : name;
  const pod = name.includes('::') ? name.slice(0, name.indexOf('::')) : null;
  if (!isGeneralName(base) || (pod !== null && !isGeneralName(pod))) {
    throw new Refusal(`Invalid ${kind} name.`, name);
  }
}

/** Checks a snapshot suffix that a client chose: numbers alone are kept for the array itself. */
export function checkSuffix(suffix: string): void {
  if (!isGeneralName(suffix)) throw new Refusal('Invalid snapshot suffix.', suffix);
}

/** Checks an array name (1-56 characters). */
export function isArrayName(name: string): boolean {
  return name.length <= 56 && isGeneralName(name);
}

/** The containers in a volume name: `pod::vol`, `group/vol`, `pod::group/vol`. */
export function splitVolumeName(name: string): {
  readonly pod: string | null;
  readonly volumeGroup: string | null;
  readonly base: string;
} {
  const colon = name.indexOf('::');
  const pod = colon < 0 ? null : name.slice(0, colon);
  const rest = colon < 0 ? name : name.slice(colon + 2);
  const slash = rest.indexOf('/');
  return {
    pod,
    volumeGroup: slash < 0 ? null : rest.slice(0, slash),
    base: slash < 0 ? rest : rest.slice(slash + 1),
  };
}

/** The full name of the volume group that a volume is in (`pod::group` in a pod), or null. */
export function volumeGroupOf(name: string): string | null {
  const { pod, volumeGroup } = splitVolumeName(name);
  if (volumeGroup === null) return null;
  return pod === null ? volumeGroup : `${pod}::${volumeGroup}`;
}

const reservedVolumeNames = new Set(['pure-protocol-endpoint']);

// Ends alphanumeric, at least one letter or `-`.
function isGeneralName(name: string): boolean {
  return /^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/.test(name) && /[A-Za-z-]/.test(name);
}

function isVolumeBaseName(name: string): boolean {
  return /^[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?$/.test(name) && /[A-Za-z-]/.test(name);
}
