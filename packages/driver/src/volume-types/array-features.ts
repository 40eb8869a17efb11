import type { FlashArray } from '@cinder-flasharray/flasharray';
import type { ProtocolConfig } from '../config/backend-config.ts';
import { DriverError } from '../contract/driver-error.ts';
import type { TypeSettings } from './type-settings.ts';

/**
 * Refuses what the array's Purity version does not have, before anything is changed.
 * @throws DriverError `driver` naming the version that has it
 */
export function requireFeatures(array: FlashArray, { qos, volumeGroup }: TypeSettings): void {
  const { capabilities } = array;
  const iops = qos.iops ?? volumeGroup?.qos.iops ?? null;
  if (volumeGroup !== null && !capabilities.containers) {
    throw lacks(array, 'volume groups', '5.0 (REST 1.13)');
  }
  if (volumeGroup !== null && volumeGroup.qos.bytesPerSecond !== null && !capabilities.iopsLimits) {
    throw lacks(array, 'limits of volume groups', '5.3 (REST 1.17)');
  }
  if (qos.bytesPerSecond !== null && !capabilities.bandwidthLimits) {
    throw lacks(array, 'bandwidth limits', '5.1 (REST 1.14)');
  }
  if (iops !== null && !capabilities.iopsLimits) {
    throw lacks(array, 'IOPS limits', '5.3 (REST 1.17)');
  }
}

/** Refuses an array that does not have the back end's protocol. @throws DriverError `driver` */
export function requireProtocol(array: FlashArray, protocol: ProtocolConfig): void {
  if (protocol.kind !== 'nvme') {
    return;
  }
  if (!array.capabilities.nvme) {
    throw lacks(array, 'NVMe', '5.2 (REST 1.16)');
  }
  if (protocol.transport === 'tcp' && !array.capabilities.nvmeTcp) {
    throw lacks(array, 'NVMe over TCP', '6.4.2');
  }
}

/** What the array's version does not have, with the one that does. */
export function lacks(array: FlashArray, feature: string, version: string): DriverError {
  const { name, purityVersion } = array.identity;
  return new DriverError(
    'driver',
    `Array ${name} runs Purity ${purityVersion}, which has no ${feature}: they need Purity ${version} or newer.`,
    { nothingMade: true },
  );
}
