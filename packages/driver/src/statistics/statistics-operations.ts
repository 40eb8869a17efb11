import type { StatisticsRole } from '../contract/volume-driver.ts';
import type { VolumeStats } from '../contract/volume-stats.ts';
import { readStatistics, type StatisticsRequest } from './read-statistics.ts';

/** The last report of the current array. It outlives the requests that ask for it, and no array but that one. */
export interface LastReport {
  stats: VolumeStats | null;
}

/** Statistics of the current array, and the last report of them. */
export class StatisticsOperations implements StatisticsRole {
  readonly #request: StatisticsRequest;
  readonly #last: LastReport;
  readonly #refreshed: () => void;

  /** @param refreshed is told when the array has answered */
  constructor(request: StatisticsRequest, last: LastReport, refreshed: () => void) {
    this.#request = request;
    this.#last = last;
    this.#refreshed = refreshed;
  }

  async read({ refresh }: { readonly refresh: boolean }): Promise<VolumeStats> {
    if (this.#last.stats !== null && !refresh) {
      return this.#last.stats;
    }
    const stats = await readStatistics(this.#request);
    this.#last.stats = stats;
    this.#refreshed();
    return stats;
  }
}
