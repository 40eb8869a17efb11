import { formatProblem, parseConf } from '@cinder-flasharray/common';
import { expect, test } from 'vitest';
import { readBackendConfig } from './read-backend-config.ts';

const names = { volumeNameTemplate: 'volume-%s', snapshotNameTemplate: 'snapshot-%s' };
const needed = [
  'volume_driver = cinder.volume.drivers.pure.PureISCSIDriver',
  'san_ip = 192.0.2.7',
  'pure_api_token = 902fdca3-7e3f-d2e4-d6a6-24c2285fe1d9',
];

function read(...lines: readonly string[]): ReturnType<typeof readBackendConfig> {
  return readBackendConfig(parseConf(['[pure]', ...lines].join('\n'), 'cinder.conf').conf, 'pure', names);
}

function problemsOf(...lines: readonly string[]): readonly string[] {
  const outcome = read(...lines);
  return outcome.kind === 'invalid' ? outcome.problems.map(formatProblem) : [];
}

test('the options that must be set are enough', () => {
  const outcome = read(...needed);
  expect(outcome).toMatchObject({
    kind: 'ok',
    warnings: [],
    config: {
      section: 'pure',
      volumeBackendName: 'PureISCSIDriver',
      address: '192.0.2.7',
      tls: { kind: 'not-verified' },
      protocol: { kind: 'iscsi', chap: false, cidrs: [{ text: '0.0.0.0/0' }] },
      initiatorDataNamespace: 'PureISCSIDriver',
      reservedPercentage: 0,
      maxOverSubscriptionRatio: 20,
      automaticMaxOverSubscriptionRatio: true,
      eradicateOnDelete: false,
      hostPersonality: null,
    },
  });
  expect(outcome.kind === 'ok' && outcome.config.apiToken.expose()).toBe(
    '902fdca3-7e3f-d2e4-d6a6-24c2285fe1d9',
  );
});

test('every problem is told at once, with its line, and no secret', () => {
  expect(
    problemsOf(
      'volume_driver = cinder.volume.drivers.lvm.LVMVolumeDriver',
      'reserved_percentage = 101',
      'max_over_subscription_ratio = 0.5',
      'use_chap_auth = perhaps',
      'pure_host_personality = amiga',
      'replication_device = backend_id:fa2,api_token:11111111-2222-3333-4444-555555555555',
    ),
  ).toEqual([
    'cinder.conf:2: [pure] volume_driver: must be one of cinder.volume.drivers.pure.PureISCSIDriver, cinder.volume.drivers.pure.PureFCDriver, cinder.volume.drivers.pure.PureNVMEDriver: this service drives Pure Storage FlashArray only',
    "[pure] san_ip: must be set to the array's management address",
    '[pure] pure_api_token: must be set; make one on the array with: pureadmin create --api-token USER',
    'cinder.conf:5: [pure] use_chap_auth: must be true, 1, on, yes, or false, 0, off, no',
    'cinder.conf:3: [pure] reserved_percentage: must be a whole number from 0 to 100',
    'cinder.conf:4: [pure] max_over_subscription_ratio: must be auto, or a number from 1',
    'cinder.conf:6: [pure] pure_host_personality: must be one of aix, esxi, hitachi-vsp, hpux, oracle-vm-server, solaris, vms',
    'cinder.conf:7: [pure] replication_device: must have the key san_ip',
  ]);
});

test('case 43: a CIDR with host bits set is refused at start-up', () => {
  expect(problemsOf(...needed, 'pure_iscsi_cidr = 10.0.0.5/24')).toEqual([
    'cinder.conf:5: [pure] pure_iscsi_cidr: "10.0.0.5/24" has host bits set: it names an address, not a network of /24',
  ]);
});

test('the CIDR list takes the place of the single CIDR, with a warning', () => {
  const outcome = read(
    ...needed,
    'pure_iscsi_cidr = 10.0.0.0/8',
    'pure_iscsi_cidr_list = 10.0.0.2, 2001:db8::/64',
  );
  expect(outcome).toMatchObject({
    kind: 'ok',
    config: { protocol: { cidrs: [{ text: '10.0.0.2' }, { text: '2001:db8::/64' }] } },
  });
  expect(outcome.warnings.map(formatProblem)).toEqual([
    'cinder.conf:5: [pure] pure_iscsi_cidr: is not used: pure_iscsi_cidr_list is set',
  ]);
});

test('an unknown option is a warning with the nearest known name', () => {
  const outcome = read(
    ...needed,
    'pure_eradicate_on_delte = True',
    'rabbit_hosts = a',
    'use_multipath_for_image_xfer = True',
  );
  expect(outcome.kind).toBe('ok');
  expect(outcome.warnings.map(formatProblem)).toEqual([
    'cinder.conf:5: [pure] pure_eradicate_on_delte: is not known; did you mean pure_eradicate_on_delete?',
    'cinder.conf:6: [pure] rabbit_hosts: is not known here and has no effect',
  ]);
});

test('SafeMode switches eradication off', () => {
  expect(read(...needed, 'pure_safemode_enabled = True', 'pure_eradicate_on_delete = True')).toMatchObject({
    kind: 'ok',
    config: { safemodeEnabled: true, eradicateOnDelete: false },
    warnings: [{ option: 'pure_eradicate_on_delete' }],
  });
});

test('the certificate path is used only when certificates are verified', () => {
  expect(
    read(...needed, 'driver_ssl_cert_verify = True', 'driver_ssl_cert_path = /etc/ssl/fa.pem'),
  ).toMatchObject({
    config: { tls: { kind: 'bundle', path: '/etc/ssl/fa.pem' } },
    warnings: [],
  });
  expect(read(...needed, 'driver_ssl_cert_path = /etc/ssl/fa.pem')).toMatchObject({
    config: { tls: { kind: 'not-verified' } },
    warnings: [{ option: 'driver_ssl_cert_path' }],
  });
  expect(read(...needed, 'driver_ssl_cert_verify = yes')).toMatchObject({
    config: { tls: { kind: 'system-roots' } },
  });
});

test('Fibre Channel and NVMe have options of their own, and names of their own', () => {
  const fc = read(
    'volume_driver = cinder.volume.drivers.pure.PureFCDriver',
    'san_ip = 192.0.2.7',
    'pure_api_token = 902fdca3-7e3f-d2e4-d6a6-24c2285fe1d9',
    'zoning_mode = fabric',
    'pure_fc_fabrics = red:5001500150015081 52:4A:93:70:4E:E5:68:00,blue:5001500150015082',
  );
  expect(fc).toMatchObject({
    kind: 'ok',
    warnings: [],
    config: {
      volumeBackendName: 'PureFCDriver',
      protocol: {
        kind: 'fibre-channel',
        fabrics: [
          { name: 'red', members: new Set(['5001500150015081', '524A93704EE56800']) },
          { name: 'blue', members: new Set(['5001500150015082']) },
        ],
      },
    },
  });
  const nvme = read(
    'volume_driver = cinder.volume.drivers.pure.PureNVMEDriver',
    'san_ip = 192.0.2.7',
    'pure_api_token = 902fdca3-7e3f-d2e4-d6a6-24c2285fe1d9',
    'pure_nvme_transport = tcp',
    'pure_nvme_cidr = 10.0.0.0/8',
    'use_chap_auth = True',
  );
  expect(nvme).toMatchObject({
    kind: 'ok',
    config: {
      volumeBackendName: 'PureNVMEDriver',
      protocol: { kind: 'nvme', transport: 'tcp', cidrs: [{ text: '10.0.0.0/8' }] },
    },
  });
});

test('zoning without fabrics is a warning, a fabric with something that is no WWN an error', () => {
  const fc = needed.map((line) => line.replace('PureISCSIDriver', 'PureFCDriver'));
  expect(read(...fc, 'zoning_mode = fabric').warnings.map(({ option }) => option)).toEqual(['zoning_mode']);
  expect(problemsOf(...fc, 'pure_fc_fabrics = red:5001500150015081 5001')).toEqual([
    'cinder.conf:5: [pure] pure_fc_fabrics: fabric red: "5001" is no WWN of 16 hexadecimal digits',
  ]);
});
