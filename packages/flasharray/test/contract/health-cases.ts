import { expect } from 'vitest';
import { aVolume, type ContractCase } from './subject.ts';

const minute = 60_000;

/** Alerts, hardware, and whose token it is. */
export const healthCases: readonly ContractCase[] = [
  {
    name: 'health > open alerts are told, newest first, with what they are about',
    simulatorOnly: true,
    run: async (subject) => {
      const { control, name } = subject.simulated();
      const raised = Date.parse((await control.clock()).now);
      await control.admin(name, {
        kind: 'raiseAlert',
        severity: 'critical',
        componentType: 'power_supply',
        componentName: 'CH0.PWR1',
        summary: 'power supply failure',
        description: 'Power supply CH0.PWR1 has no input.',
        code: 40,
      });
      await control.advance(minute);
      await control.admin(name, {
        kind: 'raiseAlert',
        severity: 'warning',
        category: 'array',
        componentType: 'storage',
        componentName: 'array.capacity',
        summary: 'high utilization',
      });
      expect(await subject.array.health.openAlerts()).toEqual([
        {
          id: '2',
          severity: 'warning',
          code: 7,
          componentType: 'storage',
          componentName: 'array.capacity',
          summary: 'high utilization',
          description: 'high utilization',
          created: raised + minute,
        },
        {
          id: '1',
          severity: 'critical',
          code: 40,
          componentType: 'power_supply',
          componentName: 'CH0.PWR1',
          summary: 'power supply failure',
          description: 'Power supply CH0.PWR1 has no input.',
          created: raised,
        },
      ]);
    },
  },
  {
    name: 'health > a closed alert is not told any more',
    simulatorOnly: true,
    run: async (subject) => {
      const { control, name } = subject.simulated();
      const about = { componentType: 'controller', componentName: 'CT1', summary: 'restarted' } as const;
      await control.admin(name, { kind: 'raiseAlert', severity: 'info', ...about });
      await control.admin(name, { kind: 'raiseAlert', severity: 'warning', ...about });
      await control.admin(name, { kind: 'closeAlert', alert: '1' });
      expect((await subject.array.health.openAlerts()).map(({ id }) => id)).toEqual(['2']);
      await control.admin(name, { kind: 'closeAlert', alert: '2' });
      expect(await subject.array.health.openAlerts()).toEqual([]);
    },
  },
  {
    name: 'health > all alerts are told, however many pages they fill',
    simulatorOnly: true,
    run: async (subject) => {
      const { control, name } = subject.simulated();
      for (let number = 1; number <= 1_001; number += 1) {
        await control.admin(name, {
          kind: 'raiseAlert',
          severity: 'info',
          componentType: 'volume',
          componentName: `vol-${number}`,
          summary: 'hint',
        });
      }
      const alerts = await subject.array.health.openAlerts();
      expect(new Set(alerts.map(({ id }) => id)).size).toBe(1_001);
      expect(alerts).toHaveLength(1_001);
    },
  },
  {
    name: 'health > a healthy array has two controllers, power, cooling, ports and drives, all ok',
    simulatorOnly: true,
    run: async ({ array }) => {
      const hardware = await array.health.hardware();
      expect(hardware.filter(({ status }) => status !== 'ok')).toEqual([]);
      const named = (kind: string) =>
        hardware.filter((component) => component.kind === kind).map(({ name }) => name);
      expect(named('controller')).toEqual(['CT0', 'CT1']);
      expect(named('chassis')).toEqual(['CH0']);
      expect(named('power-supply')).toEqual(['CH0.PWR0', 'CH0.PWR1']);
      expect(named('cooling')).toContain('CT1.FAN2');
      expect(named('temperature-sensor')).toContain('CT0.TMP0');
      expect(named('ethernet-port')).toEqual([
        'CT0.ETH0',
        'CT0.ETH4',
        'CT0.ETH5',
        'CT1.ETH0',
        'CT1.ETH4',
        'CT1.ETH5',
      ]);
      expect(named('drive-bay')).toHaveLength(10);
      expect(named('drive')).toEqual(expect.arrayContaining([...named('drive-bay'), ...named('nvram-bay')]));
      expect(named('other')).toEqual([]);
      const slotOf = (wanted: string) => hardware.find(({ name }) => name === wanted)?.slot;
      expect(slotOf('CT0.ETH4')).toBe(1);
      expect(slotOf('CT0')).toBeNull();
    },
  },
  {
    name: 'health > a component that is not well says so, and why',
    simulatorOnly: true,
    run: async (subject) => {
      const { control, name } = subject.simulated();
      const set = (component: string, status: 'critical' | 'unhealthy' | 'identifying' | 'not_installed') =>
        control.admin(name, { kind: 'setHardwareStatus', component, status });
      await control.admin(name, {
        kind: 'setHardwareStatus',
        component: 'CH0.PWR1',
        status: 'critical',
        details: 'No input.',
      });
      await set('CT0.FAN1', 'unhealthy');
      await set('CT1', 'identifying');
      await set('CT1.ETH5', 'not_installed');
      await control.admin(name, { kind: 'setHardwareStatus', component: 'CT0.TMP1', status: 'unknown' });
      const hardware = await subject.array.health.hardware();
      expect(hardware.filter(({ status }) => status !== 'ok')).toEqual([
        { kind: 'power-supply', name: 'CH0.PWR1', status: 'critical', details: 'No input.', slot: null },
        { kind: 'cooling', name: 'CT0.FAN1', status: 'degraded', details: null, slot: null },
        { kind: 'temperature-sensor', name: 'CT0.TMP1', status: 'unknown', details: null, slot: null },
        { kind: 'controller', name: 'CT1', status: 'identifying', details: null, slot: null },
        { kind: 'ethernet-port', name: 'CT1.ETH5', status: 'not-installed', details: null, slot: 1 },
      ]);
    },
  },
  {
    name: 'health > a drive that is not well says so, and its bay is another component',
    simulatorOnly: true,
    run: async (subject) => {
      const { control, name } = subject.simulated();
      const set = (drive: string, status: 'failed' | 'recovering' | 'empty', details?: string) =>
        control.admin(name, {
          kind: 'setDriveStatus',
          drive,
          status,
          ...(details === undefined ? {} : { details }),
        });
      await set('CH0.BAY3', 'failed', 'Wear limit reached.');
      await set('CH0.BAY4', 'recovering');
      await set('CH0.BAY5', 'empty');
      const hardware = await subject.array.health.hardware();
      const drive = { kind: 'drive', slot: null, details: null } as const;
      expect(hardware.filter(({ status }) => status !== 'ok')).toEqual([
        { ...drive, name: 'CH0.BAY3', status: 'critical', details: 'Wear limit reached.' },
        { ...drive, name: 'CH0.BAY4', status: 'degraded' },
        { ...drive, name: 'CH0.BAY5', status: 'not-installed' },
      ]);
    },
  },
  {
    name: 'health > a token tells its user, who may write or not',
    simulatorOnly: true,
    run: async (subject) => {
      const { readOnly } = subject.simulated();
      expect(await subject.array.health.administrator()).toEqual({
        name: 'pureuser',
        role: 'array-admin',
        mayWrite: true,
        apiTokenExpiry: { kind: 'never' },
      });
      expect(await readOnly.health.administrator()).toEqual({
        name: 'reader',
        role: 'read-only',
        mayWrite: false,
        apiTokenExpiry: { kind: 'never' },
      });
      // What was said is so.
      await expect(aVolume({ ...subject, array: readOnly })).rejects.toMatchObject({ code: 'forbidden' });
    },
  },
  {
    name: 'health > a token tells when it ends',
    simulatorOnly: true,
    run: async (subject) => {
      const { control, name, connectAs } = subject.simulated();
      const user = subject.name('temporary');
      await control.admin(name, { kind: 'createAdmin', user, role: 'array_admin' });
      const { token } = await control.createApiToken(name, user, { timeoutMs: 30 * minute });
      const array = await connectAs(token);
      const ends = Date.parse((await control.clock()).now) + 30 * minute;
      expect((await array.health.administrator()).apiTokenExpiry).toEqual({ kind: 'at', time: ends });
    },
  },
  {
    name: 'health > roles between the highest and the lowest are told apart',
    simulatorOnly: true,
    run: async (subject) => {
      const { control, name, connectAs } = subject.simulated();
      const user = subject.name('operator');
      await control.admin(name, { kind: 'createAdmin', user, role: 'storage_admin' });
      const { token } = await control.createApiToken(name, user);
      const array = await connectAs(token);
      expect(await array.health.administrator()).toMatchObject({ role: 'storage-admin', mayWrite: true });
      await control.admin(name, { kind: 'setRole', user, role: 'ops_admin' });
      expect(await array.health.administrator()).toMatchObject({ role: 'ops-admin', mayWrite: false });
    },
  },
  {
    name: 'health > what may only be read is enough to see alerts and hardware',
    simulatorOnly: true,
    run: async (subject) => {
      const { readOnly } = subject.simulated();
      expect(await readOnly.health.openAlerts()).toEqual([]);
      expect(await readOnly.health.hardware()).toEqual(await subject.array.health.hardware());
    },
  },
];
