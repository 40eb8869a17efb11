import type { Logger } from '@cinder-flasharray/common';
import type { ArrayConnection, ArrayPerformance, FlashArray } from '@cinder-flasharray/flasharray';
import type { BackendConfig } from '../config/backend-config.ts';
import { arrayFailure, type DriverError } from '../contract/driver-error.ts';
import type { ReplicationStats } from '../contract/replication-stats.ts';
import type { VolumeStats } from '../contract/volume-stats.ts';
import { volumeStats } from './volume-stats.ts';

export interface StatisticsRequest {
  readonly array: FlashArray;
  readonly config: BackendConfig;
  /** What to report for the array's connections to others; null: no `replication_device`. */
  readonly replication: ((connections: readonly ArrayConnection[]) => ReplicationStats) | null;
  readonly logger: Logger;
}

/** One round. @throws DriverError `array` */
export async function readStatistics(request: StatisticsRequest): Promise<VolumeStats> {
  const { array, config, replication, logger } = request;
  try {
    const [{ space, counts }, performance, connections] = await Promise.all([
      array.arrays.usage(),
      readPerformance(array),
      replication === null ? [] : array.arrays.connections(),
    ]);
    if (performance.sample === null) {
      // Only now: when the array gives none of the report, its failure says all.
      logger.warn(
        {
          backend: config.section,
          array: array.identity.name,
          ...(performance.failure === null ? {} : { error: performance.failure }),
        },
        'no performance sample: zeros are reported',
      );
    }
    return volumeStats({
      config,
      space,
      counts,
      performance: performance.sample,
      qos: array.capabilities.bandwidthLimits,
      replication: replication?.(connections) ?? null,
    });
  } catch (error) {
    throw arrayFailure(`Reading the statistics of back end ${config.section}`, error);
  }
}

/** One optional part of the report must not lose the others. */
async function readPerformance(array: FlashArray): Promise<{
  readonly sample: ArrayPerformance | null;
  /** Why there is no sample; null: the array has none. */
  readonly failure: DriverError | null;
}> {
  try {
    return { sample: await array.arrays.performance(), failure: null };
  } catch (error) {
    return { sample: null, failure: arrayFailure('Reading performance', error) };
  }
}
