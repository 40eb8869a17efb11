import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startSimulator } from '../src/index.ts';
import { aRunningArray } from './support/running-array.ts';

const start = 1_767_225_600_000;
const powerLoss = {
  kind: 'raiseAlert',
  severity: 'critical',
  code: 40,
  componentType: 'power_supply',
  componentName: 'CH0.PWR1',
  summary: 'power supply failure',
  description: 'No input.',
} as const;
const hint = {
  kind: 'raiseAlert',
  severity: 'hidden',
  componentType: 'array',
  componentName: 'fa1',
  summary: 'hint',
} as const;

describe('alerts', () => {
  test('are opened, closed and flagged; REST 2 shows them', async () => {
    const { rest2, control } = await aRunningArray();
    const call = await rest2('2.26');
    await control.admin('fa1', powerLoss);
    await control.admin('fa1', hint);
    await control.advance(1000);
    await control.admin('fa1', { kind: 'closeAlert', alert: '2' });
    expect(await call('GET', 'alerts')).toMatchObject({
      json: {
        items: [
          {
            name: '1',
            code: 40,
            severity: 'critical',
            category: 'hardware',
            component_type: 'power_supply',
            component_name: 'CH0.PWR1',
            summary: 'power supply failure',
            description: 'No input.',
            state: 'open',
            flagged: true,
            created: start,
            closed: null,
          },
          { name: '2', severity: 'hidden', state: 'closed', closed: start + 1000, updated: start + 1000 },
        ],
      },
    });
    const open = await call('GET', `alerts?filter=${encodeURIComponent("state='open'")}`);
    expect(open).toMatchObject({ json: { items: [{ name: '1' }] } });
    expect(await call('PATCH', 'alerts?names=1', { body: { flagged: false } })).toMatchObject({
      json: { items: [{ name: '1', flagged: false }] },
    });
    expect(await call('GET', 'alerts?flagged=true')).toMatchObject({ json: { items: [{ name: '2' }] } });
    expect(await call('GET', 'alerts?names=3')).toMatchObject({
      status: 400,
      json: { errors: [{ context: '3', message: 'Alert does not exist.' }] },
    });
  });

  test('REST 1 shows them as messages', async () => {
    const { rest1, control } = await aRunningArray();
    const call = await rest1('1.19');
    for (const alert of [powerLoss, hint, { ...powerLoss, summary: 'again' }]) {
      await control.admin('fa1', alert);
    }
    await control.advance(1000);
    await control.admin('fa1', { kind: 'closeAlert', alert: '3' });
    expect((await call('GET', 'message', { body: { open: true } })).json).toEqual([
      {
        id: 1,
        code: 40,
        category: 'hardware',
        component_type: 'power_supply',
        component_name: 'CH0.PWR1',
        current_severity: 'critical',
        event: 'power supply failure',
        details: 'No input.',
        expected: null,
        actual: null,
        opened: '2026-01-01T00:00:00Z',
      },
    ]);
    expect(await call('GET', 'message?timeline=true')).toMatchObject({
      json: [
        { id: 1, closed: null },
        { id: 3, closed: '2026-01-01T00:00:01Z' },
      ],
    });
    expect(await call('PUT', 'message/3', { body: { flagged: false } })).toMatchObject({ json: { id: 3 } });
    expect((await call('GET', 'message?flagged=true')).json).toMatchObject([{ id: 1 }]);
    expect((await call('GET', 'message?audit=true')).json).toEqual([]);
    await control.advance(86_400_000);
    const later = await rest1('1.19');
    expect((await later('GET', 'message?recent=true')).json).toEqual([]);
    expect((await later('GET', 'message')).json).toHaveLength(2);
  });

  test('the one to close must exist, and closing it twice changes nothing', async () => {
    const { control } = await aRunningArray();
    await control.admin('fa1', powerLoss);
    await control.admin('fa1', { kind: 'closeAlert', alert: '1' });
    const { alerts } = await control.state('fa1');
    expect(alerts).toMatchObject([{ name: '1', closed: '2026-01-01T00:00:00.000Z' }]);
    await control.advance(1000);
    await control.admin('fa1', { kind: 'closeAlert', alert: '1' });
    expect((await control.state('fa1')).alerts).toEqual(alerts);
    await expect(control.admin('fa1', { kind: 'closeAlert', alert: '2' })).rejects.toMatchObject({
      code: 'refused',
      message: 'Alert does not exist.',
    });
  });
});

describe('hardware', () => {
  test('has a port for each interface of a controller, of the kind and speed of the interface', async () => {
    const { rest2, rest1, control } = await aRunningArray();
    await control.setInterfaces('fa1', [
      { name: 'ct0.eth0', address: '10.0.0.1', services: ['management'] },
      { name: 'ct1.fc2', address: null, services: ['scsi-fc'] },
      { name: 'vir0', address: '10.0.0.2', services: ['management'], subtype: 'vif' },
    ]);
    const names = encodeURIComponent("type='eth' or type='fc'");
    const call = await rest2('2.26');
    expect(await call('GET', `hardware?filter=${names}`)).toMatchObject({
      json: {
        items: [
          { name: 'CT0.ETH0', type: 'eth', index: 0, status: 'ok', speed: 1_000_000_000 },
          { name: 'CT1.FC2', type: 'fc', index: 2, status: 'ok', speed: 32_000_000_000 },
        ],
      },
    });
    expect(await (await rest1('1.5'))('GET', 'hardware/CT1.FC2')).toMatchObject({
      json: { name: 'CT1.FC2', status: 'ok', identify: 'off', index: 2 },
    });
  });

  test('a status is set, shown by both generations, and put back', async () => {
    const { rest2, rest1, control } = await aRunningArray();
    const [call, older] = [await rest2('2.4'), await rest1('1.2')];
    const part = { component: 'ch0.pwr1', status: 'critical', details: 'No input.' } as const;
    await control.admin('fa1', { kind: 'setHardwareStatus', ...part });
    const shown = { name: 'CH0.PWR1', status: 'critical', details: 'No input.' };
    expect(await call('GET', 'hardware?names=CH0.PWR1')).toMatchObject({
      json: { items: [{ ...shown, type: 'pwr', voltage: 206 }] },
    });
    expect(await older('GET', 'hardware/CH0.PWR1')).toMatchObject({ json: shown });
    expect((await control.state('fa1')).hardware).toContainEqual({ ...shown, type: 'power_supply' });
    await control.admin('fa1', { kind: 'setHardwareStatus', component: 'CH0.PWR1', status: 'ok' });
    expect(await older('GET', 'hardware/CH0.PWR1')).toMatchObject({ json: { status: 'ok', details: null } });
    await expect(
      control.admin('fa1', { kind: 'setHardwareStatus', component: 'CH7', status: 'ok' }),
    ).rejects.toMatchObject({ code: 'refused', message: 'Hardware component does not exist.' });
    expect(await call('GET', 'hardware?names=CH7')).toMatchObject({ status: 400 });
    expect(await older('GET', 'hardware/CH7')).toMatchObject({ status: 400 });
  });

  test('a light is lit by either generation, over what is well only', async () => {
    const { rest2, rest1, control } = await aRunningArray();
    const [call, older] = [await rest2('2.26'), await rest1('1.19')];
    await control.admin('fa1', { kind: 'setHardwareStatus', component: 'CT1', status: 'critical' });
    const lit = await call('PATCH', 'hardware?names=CT0,CT1', { body: { identify_enabled: true } });
    expect(lit).toMatchObject({
      json: {
        items: [
          { name: 'CT0', status: 'identifying', identify_enabled: true },
          { name: 'CT1', status: 'critical', identify_enabled: true },
        ],
      },
    });
    expect(await older('PUT', 'hardware/CT0', { body: { identify: 'off' } })).toMatchObject({
      json: { name: 'CT0', status: 'ok', identify: 'off' },
    });
    expect(await older('PUT', 'hardware/CT0', { body: { identify: 'blink' } })).toMatchObject({
      status: 400,
    });
  });
});

test('drives fill the bays, and share the capacity; they come with REST 2.4', async () => {
  const { rest2, rest1, control } = await aRunningArray({ capacity: 1_000_000, purityVersion: '6.1.0' });
  const [call, older] = [await rest2('2.4'), await rest1('1.19')];
  await control.admin('fa1', { kind: 'setDriveStatus', drive: 'CH0.BAY3', status: 'failed' });
  expect(await call('GET', 'drives?names=CH0.BAY3,CH0.NVB0')).toMatchObject({
    json: {
      items: [
        { name: 'CH0.BAY3', type: 'SSD', status: 'failed', capacity: 100_000, protocol: 'NVMe' },
        { name: 'CH0.NVB0', type: 'NVRAM', status: 'healthy' },
      ],
    },
  });
  expect(await older('GET', 'drive/CH0.BAY3')).toMatchObject({
    json: { name: 'CH0.BAY3', type: 'SSD', status: 'failed', last_failure: null },
  });
  expect((await older('GET', 'drive')).json).toHaveLength(12);
  expect(await (await rest2('2.3'))('GET', 'drives')).toMatchObject({ status: 404 });
  await expect(
    control.admin('fa1', { kind: 'setDriveStatus', drive: 'CH0.BAY99', status: 'failed' }),
  ).rejects.toMatchObject({ message: 'Drive does not exist.' });
});

test('users tell role and token, each generation in its words', async () => {
  const { rest2, rest1, control } = await aRunningArray();
  await control.admin('fa1', { kind: 'createAdmin', user: 'temp', role: 'ops_admin' });
  await control.createApiToken('fa1', 'temp', { timeoutMs: 60_000 });
  const api_token = { created_at: start, expires_at: start + 60_000, token: '****' };
  expect(await (await rest2('2.26'))('GET', 'admins?names=temp')).toMatchObject({
    json: { items: [{ name: 'temp', role: { name: 'ops_admin' }, api_token }] },
  });
  expect((await (await rest1('1.19'))('GET', 'admin?api_token=true')).json).toContainEqual({
    name: 'temp',
    api_token: '****',
    created: '2026-01-01T00:00:00Z',
    expires: '2026-01-01T00:01:00Z',
  });
});

test('resetting makes the array well again', async () => {
  const { control } = await aRunningArray();
  const before = await control.state('fa1');
  await control.admin('fa1', powerLoss);
  await control.admin('fa1', { kind: 'setHardwareStatus', component: 'CT0', status: 'critical' });
  await control.admin('fa1', { kind: 'setDriveStatus', drive: 'CH0.BAY0', status: 'missing' });
  expect(await control.state('fa1')).not.toEqual(before);
  await control.reset('fa1');
  expect(await control.state('fa1')).toMatchObject({
    alerts: [],
    hardware: before.hardware,
    drives: before.drives,
  });
});

test('what is broken is still so after a restart, and an older state file has nothing broken', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'simulator health '));
  onTestFinished(() => rm(folder, { recursive: true }));
  const stateFile = join(folder, 'arrays.json');
  const options = { arrays: [{ name: 'fa1' }], stateFile, tlsDirectory: join(folder, 'tls') };
  const first = await startSimulator(options);
  const well = await first.control.state('fa1');
  await first.control.admin('fa1', powerLoss);
  await first.control.admin('fa1', { kind: 'setHardwareStatus', component: 'CT0', status: 'critical' });
  await first.control.admin('fa1', { kind: 'setDriveStatus', drive: 'CH0.BAY0', status: 'missing' });
  const before = await first.control.state('fa1');
  await first.close();
  const second = await startSimulator(options);
  const after = await second.control.state('fa1');
  expect(after).toMatchObject({ alerts: before.alerts, hardware: before.hardware, drives: before.drives });
  expect(after.alerts).toHaveLength(1);
  await second.close();
  const kept: { readonly arrays: readonly object[] } = JSON.parse(await readFile(stateFile, 'utf8'));
  const older = { ...kept, arrays: kept.arrays.map((array) => ({ ...array, health: undefined })) };
  await writeFile(stateFile, JSON.stringify(older));
  const third = await startSimulator(options);
  expect(await third.control.state('fa1')).toMatchObject({ alerts: [], hardware: well.hardware });
  await third.close();
});
