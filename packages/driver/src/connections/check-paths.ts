import type { Logger } from '@cinder-flasharray/common';
import { type FlashArray, isArrayError } from '@cinder-flasharray/flasharray';
import { arrayFailure, DriverError } from '../contract/driver-error.ts';
import type { Protocol } from './protocol.ts';

/**
 * Says in the log when the array offers hosts no path at all.
 * @param section of the back end, for messages
 * @throws DriverError `array`
 */
export async function checkPaths(
  array: FlashArray,
  protocol: Protocol,
  section: string,
  logger: Logger,
): Promise<void> {
  const { initiatorKind } = protocol;
  // What there is for hosts in general.
  const nobody = { host: '', initiators: { kind: initiatorKind, names: [] }, spelling: [], systemUuid: null };
  try {
    await protocol.paths(array, nobody);
  } catch (error) {
    if (isArrayError(error) || !(error instanceof DriverError)) {
      throw arrayFailure(`Checking the array of back end ${section}`, error);
    }
    logger.warn(
      { backend: section, array: array.identity.name, reason: error.message },
      'no port can be shown to hosts: attaching will fail until the array or the configuration changes',
    );
  }
}
