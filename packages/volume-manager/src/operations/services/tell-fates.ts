import type { Logger } from '@cinder-flasharray/common';
import type { VolumeRecord } from '@cinder-flasharray/store';
import { primaryArray } from '../../rows/current-array.ts';
import type { Fate, Switchover } from './switchover.ts';

/**
 * Says in the log what a switchover has made of the volumes: a line for each one that it has lost, or that came back without
 * what was written to its copy, and one with the numbers. What was lost before is not told again.
 */
export function tellFates(
  logger: Logger,
  volumes: readonly VolumeRecord[],
  fates: ReadonlyMap<string, Fate>,
  { host, left, current }: Switchover,
): void {
  const counts = { there: 0, lost: 0, outdated: 0 };
  for (const { id: volume, replicationDriverData } of volumes) {
    const fate = fates.get(volume);
    switch (fate?.kind) {
      case undefined:
        break;
      case 'here':
      case 'failed-over':
      case 'restored':
        counts.there += 1;
        break;
      case 'outdated':
        counts.outdated += 1;
        logger.warn(
          { volume, array: current, copy: left },
          'the volume has what it had before it was copied; what was written to the copy is not in it',
        );
        break;
      case 'lost':
        counts.lost += 1;
        if (replicationDriverData === null) {
          logger.warn(
            { volume, array: fate.there, reason: fate.reason },
            fate.there === null
              ? 'the volume is on no array of the back end'
              : 'the volume is not available until that array is current again',
          );
        }
        break;
    }
  }
  const { there, lost, outdated } = counts;
  const fields = { backend: host, from: left, to: current, there, lost, outdated };
  const what =
    current === primaryArray ? 'the back end is back on its primary' : 'the back end has failed over';
  const isClean = lost + outdated === 0;
  logger.warn(fields, isClean ? `${what}: every volume is there` : `${what}: not every volume is there`);
}
