import { type Clock, Secret, systemClock } from '@cinder-flasharray/common';
import type { SimulatorControl } from '@cinder-flasharray/simulator';
import type { BackendConfig } from '../../src/config/backend-config.ts';
import type { ReplicationConfig, ReplicationTarget } from '../../src/config/replication-config.ts';
import type { DriverVolumeType } from '../../src/contract/records.ts';
import { aVolumeType, type CaseContext, trust } from './harness.ts';

/** What driver and arrays wait for each other: both clocks go on, nobody sleeps. */
export function steppingClock(control: SimulatorControl, waits: readonly number[] = [5_000]): Clock {
  let ahead = 0;
  return {
    now: () => systemClock.now() + ahead,
    elapsed: () => systemClock.elapsed() + ahead,
    wait: async (milliseconds, signal) => {
      if (waits.includes(milliseconds)) {
        ahead += milliseconds;
        await control.advance(milliseconds);
      } else {
        await systemClock.wait(milliseconds, signal);
      }
    },
  };
}

/** A `replication_device` for one of the other arrays, whose `backend_id` is its name. */
export function target(
  context: Pick<CaseContext, 'access'>,
  array: string,
  kind: ReplicationTarget['kind'] = 'async',
  uniform = false,
): ReplicationTarget {
  const { address, apiToken } = context.access(array);
  return { backendId: array, address, apiToken: new Secret(apiToken), tls: trust, kind, uniform };
}

export function replicatedTo(
  targets: readonly ReplicationTarget[],
  overrides: Partial<ReplicationConfig> = {},
): Pick<BackendConfig, 'replication'> {
  return {
    replication: {
      targets,
      protectionGroup: 'cinder-group',
      pod: 'cinder-pod',
      ghostPod: 'cinder-ghost-pod',
      interval: 3_600_000,
      retention: { allFor: 14_400_000, perDay: 3, days: 7 },
      trisyncGroup: null,
      ...overrides,
    },
  };
}

export function replicatedType(kind: 'async' | 'sync' | 'trisync'): DriverVolumeType {
  return aVolumeType({
    name: kind,
    extraSpecs: { replication_enabled: '<is> True', replication_type: `<in> ${kind}` },
  });
}
