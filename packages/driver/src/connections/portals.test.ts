import type { NetworkInterface, Port } from '@cinder-flasharray/flasharray';
import { describe, expect, test } from 'vitest';
import type { Cidr } from '../config/cidr.ts';
import { isOnReadyController, type PortalService, portalTargets, portalText } from './portals.ts';

const iqn = 'iqn.2010-06.com.purestorage:flasharray.4c1d0e2b9a7f5d1a';
const nqn = 'nqn.2010-06.com.purestorage:flasharray.4c1d0e2b9a7f5d1a';
const controllers = ['CT0', 'CT1'];
const everywhere: readonly Cidr[] = [{ text: '0.0.0.0/0', contains: () => true }];

function port(name: string, address: string, overrides: Partial<Port> = {}): Port {
  return { name, iqn, nqn: null, wwn: null, portal: { address, port: 3260 }, ...overrides };
}

function device(name: string, services: readonly string[], enabled = true): NetworkInterface {
  return { name, services, enabled, address: '10.0.0.1' };
}

function addresses(
  ports: readonly Port[],
  interfaces: readonly NetworkInterface[],
  { service = 'iscsi', ready = controllers }: { service?: PortalService; ready?: readonly string[] } = {},
): readonly string[] {
  const found = portalTargets(service, ports, interfaces, ready, everywhere);
  return found.kind === 'targets' ? found.targets.map(({ address }) => address) : [];
}

describe('case 44: of the ports that an array lists', () => {
  const one = [port('CT0.ETH4', '10.0.0.1')];

  test.each([
    ['is up and has the service', [device('ct0.eth4', ['iscsi'])], true],
    ['is up, and has another service', [device('ct0.eth4', ['nvme-tcp'])], false],
    ['is up for management', [device('ct0.eth4', ['management'])], false],
    ['has the service, and is down', [device('ct0.eth4', ['iscsi'], false)], false],
    ['is another one', [device('ct0.eth5', ['management'])], true],
    ['nobody knows', [], true],
  ])('one whose interface %s counts for iSCSI: %#', (_what, interfaces, counts) => {
    expect(addresses(one, interfaces)).toEqual(counts ? ['10.0.0.1'] : []);
  });

  test('for NVMe one without an interface does not count: nothing tells its transport', () => {
    const ports = [port('CT0.ETH4', '10.0.0.1', { iqn: null, nqn })];
    const tcp = { service: 'nvme-tcp' } as const;
    expect(addresses(ports, [], tcp)).toEqual([]);
    expect(addresses(ports, [device('ct0.eth4', ['nvme-roce'])], tcp)).toEqual([]);
    expect(addresses(ports, [device('ct0.eth4', ['nvme-tcp'])], tcp)).toEqual(['10.0.0.1']);
  });

  test('one without a name for the protocol, or without a portal, does not count', () => {
    const up = [device('ct0.eth4', ['iscsi', 'nvme-tcp'])];
    expect(addresses([port('CT0.ETH4', '10.0.0.1', { iqn: null, nqn })], up)).toEqual([]);
    expect(addresses([port('CT0.ETH4', '10.0.0.1', { portal: null })], up)).toEqual([]);
    expect(addresses(one, up, { service: 'nvme-tcp' })).toEqual([]);
  });

  test('one of a controller that is not ready does not count, a virtual one belongs to none', () => {
    const ports = [port('CT0.ETH4', '10.0.0.1'), port('CT1.ETH4', '10.0.0.2'), port('LACP0', '10.0.0.9')];
    expect(addresses(ports, [], { ready: ['ct1'] })).toEqual(['10.0.0.2', '10.0.0.9']);
    expect(isOnReadyController('ct0.fc0', new Set(['CT0']))).toBe(true);
    expect(isOnReadyController('CT0.FC0', new Set())).toBe(false);
    expect(isOnReadyController('vir0', new Set())).toBe(true);
  });

  test('a portal that several ports have is told once', () => {
    expect(addresses([port('CT0.ETH4', '10.0.0.1'), port('VIF0', '10.0.0.1')], [])).toEqual(['10.0.0.1']);
  });
});

describe('CIDRs', () => {
  const ports = [port('CT0.ETH4', '10.0.0.1'), port('CT1.ETH4', '2001:db8::1')];
  const only = (address: string): Cidr => ({
    text: address,
    contains: (candidate) => candidate === address,
  });

  test('one of them is enough', () => {
    const found = portalTargets('iscsi', ports, [], controllers, [only('10.9.9.9'), only('2001:db8::1')]);
    expect(found).toEqual({
      kind: 'targets',
      targets: [{ name: iqn, address: '2001:db8::1', port: 3260 }],
    });
  });

  test('with none inside, the portals are told, and no ports is another thing', () => {
    expect(portalTargets('iscsi', ports, [], controllers, [only('10.9.9.9')])).toEqual({
      kind: 'none-allowed',
      portals: ['10.0.0.1:3260', '[2001:db8::1]:3260'],
    });
    expect(portalTargets('iscsi', [], [], controllers, everywhere)).toEqual({ kind: 'no-ports' });
  });
});

test('IPv6 addresses are bracketed', () => {
  expect(portalText({ address: '10.0.0.1', port: 4420 })).toBe('10.0.0.1:4420');
  expect(portalText({ address: '2001:db8::1', port: 4420 })).toBe('[2001:db8::1]:4420');
});
