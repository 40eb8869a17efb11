import { expect, test } from 'vitest';
import { aRunningArray } from './support/running-array.ts';

const gibibyte = 1_073_741_824;

test('an array tells its settings one by one', async () => {
  const { rest1, rest2 } = await aRunningArray();
  await (await rest2('2.26'))('PATCH', 'arrays', { body: { banner: 'Lab.' } });
  const call = await rest1('1.2');
  for (const [key, value] of [
    ['banner', 'Lab.'],
    ['ntpserver', []],
    ['phonehome', 'disabled'],
    ['idle_timeout', 1_800],
  ] as const) {
    expect((await call('GET', 'array', { body: { [key]: true } })).json).toEqual({ [key]: value });
  }
});

test('initiators that an array knows are listed, those of NVMe from 1.16 on', async () => {
  const { rest1 } = await aRunningArray({ restVersions: ['1.15', '1.16'] });
  const call = await rest1('1.16');
  await call('POST', 'host/h1', { body: { iqnlist: ['iqn.2024-01.example:a'] } });
  await call('POST', 'host/h2', { body: { nqnlist: ['nqn.2014-08.org.example:b'] } });
  expect((await (await rest1('1.15'))('GET', 'port?initiators=true')).json).toEqual([
    {
      iqn: 'iqn.2024-01.example:a',
      wwn: null,
      portal: null,
      failover: null,
      target: null,
      target_iqn: null,
      target_wwn: null,
      target_portal: null,
    },
  ]);
  expect(await call('GET', 'port?initiators=true')).toMatchObject({
    json: [
      { iqn: 'iqn.2024-01.example:a', nqn: null },
      { iqn: null, nqn: 'nqn.2014-08.org.example:b', target_nqn: null },
    ],
  });
});

test('administrators are listed with their keys, and with their lockout from 1.16 on', async () => {
  const { rest1 } = await aRunningArray({ restVersions: ['1.15', '1.16'] });
  const [early, later] = [await rest1('1.15'), await rest1('1.16')];
  expect((await early('GET', 'admin?publickey=true')).json).toEqual([{ name: 'pureuser', publickey: null }]);
  expect((await later('GET', 'admin?lockout=true')).json).toEqual([
    { name: 'pureuser', locked: false, lockout_remaining: null },
  ]);
  expect(await early('GET', 'admin?lockout=true')).toMatchObject({
    json: [{ name: 'pureuser', role: 'array_admin', type: 'local' }],
  });
});

test('the space of a host, and of a host group, is that of its volumes', async () => {
  const { rest1, control } = await aRunningArray();
  const call = await rest1('1.5');
  for (const name of ['v1', 'v2']) await call('POST', `volume/${name}`, { body: { size: gibibyte } });
  await control.writeVolume('fa1', 'v1', 0, new Uint8Array(4_096).fill(1));
  await call('POST', 'host/h1', { body: {} });
  await call('POST', 'hgroup/g1', { body: { hostlist: ['h1'] } });
  await call('POST', 'host/h1/volume/v1');
  await call('POST', 'hgroup/g1/volume/v2');
  expect(await call('GET', 'host?space=true')).toMatchObject({
    json: [{ name: 'h1', size: 2 * gibibyte, volumes: 4_096 }],
  });
  expect(await call('GET', 'hgroup/g1?space=true')).toMatchObject({
    json: { name: 'g1', size: gibibyte, volumes: 0 },
  });
});

test('all volumes are monitored, or one; the queue depth is that of the array', async () => {
  const call = await (await aRunningArray()).rest1('1.5');
  for (const name of ['v1', 'v2']) await call('POST', `volume/${name}`, { body: { size: gibibyte } });
  const all = await call('GET', 'volume?action=monitor');
  expect(all).toMatchObject({
    json: [
      { name: 'v1', reads_per_sec: 0 },
      { name: 'v2', reads_per_sec: 0 },
    ],
  });
  const one = await call('GET', 'volume/v1?action=monitor');
  expect(one).toMatchObject({ json: [{ name: 'v1' }] });
  expect(all.text + one.text).not.toContain('queue_depth');
  expect((await call('GET', 'array?action=monitor')).text).toContain('queue_depth');
});
