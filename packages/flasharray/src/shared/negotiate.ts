import type { RestProtocol } from '../port/flash-array.ts';

/** One REST version as numbers, so that 1.10 is newer than 1.9. */
export interface RestVersion {
  readonly major: number;
  readonly minor: number;
}

/** What to speak with an array, or why nothing can be spoken. */
export type Negotiation =
  | { readonly kind: RestProtocol['generation']; readonly version: RestVersion }
  | { readonly kind: 'refused'; readonly reason: string };

/** Newest REST 2 version this client was written against. */
const newestRest2 = 56;
/** Never published. */
const unpublishedRest2: ReadonlySet<number> = new Set([12, 18]);
/** `network-interfaces`, without which no data port can be told usable, arrives in REST 2.4 (Purity 6.1.0). */
const completeRest2 = 4;
/** `arrays`, without which an array cannot be identified, arrives in REST 2.2 (Purity 6.0.0). */
const oldestRest2 = 2;
/** REST 1.2 (Purity 4.0) brings protection groups and ISO timestamps; 1.19 is the last 1.x. */
const oldestRest1 = 2;
const newestRest1 = 19;

/** The REST versions that are spoken, oldest first: `1.2` to `1.19`, `2.2` to `2.56`. */
export const supportedRestApiVersions: readonly string[] = [
  ...Array.from({ length: newestRest1 - oldestRest1 + 1 }, (_, index) => `1.${oldestRest1 + index}`),
  ...Array.from({ length: newestRest2 - oldestRest2 + 1 }, (_, index) => oldestRest2 + index)
    .filter((minor) => !unpublishedRest2.has(minor))
    .map((minor) => `2.${minor}`),
];

/** `2.26` as numbers, or null when the text is no version. */
function parseRestVersion(text: string): RestVersion | null {
  const match = /^(\d{1,4})\.(\d{1,4})$/.exec(text);
  return match === null ? null : { major: Number(match[1]), minor: Number(match[2]) };
}

export function formatRestVersion(version: RestVersion): string {
  return `${version.major}.${version.minor}`;
}

/** True when `version` is `minimum` (`2.16`) or newer, of the same generation. */
export function isAtLeast(version: RestVersion, minimum: RestVersion): boolean {
  return version.major === minimum.major && version.minor >= minimum.minor;
}

/**
 * Picks the REST version to speak: the newest published REST 2 that this client knows, else the highest of REST 1.2 to
 * 1.19. REST 2.2 and 2.3 lack resources this client needs, and the Purity versions that end there serve REST 1.19
 * too, which lacks none: they are taken only where REST 1 is not offered.
 */
export function negotiate(offered: readonly string[]): Negotiation {
  const versions = offered.map(parseRestVersion).filter((version) => version !== null);
  const rest2 = newestMinor(
    versions,
    (version) =>
      version.major === 2 &&
      version.minor >= oldestRest2 &&
      version.minor <= newestRest2 &&
      !unpublishedRest2.has(version.minor),
  );
  if (rest2 !== null && rest2.minor >= completeRest2) {
    return { kind: 'rest2', version: rest2 };
  }
  const rest1 = newestMinor(
    versions,
    (version) => version.major === 1 && version.minor >= oldestRest1 && version.minor <= newestRest1,
  );
  if (rest1 !== null) {
    return { kind: 'rest1', version: rest1 };
  }
  if (rest2 !== null) {
    return { kind: 'rest2', version: rest2 };
  }
  return { kind: 'refused', reason: refusal(offered, versions) };
}

function newestMinor(
  versions: readonly RestVersion[],
  fits: (version: RestVersion) => boolean,
): RestVersion | null {
  return versions
    .filter(fits)
    .reduce<RestVersion | null>(
      (newest, version) => (newest === null || version.minor > newest.minor ? version : newest),
      null,
    );
}

function refusal(offered: readonly string[], versions: readonly RestVersion[]): string {
  if (versions.length === 0) {
    return 'The array names no REST version.';
  }
  const offer = `The array offers REST ${offered.join(', ')}`;
  const onlyOld = versions.every((version) => version.major === 1 && version.minor < oldestRest1);
  return onlyOld
    ? `${offer}; REST 1.2 or newer is needed, which Purity 4.0.0 or later has.`
    : `${offer}; this client speaks REST 1.2 to 1.19 and 2.2 to 2.56.`;
}
