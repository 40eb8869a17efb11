import { bytes } from '@cinder-flasharray/common';
import { describe, expect, test } from 'vitest';
import type { BackendConfig } from '../src/config/backend-config.ts';
import { overSubscriptionRatio, type StatsSources, volumeStats } from '../src/statistics/volume-stats.ts';
import { baseConfig } from './acceptance/harness.ts';

const gib = 2 ** 30;
const config: BackendConfig = {
  ...baseConfig('array.example', '902fdca3-7e3f-d2e4-d6a6-24c2285fe1d9'),
  volumeBackendName: 'gold',
  reservedPercentage: 5,
  filterFunction: 'stats.total_volumes < 500',
  goodnessFunction: '100',
};
// No two numbers are alike, so that none can stand for another.
const sources: StatsSources = {
  config,
  qos: true,
  space: {
    capacity: bytes(1_000 * gib),
    used: bytes(300 * gib),
    provisioned: bytes(4_000 * gib),
    totalReduction: 13.5,
  },
  counts: { volumes: 1, snapshots: 2, hosts: 3, protectionGroups: 4 },
  replication: null,
  performance: {
    readsPerSecond: 11,
    writesPerSecond: 12,
    readBytesPerSecond: 13,
    writeBytesPerSecond: 14,
    usecPerRead: 15,
    usecPerWrite: 16,
    queueDepth: 17,
    queueUsecPerRead: 18,
    queueUsecPerWrite: 19,
    queueUsecPerMirroredWrite: 20,
  },
};

describe('the report of a back end', () => {
  test('has every key, each from its own source', () => {
    expect(volumeStats(sources)).toEqual({
      volume_backend_name: 'gold',
      vendor_name: 'Pure Storage',
      driver_version: '22.0.iscsi',
      storage_protocol: 'iSCSI',
      total_capacity_gb: 1_000,
      free_capacity_gb: 700,
      provisioned_capacity_gb: 4_000,
      provisioned_capacity: 4_000,
      reserved_percentage: 5,
      max_over_subscription_ratio: 13.5,
      thin_provisioning_support: true,
      thick_provisioning_support: false,
      online_extend_support: true,
      consistencygroup_support: true,
      consistent_group_snapshot_enabled: true,
      consistent_group_replication_enabled: false,
      multiattach: true,
      QoS_support: true,
      filter_function: 'stats.total_volumes < 500',
      goodness_function: '100',
      total_volumes: 1,
      total_snapshots: 2,
      total_hosts: 3,
      total_pgroups: 4,
      reads_per_sec: 11,
      writes_per_sec: 12,
      input_per_sec: 14,
      output_per_sec: 13,
      usec_per_read_op: 15,
      usec_per_write_op: 16,
      queue_depth: 17,
      queue_usec_per_read_op: 18,
      queue_usec_per_write_op: 19,
      queue_usec_per_mirrored_write_op: 20,
      replication_enabled: false,
      replication_type: [],
      replication_count: 0,
      replication_targets: [],
      replication_capability: null,
    });
  });

  test('says what replication there is', () => {
    const replication = {
      replication_enabled: true,
      replication_type: ['async', 'sync'],
      replication_count: 2,
      replication_targets: ['fa2', 'fa3'],
      replication_capability: 'trisync',
    } as const;
    expect(volumeStats({ ...sources, replication })).toMatchObject({
      ...replication,
      consistent_group_replication_enabled: true,
    });
  });

  test('has zeros without a sample, and says when volumes take no limits', () => {
    expect(volumeStats({ ...sources, performance: null, qos: false })).toMatchObject({
      QoS_support: false,
      reads_per_sec: 0,
      writes_per_sec: 0,
      input_per_sec: 0,
      output_per_sec: 0,
      usec_per_read_op: 0,
      usec_per_write_op: 0,
      queue_depth: 0,
      queue_usec_per_read_op: 0,
      queue_usec_per_write_op: 0,
      queue_usec_per_mirrored_write_op: 0,
    });
  });

  test.each([
    [{ kind: 'fibre-channel', fabrics: null }, 'FC', '22.0.fc'],
    [{ kind: 'nvme', transport: 'roce', cidrs: [] }, 'NVMe-RoCE', '22.0.nvme'],
    [{ kind: 'nvme', transport: 'tcp', cidrs: [] }, 'NVMe-TCP', '22.0.nvme'],
  ] as const)('names the protocol: %o', (protocol, name, version) => {
    expect(volumeStats({ ...sources, config: { ...config, protocol } })).toMatchObject({
      storage_protocol: name,
      driver_version: version,
    });
  });
});

describe('over-subscription', () => {
  test.each([
    [1, 1],
    [99.9, 99.9],
    [100, 20],
    [0.9, 20],
    [null, 20],
  ])('a total reduction of %s gives the ratio %s', (reduction, ratio) => {
    const options = { automaticMaxOverSubscriptionRatio: true, maxOverSubscriptionRatio: 20 };
    expect(overSubscriptionRatio(options, reduction)).toBe(ratio);
  });

  test('the option stands where the array is not to decide', () => {
    const options = { automaticMaxOverSubscriptionRatio: false, maxOverSubscriptionRatio: 'auto' } as const;
    expect(overSubscriptionRatio(options, 13.5)).toBe('auto');
  });
});
