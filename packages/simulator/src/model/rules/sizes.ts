import { Refusal } from './refusal.ts';

/** Smallest and largest volume, bytes (purity-rest-1.x.md section 3.2). */
export const minimumVolumeBytes = 1024 ** 2;
export const maximumVolumeBytes = 4 * 1024 ** 5;

const units: Readonly<Record<string, number>> = {
  S: 512,
  K: 1024,
  M: 1024 ** 2,
  G: 1024 ** 3,
  T: 1024 ** 4,
  P: 1024 ** 5,
};

/**
 * Size of a volume in bytes from a request: whole multiples of 512; at most 4 PiB.
 * REST 1 also takes `10G` (S = 512-byte sectors, K M G T P powers of 1024; bare digits are bytes here).
 * @param small what is made of less than 1 MiB: REST 1 rounds up, REST 2 refuses (purity-rest-2.x.md section 7.1)
 */
export function parseVolumeSize(value: unknown, context: string, small: 'rounded-up' | 'refused'): number {
  const bytes = typeof value === 'string' ? parseUnits(value) : value;
  if (typeof bytes !== 'number' || !Number.isSafeInteger(bytes) || bytes <= 0) {
    throw new Refusal('Invalid volume size.', context);
  }
  if (bytes % 512 !== 0 || bytes > maximumVolumeBytes) throw new Refusal('Invalid volume size.', context);
  if (bytes < minimumVolumeBytes && small === 'refused') throw new Refusal('Invalid volume size.', context);
  return Math.max(bytes, minimumVolumeBytes);
}

/** A bandwidth limit in bytes/s: 1 MB/s to 512 GB/s (powers of 1024). REST 1 also takes `58M`. */
export function parseBandwidthLimit(value: unknown, context: string): number {
  const limit = typeof value === 'string' ? parseUnits(value) : value;
  if (!inRange(limit, 1_048_576, 549_755_813_888)) throw new Refusal('Invalid bandwidth limit.', context);
  return limit;
}

/** An IOPS limit: 100 to 100 million. REST 1 also takes `23K` (thousands). */
export function parseIopsLimit(value: unknown, context: string): number {
  const limit = typeof value === 'string' ? parseThousands(value) : value;
  if (!inRange(limit, 100, 100_000_000)) throw new Refusal('Invalid IOPS limit.', context);
  return limit;
}

function inRange(value: unknown, minimum: number, maximum: number): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= minimum && value <= maximum;
}

function parseUnits(text: string): number | null {
  const match = /^(\d+)([SKMGTP]?)$/i.exec(text.trim());
  if (match === null) return null;
  const unit = match[2] === undefined || match[2] === '' ? 1 : (units[match[2].toUpperCase()] ?? 1);
  return Number(match[1]) * unit;
}

function parseThousands(text: string): number | null {
  const match = /^(\d+)([KM]?)$/i.exec(text.trim());
  if (match === null) return null;
  const unit = match[2]?.toUpperCase() === 'K' ? 1000 : match[2]?.toUpperCase() === 'M' ? 1_000_000 : 1;
  return Number(match[1]) * unit;
}
