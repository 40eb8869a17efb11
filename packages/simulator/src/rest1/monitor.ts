import type { JsonObject } from '../http/messages.ts';
import { performanceSamples } from '../model/rules/performance.ts';
import type { Volume } from '../model/state/records.ts';
import { type Rest1Call, time } from './call.ts';

/** Those of one volume; the queue depth is that of the array alone (section 2.3). */
export function volumeMonitorRows(call: Rest1Call, volume: Volume): readonly JsonObject[] {
  return monitorRows(call).map(({ queue_depth: _queueDepth, ...row }) => ({ ...row, name: volume.name }));
}

/** `action=monitor`: the newest sample; from 1.16 `latency` adds what it is made of (purity-rest-1.x.md section 2.1). */
export function monitorRows(call: Rest1Call): readonly JsonObject[] {
  return performanceSamples(call.model, null).map((sample) => ({
    time: time(call, sample.time),
    reads_per_sec: sample.readsPerSec ?? 0,
    writes_per_sec: sample.writesPerSec ?? 0,
    input_per_sec: sample.writeBytesPerSec ?? 0,
    output_per_sec: sample.readBytesPerSec ?? 0,
    usec_per_read_op: sample.usecPerReadOp ?? 0,
    usec_per_write_op: sample.usecPerWriteOp ?? 0,
    queue_depth: sample.queueDepth ?? 0,
    ...(call.minor >= 16 && call.parameters.flag('latency')
      ? {
          queue_usec_per_read_op: sample.queueUsecPerReadOp ?? 0,
          queue_usec_per_write_op: sample.queueUsecPerWriteOp ?? 0,
          queue_usec_per_mirrored_write_op: sample.queueUsecPerMirroredWriteOp ?? 0,
        }
      : {}),
  }));
}
