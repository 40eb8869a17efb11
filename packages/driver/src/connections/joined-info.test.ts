import { expect, test } from 'vitest';
import type { ConnectionInfo } from '../contract/records.ts';
import { joinConnectionInfo, joinDisconnectionInfo } from './joined-info.ts';

const wwn = '3624a9370abc';

function fibreChannel(lun: number, ...targets: readonly string[]): ConnectionInfo {
  return {
    driver_volume_type: 'fibre_channel',
    data: {
      target_discovered: true,
      discard: true,
      addressing_mode: 'SAM2',
      target_lun: lun,
      target_luns: targets.map(() => lun),
      target_wwn: targets,
      target_wwns: targets,
      initiator_target_map: { '21:00': targets },
      wwn,
    },
  };
}

function nvme(nqn: string, address: string): ConnectionInfo {
  return {
    driver_volume_type: 'nvmeof',
    data: { discard: true, target_nqn: nqn, portals: [[address, 4420, 'tcp']], volume_nguid: '00aa' },
  };
}

test('Fibre Channel: targets of both arrays with the LUN of each, for every initiator', () => {
  expect(joinConnectionInfo(fibreChannel(1, 'A1', 'A2'), [fibreChannel(7, 'B1')])).toEqual({
    driver_volume_type: 'fibre_channel',
    data: {
      target_discovered: true,
      discard: true,
      addressing_mode: 'SAM2',
      target_lun: 1,
      target_luns: [1, 1, 7],
      target_wwn: ['A1', 'A2', 'B1'],
      target_wwns: ['A1', 'A2', 'B1'],
      initiator_target_map: { '21:00': ['A1', 'A2', 'B1'] },
      wwn,
    },
  });
});

test('Fibre Channel: what a detach tells is of every array that the host left', () => {
  const left = (target: string) =>
    ({
      driver_volume_type: 'fibre_channel',
      data: { target_wwn: [target], initiator_target_map: { '21:00': [target] } },
    }) as const;
  const stays = { driver_volume_type: 'fibre_channel', data: {} } as const;
  expect(joinDisconnectionInfo([left('A1'), left('B1')])).toEqual({
    driver_volume_type: 'fibre_channel',
    data: { target_wwn: ['A1', 'B1'], initiator_target_map: { '21:00': ['A1', 'B1'] } },
  });
  expect(joinDisconnectionInfo([stays, left('B1'), null])).toEqual(left('B1'));
  expect(joinDisconnectionInfo([stays, stays])).toEqual(stays);
  expect(joinDisconnectionInfo([null, null])).toBeNull();
});

test('NVMe: each array with its own NQN, the current one where os-brick looks', () => {
  const joined = joinConnectionInfo(nvme('nqn.a', '10.0.0.1'), [nvme('nqn.b', '10.0.1.1')]);
  expect(joined.data).toMatchObject({
    target_nqn: 'nqn.a',
    portals: [['10.0.0.1', 4420, 'tcp']],
    uniform_targets: [
      { target_nqn: 'nqn.a', portals: [['10.0.0.1', 4420, 'tcp']] },
      { target_nqn: 'nqn.b', portals: [['10.0.1.1', 4420, 'tcp']] },
    ],
  });
});

test('one array alone is told as it is', () => {
  expect(joinConnectionInfo(nvme('nqn.a', '10.0.0.1'), [])).toEqual(nvme('nqn.a', '10.0.0.1'));
});

test('arrays that answer for different protocols are an error', () => {
  expect(() => joinConnectionInfo(nvme('nqn.a', '10.0.0.1'), [fibreChannel(1, 'A1')])).toThrow(
    /nvmeof and fibre_channel/,
  );
});
