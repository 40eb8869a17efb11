import type { Logger } from '@cinder-flasharray/common';
import type { VolumeDriver } from '../contract/volume-driver.ts';

/**
 * The same driver, with a debug line where each method begins and ends, as the Python driver's
 * `pure_driver_debug_trace` writes them: `[puredriver-1] Enter FlashArrayDriver.createVolume`. Neither arguments nor
 * results are logged: they may hold secrets.
 */
export function debugTrace(driver: VolumeDriver, backendId: string, logger: Logger): VolumeDriver {
  return new Proxy(driver, {
    get: (target, property): unknown => {
      const member: unknown = Reflect.get(target, property);
      if (typeof member !== 'function') {
        return member;
      }
      const name = `FlashArrayDriver.${String(property)}`;
      return (...given: readonly unknown[]): unknown => {
        logger.debug({}, `[${backendId}] Enter ${name}`);
        const leave = (): void => logger.debug({}, `[${backendId}] Leave ${name}`);
        try {
          // The driver keeps its state in private fields, which only the driver itself has.
          const result: unknown = Reflect.apply(member, target, given);
          if (result instanceof Promise) {
            return result.finally(leave);
          }
          leave();
          return result;
        } catch (error) {
          leave();
          throw error;
        }
      };
    },
  });
}
