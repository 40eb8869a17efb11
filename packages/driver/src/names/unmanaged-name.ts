const suffix = '-unmanaged';
/** Longest names that the suffix may bring about (driver-behaviour section 2.2). */
const longestVolume = 63;
const longestSnapshot = 96;

/**
 * The name of a volume that nobody manages any more.
 * @param attempt from 1; further ones when a name is taken
 */
export function unmanagedVolumeName(name: string, attempt: number): string {
  return shortened(name, attempt, longestVolume);
}

export function unmanagedSnapshotName(name: string, attempt: number): string {
  return shortened(name, attempt, longestSnapshot);
}

function shortened(name: string, attempt: number, longest: number): string {
  if (attempt === 1) {
    return `${name.length + suffix.length > longest ? name.slice(0, -suffix.length) : name}${suffix}`;
  }
  const numbered = `${suffix}-${attempt}`;
  return `${name.slice(0, Math.max(longest - numbered.length, 0))}${numbered}`;
}
