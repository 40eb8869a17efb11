/** One point of the performance history that `arrays/performance` and `action: monitor` report. */
export type PerformanceSample = {
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly readsPerSec?: number;
  readonly writesPerSec?: number;
  /** Bytes/s. */
  readonly readBytesPerSec?: number;
  /** Bytes/s. */
  readonly writeBytesPerSec?: number;
  /** Microseconds. */
  readonly usecPerReadOp?: number;
  /** Microseconds. */
  readonly usecPerWriteOp?: number;
  readonly queueUsecPerReadOp?: number;
  readonly queueUsecPerWriteOp?: number;
  readonly queueUsecPerMirroredWriteOp?: number;
  readonly queueDepth?: number;
};
