import { SimulatorError } from '../errors.ts';
import type { SimulatorControl } from './control.ts';

/** Steers a simulator in another process over its control interface (`http://127.0.0.1:port`). */
export function connectControl(controlUrl: string): SimulatorControl {
  throw new SimulatorError('invalid', `not yet implemented (${controlUrl})`);
}
