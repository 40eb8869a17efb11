/** The highest LUN an array gives. */
export const maximumLun = 4095;

/**
 * LUN of a new private connection: the lowest free one from `first` up, then from 1 (purity-rest-1.x.md section 4.2).
 * null when all are taken.
 */
export function privateLun(taken: ReadonlySet<number>, first: number): number | null {
  for (let lun = first; lun <= maximumLun; lun += 1) if (!taken.has(lun)) return lun;
  for (let lun = 1; lun < first; lun += 1) if (!taken.has(lun)) return lun;
  return null;
}

/** LUN of a new shared connection: from 254 down to 1, then from 255 up. null when all are taken. */
export function sharedLun(taken: ReadonlySet<number>): number | null {
  for (let lun = 254; lun >= 1; lun -= 1) if (!taken.has(lun)) return lun;
  for (let lun = 255; lun <= maximumLun; lun += 1) if (!taken.has(lun)) return lun;
  return null;
}
