import type { Logger } from '@cinder-flasharray/common';
import type { VolumeDriver } from '../contract/volume-driver.ts';

/**
 * The same driver, with a debug line where each method begins and ends, as the Python driver's
 * `pure_driver_debug_trace` writes them: `[puredriver-1] Enter FlashArrayDriver.volumes.create`. Neither arguments nor
 * results are logged: they may hold secrets.
 */
export function debugTrace(driver: VolumeDriver, backendId: string, logger: Logger): VolumeDriver {
  return new Proxy(traced(driver, 'FlashArrayDriver', backendId, logger), {
    get: (target, property): unknown => {
      switch (property) {
        case 'within':
          return (signal: AbortSignal) => debugTrace(driver.within(signal), backendId, logger);
        case 'volumes':
        case 'snapshots':
        case 'connections':
        case 'groups':
        case 'consistencyGroups':
        case 'manage':
        case 'statistics':
        case 'names':
        case 'exports':
          return traced(driver[property], `FlashArrayDriver.${property}`, backendId, logger);
        default:
          return Reflect.get(target, property);
      }
    },
  });
}

function traced<Role extends object>(role: Role, of: string, backendId: string, logger: Logger): Role {
  return new Proxy(role, {
    get: (target, property): unknown => {
      // The driver keeps its state in private fields, which only the driver itself has.
      const member: unknown = Reflect.get(target, property, target);
      if (typeof member !== 'function') {
        return member;
      }
      const name = `${of}.${String(property)}`;
      return (...given: readonly unknown[]): unknown => {
        logger.debug({}, `[${backendId}] Enter ${name}`);
        const leave = (): void => logger.debug({}, `[${backendId}] Leave ${name}`);
        try {
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
