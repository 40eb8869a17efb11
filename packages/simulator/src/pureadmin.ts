import type { SimulatorControl } from './control/control.ts';

/** What a command line program leaves behind. */
export type CommandResult = { readonly exitCode: number; readonly stdout: string; readonly stderr: string };

/** Imitates the array's `pureadmin` command: create, list, delete API tokens. */
export async function pureadmin(
  _control: SimulatorControl,
  _array: string,
  _argv: readonly string[],
): Promise<CommandResult> {
  return { exitCode: 1, stdout: '', stderr: 'not yet implemented\n' };
}
