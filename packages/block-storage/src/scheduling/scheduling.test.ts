import { type BackendReport, saysTrue } from '@cinder-flasharray/volume-manager';
import { expect, test } from 'vitest';
import { chooseBackend } from './choose-backend.ts';
import { satisfiesSpecs } from './extra-specs.ts';

const capabilities = {
  volume_backend_name: 'fa1',
  multiattach: true,
  replication_type: ['async', 'sync'],
  total_capacity_gb: 100,
  free_capacity_gb: 50,
  provisioned_capacity_gb: 10,
  reserved_percentage: 0,
  max_over_subscription_ratio: 2,
};

test.each([
  ['volume_backend_name', 'fa1', true],
  ['volume_backend_name', 'fa2', false],
  ['capabilities:volume_backend_name', 'fa1', true],
  ['multiattach', '<is> True', true],
  ['multiattach', '<is> False', false],
  ['replication_type', '<in> sync', true],
  ['replication_type', '<in> trisync', false],
  ['total_capacity_gb', '>= 100', true],
  ['total_capacity_gb', '= 101', false],
  ['total_capacity_gb', '<= 99', false],
  ['total_capacity_gb', '== 100', true],
  ['total_capacity_gb', '!= 100', false],
  ['volume_backend_name', 's== fa1', true],
  ['volume_backend_name', 's!= fa1', false],
  ['volume_backend_name', '<or> fa2 <or> fa1', true],
  ['flasharray:vg_name', 'anything', true],
  ['nothing_reported', 'x', false],
])('spec %s = %s: %s', (key, wanted, expected) => {
  expect(satisfiesSpecs(capabilities, { [key]: wanted })).toBe(expected);
});

test.each([
  ['<is> True', true],
  ['<is> yes', true],
  ['True', false],
  ['<is> False', false],
  [undefined, false],
])('%s says true: %s', (spec, expected) => {
  expect(saysTrue(spec)).toBe(expected);
});

function report(
  name: string,
  overrides: Readonly<Record<string, unknown>> = {},
  condition: BackendReport['condition'] = { kind: 'up' },
): BackendReport {
  return {
    host: `node1@${name}`,
    pool: `node1@${name}#${name}`,
    arrays: [{ id: 'default', servesPod: true }],
    servesPod: true,
    volumeBackendName: name,
    condition,
    capabilities: { ...capabilities, volume_backend_name: name, ...overrides },
    properties: {},
    serviceUuid: name,
  };
}

const anywhere = { size: 10, extraSpecs: [{}], onlyHost: null };

test('the back end with the most promisable capacity is chosen', () => {
  expect(chooseBackend([report('a'), report('b', { free_capacity_gb: 60 })], new Set(), anywhere)?.host).toBe(
    'node1@b',
  );
});

test('back ends that are not ready, disabled, elsewhere, full or of another type are not', () => {
  const none = new Set<string>();
  const lost = { kind: 'lost', reason: 'no answer' } as const;
  expect(chooseBackend([report('a', {}, lost)], none, anywhere)).toBeNull();
  expect(chooseBackend([report('a', {}, { kind: 'setting-up' })], none, anywhere)).toBeNull();
  expect(chooseBackend([report('a')], new Set(['node1@a']), anywhere)).toBeNull();
  expect(chooseBackend([report('a')], none, { ...anywhere, onlyHost: 'node1@b' })).toBeNull();
  expect(chooseBackend([report('a')], none, { ...anywhere, size: 101 })).toBeNull();
  expect(chooseBackend([report('a', { provisioned_capacity_gb: 195 })], none, anywhere)).toBeNull();
  expect(chooseBackend([report('a', { reserved_percentage: 50 })], none, anywhere)).toBeNull();
  expect(
    chooseBackend([report('a')], none, { ...anywhere, extraSpecs: [{ volume_backend_name: 'b' }] }),
  ).toBeNull();
});
