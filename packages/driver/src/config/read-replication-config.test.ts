import { OptionReader, parseConf } from '@cinder-flasharray/common';
import { describe, expect, test } from 'vitest';
import { readReplicationConfig } from './read-replication-config.ts';

function read(...lines: readonly string[]) {
  const reader = new OptionReader(parseConf(['[pure]', ...lines].join('\n'), 'cinder.conf').conf, ['pure']);
  const warnings: string[] = [];
  const config = readReplicationConfig(reader, 'pure', (option, rule) => warnings.push(`${option} ${rule}`));
  return { config, problems: reader.problems.map(({ rule }) => rule), warnings };
}

const fa2 = 'replication_device = backend_id:fa2,san_ip:10.0.0.2,api_token:TOKEN2';
const fa3 = 'replication_device = backend_id:fa3,san_ip:10.0.0.3,api_token:TOKEN3,type:sync,uniform:true';

describe('replication_device', () => {
  test('none is no replication', () => {
    expect(read('san_ip = 10.0.0.1')).toEqual({ config: null, problems: [], warnings: [] });
  });

  test('several, with the defaults of the Python driver', () => {
    const { config, problems } = read(fa2, fa3);
    expect(problems).toEqual([]);
    expect(config).toMatchObject({
      targets: [
        {
          backendId: 'fa2',
          address: '10.0.0.2',
          kind: 'async',
          uniform: false,
          tls: { kind: 'not-verified' },
        },
        { backendId: 'fa3', address: '10.0.0.3', kind: 'sync', uniform: true },
      ],
      protectionGroup: 'cinder-group',
      pod: 'cinder-pod',
      ghostPod: 'cinder-ghost-pod',
      interval: 3_600_000,
      retention: { allFor: 14_400_000, perDay: 3, days: 7 },
      trisyncGroup: null,
    });
    expect(config?.targets[0]?.apiToken.expose()).toBe('TOKEN2');
    expect(JSON.stringify(config)).not.toContain('TOKEN2');
  });

  test('a key that is not known is ignored with a warning, as in the Python driver; one of old samples without', () => {
    const { config, problems, warnings } = read(`${fa2},colour:red,managed_backend_name:fa`);
    expect(problems).toEqual([]);
    expect(config?.targets).toMatchObject([{ backendId: 'fa2', address: '10.0.0.2' }]);
    expect(warnings).toEqual([
      'replication_device key colour is not known and is ignored; known are backend_id, san_ip, api_token, type, ' +
        'uniform, ssl_cert_verify, ssl_cert_path',
    ]);
  });

  test('its own certificate check', () => {
    const { config } = read(`${fa2},ssl_cert_verify:true,ssl_cert_path:/etc/ca.pem`);
    expect(config?.targets[0]?.tls).toEqual({ kind: 'bundle', path: '/etc/ca.pem' });
  });

  test.each([
    ['replication_device = san_ip:10.0.0.2,api_token:T', 'must have the key backend_id'],
    [`${fa2},type:semi`, 'type of fa2 must be sync or async'],
    [`${fa2},uniform:perhaps`, 'uniform and ssl_cert_verify of fa2 must be true or false'],
    [`${fa2}\n${fa2}`, /^backend_id fa2 must differ/],
    [
      'replication_device = backend_id:default,san_ip:10.0.0.2,api_token:T',
      /^backend_id default must differ/,
    ],
    ['replication_device = backend_id:pure,san_ip:10.0.0.2,api_token:T', /^backend_id pure must differ/],
    [`${fa2}\npure_replica_interval_default = 60`, 'must be a whole number from 300 to 34560000'],
    [`${fa2}\npure_replication_pod_name = -pod`, /^must be 1 to 63 letters/],
  ])('%s is refused', (lines, rule) => {
    expect(read(lines).problems).toEqual([typeof rule === 'string' ? rule : expect.stringMatching(rule)]);
  });
});

describe('pure_trisync_enabled', () => {
  test('with one sync and one async array', () => {
    expect(read(fa2, fa3, 'pure_trisync_enabled = true')).toMatchObject({
      config: { trisyncGroup: 'cinder-trisync' },
      problems: [],
    });
  });

  test.each([
    ['one array', [fa2]],
    ['no sync array', [fa2, fa2.replaceAll('fa2', 'fa4').replace('TOKEN2', 'TOKEN4')]],
    ['the same array twice', [fa2, fa3.replace('TOKEN3', 'TOKEN2')]],
    ['none', []],
  ])('with %s is refused', (_what, devices) => {
    expect(read(...devices, 'pure_trisync_enabled = true').problems).toEqual([
      expect.stringMatching(/^needs .*two replication_device, one of type sync and one of type async/),
    ]);
  });
});
