/**
 * Purity version to the REST versions it offers, oldest first (purity-rest-1.x.md section 6.1, purity-rest-2.x.md
 * section 1). REST 2.12 and 2.18 were never published.
 */
export const purityVersions: Readonly<Record<string, readonly string[]>> = {
  '3.4.0': rest1(0),
  '4.0.0': rest1(2),
  '4.1.0': rest1(4),
  '4.6.0': rest1(5),
  '4.7.0': rest1(6),
  '4.8.0': rest1(7),
  '4.10.5': rest1(12),
  '5.0.0': rest1(13),
  '5.1.0': rest1(15),
  '5.2.0': rest1(16),
  '5.3.0': rest1(17),
  '6.0.0': [...rest1(19), ...rest2(2)],
  '6.1.0': [...rest1(19), ...rest2(4)],
  '6.1.8': [...rest1(19), ...rest2(8)],
  '6.3.0': [...rest1(19), ...rest2(13)],
  '6.3.3': [...rest1(19), ...rest2(15)],
  '6.3.4': [...rest1(19), ...rest2(16)],
  '6.4.10': [...rest1(19), ...rest2(26)],
  '6.5.0': [...rest1(19), ...rest2(26)],
  '6.6.0': [...rest1(19), ...rest2(27)],
  '6.6.3': [...rest1(19), ...rest2(30)],
  '6.7.0': [...rest1(19), ...rest2(36)],
  '6.8.2': [...rest1(19), ...rest2(38)],
  '6.8.5': [...rest1(19), ...rest2(42)],
  '6.10.0': [...rest1(19), ...rest2(47)],
  '6.10.5': [...rest1(19), ...rest2(52)],
  '6.11.0': [...rest1(19), ...rest2(56)],
};

/** The newest Purity version in the table: what an array runs unless told otherwise. */
export const newestPurityVersion = '6.11.0';

/** Whether a REST version was ever published. */
export function isPublishedRestVersion(version: string): boolean {
  return (purityVersions[newestPurityVersion] ?? []).includes(version);
}

function rest1(newestMinor: number): readonly string[] {
  return Array.from({ length: newestMinor + 1 }, (_, minor) => `1.${minor}`);
}

function rest2(newestMinor: number): readonly string[] {
  return Array.from({ length: newestMinor + 1 }, (_, minor) => minor)
    .filter((minor) => minor !== 12 && minor !== 18)
    .map((minor) => `2.${minor}`);
}
