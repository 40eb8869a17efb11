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
      useChapAuth: false,
      initiatorDataNamespace: 'PureISCSIDriver',
      reservedPercentage: 0,
      maxOverSubscriptionRatio: 20,
      automaticMaxOverSubscriptionRatio: true,
      eradicateOnDelete: false,
      hostPersonality: null,
      iscsiCidrs: [{ text: '0.0.0.0/0' }],
    },
  });
  expect(outcome.kind === 'ok' && outcome.config.apiToken.expose()).toBe(
    '902fdca3-7e3f-d2e4-d6a6-24c2285fe1d9',
  );
});

test('every problem is told at once, with its line, and no secret', () => {
  expect(
    problemsOf(
      'volume_driver = cinder.volume.drivers.pure.PureFCDriver',
      'reserved_percentage = 101',
      'max_over_subscription_ratio = 0.5',
      'use_chap_auth = perhaps',
      'pure_host_personality = amiga',
      'replication_device = backend_id:fa2,api_token:11111111-2222-3333-4444-555555555555',
    ),
  ).toEqual([
    'cinder.conf:2: [pure] volume_driver: cinder.volume.drivers.pure.PureFCDriver is not there yet; cinder.volume.drivers.pure.PureISCSIDriver is',
    'cinder.conf:7: [pure] replication_device: replication is not there yet: remove the option, or keep this back end on the Python driver',
    "[pure] san_ip: must be set to the array's management address",
    '[pure] pure_api_token: must be set; make one on the array with: pureadmin create --api-token USER',
    'cinder.conf:5: [pure] use_chap_auth: must be true, 1, on, yes, or false, 0, off, no',
    'cinder.conf:3: [pure] reserved_percentage: must be a whole number from 0 to 100',
    'cinder.conf:4: [pure] max_over_subscription_ratio: must be auto, or a number from 1',
    'cinder.conf:6: [pure] pure_host_personality: must be one of aix, esxi, hitachi-vsp, hpux, oracle-vm-server, solaris, vms',
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
    config: { iscsiCidrs: [{ text: '10.0.0.2' }, { text: '2001:db8::/64' }] },
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
