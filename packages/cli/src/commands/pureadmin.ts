import { connectControl, pureadmin } from '@cinder-flasharray/simulator';
import type { CommandIo } from '../command-io.ts';
import { CommandError, exitCode } from '../exit-code.ts';
import { readAddresses } from './simulate.ts';

/** Runs the array's `pureadmin` on a simulated array, found through the simulator's state folder. */
export async function runPureadmin(
  options: { readonly array: string | null; readonly state: string; readonly argv: readonly string[] },
  io: CommandIo,
): Promise<number> {
  const addresses = await readAddresses(options.state);
  const [first] = addresses.arrays;
  const name = options.array ?? first?.name;
  if (name === undefined || !addresses.arrays.some((array) => array.name === name)) {
    throw new CommandError(
      exitCode.usage,
      `There is no simulated array ${name ?? ''}.`,
      `The simulator has: ${addresses.arrays.map((array) => array.name).join(', ')}`,
    );
  }
  const result = await pureadmin(connectControl(addresses.controlUrl), name, options.argv);
  if (result.stdout !== '') {
    io.out(result.stdout.trimEnd());
  }
  if (result.stderr !== '') {
    io.error(result.stderr.trimEnd());
  }
  return result.exitCode;
}
