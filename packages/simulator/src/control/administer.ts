import { purityVersions } from '../array/purity-versions.ts';
import { SimulatorError } from '../errors.ts';
import { createAdmin, setRole } from '../model/rules/admins.ts';
import { connect, disconnect } from '../model/rules/connections.ts';
import { createPod, createVolumeGroup } from '../model/rules/containers.ts';
import { createHostGroup, deleteHostGroup, setMembers as setGroupHosts } from '../model/rules/host-groups.ts';
import { changeHost, createHost, deleteHost, renameHost } from '../model/rules/hosts.ts';
import {
  addVolumeMember,
  createGroup,
  createGroupSnapshot,
  liveGroup,
} from '../model/rules/protection-groups.ts';
import {
  createSnapshots,
  destroySnapshot,
  eradicateSnapshot,
  recoverSnapshot,
} from '../model/rules/snapshots.ts';
import {
  createVolume,
  destroyVolume,
  eradicateVolume,
  recoverVolume,
  renameVolume,
  resizeVolume,
} from '../model/rules/volumes.ts';
import type { ArrayModel } from '../model/state/array-model.ts';
import type { AdminOperation } from './admin-operations.ts';

import { administerReplication } from './administer-replication.ts';

import { administerHealth } from './health.ts';

import { seedHosts, seedSnapshots, seedVolumes } from './seed.ts';

/** Does something as the array's administrator. @throws Refusal in the array's words */
export function administer(model: ArrayModel, operation: AdminOperation): void {
  switch (operation.kind) {
    case 'createVolume':
      createVolume(model, operation.name, {
        ...(operation.source === undefined ? { size: operation.size } : { source: operation.source }),
      });
      if (operation.source !== undefined) {
        resizeVolume(model, operation.name, operation.size, { truncate: true });
      }
      return;
    case 'destroyVolume':
      destroyVolume(model, operation.name);
      return;
    case 'recoverVolume':
      recoverVolume(model, operation.name);
      return;
    case 'eradicateVolume':
      eradicateVolume(model, operation.name);
      return;
    case 'renameVolume':
      renameVolume(model, operation.name, operation.newName);
      return;
    case 'resizeVolume':
      resizeVolume(model, operation.name, operation.size, { truncate: true });
      return;
    case 'seedVolumes':
      seedVolumes(model, operation);
      return;
    case 'seedSnapshots':
      seedSnapshots(model, operation);
      return;
    case 'seedHosts':
      seedHosts(model, operation);
      return;
    case 'createSnapshot':
      createSnapshots(model, [operation.volume], operation.suffix);
      return;
    case 'destroySnapshot':
      destroySnapshot(model, operation.name);
      return;
    case 'recoverSnapshot':
      recoverSnapshot(model, operation.name);
      return;
    case 'eradicateSnapshot':
      eradicateSnapshot(model, operation.name);
      return;
    case 'createVolumeGroup':
      createVolumeGroup(model, operation.name);
      return;
    case 'createPod':
      createPod(model, operation.name);
      return;
    case 'createProtectionGroup':
      createGroup(model, operation.name);
      for (const volume of operation.volumes ?? []) {
        addVolumeMember(model, operation.name, volume);
      }
      return;
    case 'createProtectionGroupSnapshot':
      createGroupSnapshot(model, operation.group, operation.suffix);
      return;
    case 'ratchetProtectionGroup':
      model.protectionGroups.put({ ...liveGroup(model, operation.name), retentionLock: 'ratcheted' });
      return;
    case 'setDefaultProtection':
      for (const group of operation.protectionGroups) {
        if (model.protectionGroups.byName(group) === undefined) {
          createGroup(model, group);
        }
      }
      model.update({ defaultProtection: operation.protectionGroups });
      return;
    case 'createHost':
    case 'deleteHost':
    case 'renameHost':
    case 'setHostIqns':
    case 'setHostWwns':
    case 'setHostNqns':
    case 'setHostChap':
    case 'createHostGroup':
    case 'setHostGroupHosts':
    case 'deleteHostGroup':
    case 'connectVolumeToHost':
    case 'connectVolumeToHostGroup':
    case 'disconnect':
      administerHosts(model, operation);
      return;
    case 'connectArray':
    case 'disconnectArray':
    case 'stretchPod':
    case 'unstretchPod':
    case 'setFailoverPreferences':
    case 'addReplicationTarget':
    case 'replicateNow':
      administerReplication(model, operation);
      return;
    case 'raiseAlert':
    case 'closeAlert':
    case 'setHardwareStatus':
    case 'setDriveStatus':
      administerHealth(model, operation);
      return;
    default:
      administerArray(model, operation);
  }
}

type HostOperation = Extract<
  AdminOperation,
  {
    readonly kind:
      | 'createHost'
      | 'deleteHost'
      | 'renameHost'
      | 'setHostIqns'
      | 'setHostWwns'
      | 'setHostNqns'
      | 'setHostChap'
      | 'createHostGroup'
      | 'setHostGroupHosts'
      | 'deleteHostGroup'
      | 'connectVolumeToHost'
      | 'connectVolumeToHostGroup'
      | 'disconnect';
  }
>;

function administerHosts(model: ArrayModel, operation: HostOperation): void {
  switch (operation.kind) {
    case 'createHost': {
      const { kind: _kind, name, ...settings } = operation;
      createHost(model, name, settings);
      return;
    }
    case 'deleteHost': {
      const host = model.hosts.byName(operation.name);
      model.connections = model.connections.filter((connection) => connection.hostId !== host?.id);
      deleteHost(model, operation.name);
      return;
    }
    case 'renameHost':
      renameHost(model, operation.name, operation.newName);
      return;
    case 'setHostIqns':
      changeHost(model, operation.name, { iqns: operation.iqns });
      return;
    case 'setHostWwns':
      changeHost(model, operation.name, { wwns: operation.wwns });
      return;
    case 'setHostNqns':
      changeHost(model, operation.name, { nqns: operation.nqns });
      return;
    case 'setHostChap':
      changeHost(model, operation.name, {
        chap: { hostUser: operation.user, hostPassword: operation.password },
      });
      return;
    case 'createHostGroup':
      createHostGroup(model, operation.name, operation.hosts === undefined ? {} : { hosts: operation.hosts });
      return;
    case 'setHostGroupHosts':
      setGroupHosts(model, operation.name, operation.hosts);
      return;
    case 'deleteHostGroup':
      deleteHostGroup(model, operation.name);
      return;
    case 'connectVolumeToHost':
      connect(model, operation.volume, { kind: 'host', name: operation.host }, operation.lun);
      return;
    case 'connectVolumeToHostGroup':
      connect(model, operation.volume, { kind: 'hostGroup', name: operation.hostGroup }, operation.lun);
      return;
    case 'disconnect':
      if (operation.host !== undefined) {
        disconnect(model, operation.volume, { kind: 'host', name: operation.host });
      } else {
        disconnect(model, operation.volume, { kind: 'hostGroup', name: operation.hostGroup ?? '' });
      }
  }
}

type ArrayOperation = Extract<
  AdminOperation,
  {
    readonly kind:
      | 'setEvergreenOne'
      | 'setManualEradication'
      | 'setDestroysConnected'
      | 'setPerformanceSamples'
      | 'setCapacity'
      | 'setNextLun'
      | 'setReadOnly'
      | 'createAdmin'
      | 'setRole'
      | 'setRestVersions'
      | 'setPurityVersion'
      | 'setControllerStatus';
  }
>;

function administerArray(model: ArrayModel, operation: ArrayOperation): void {
  switch (operation.kind) {
    case 'setEvergreenOne':
      model.update({ evergreenOne: operation.enabled });
      return;
    case 'setManualEradication':
      model.update({ manualEradication: operation.enabled });
      return;
    case 'setDestroysConnected':
      model.update({ destroysConnected: operation.enabled });
      return;
    case 'setPerformanceSamples':
      model.update({ performanceSamples: operation.samples });
      return;
    case 'setCapacity':
      model.update({ capacity: operation.bytes });
      return;
    case 'setNextLun':
      model.update({ nextLun: operation.lun });
      return;
    case 'setReadOnly':
      setRole(model, operation.user, operation.readOnly ? 'readonly' : 'array_admin');
      return;
    case 'createAdmin':
      createAdmin(model, operation.user, operation.role);
      return;
    case 'setRole':
      setRole(model, operation.user, operation.role);
      return;
    case 'setRestVersions':
      model.update({ restVersions: operation.versions });
      return;
    case 'setPurityVersion': {
      const restVersions = purityVersions[operation.version];
      if (restVersions === undefined) {
        throw new SimulatorError('invalid', `unknown Purity version ${operation.version}`);
      }
      model.update({ purityVersion: operation.version, restVersions });
      return;
    }
    case 'setControllerStatus':
      model.update({
        controllerStatus: {
          ...model.settings.controllerStatus,
          [operation.controller.toUpperCase()]: operation.status,
        },
      });
  }
}
