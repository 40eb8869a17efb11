import type { ApiTokenRow, SimulatorControl } from './control/control.ts';
import { SimulatorError } from './errors.ts';

/** What a command line program leaves behind. */
export type CommandResult = { readonly exitCode: number; readonly stdout: string; readonly stderr: string };

const usage = `usage: pureadmin create --api-token [--timeout DURATION] USER
       pureadmin list --api-token [--expose] [USER]
       pureadmin delete --api-token USER

DURATION is a number and s, m, h, d or w: 2h.
`;

const units: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** Imitates the array's `pureadmin` command: create, list, delete API tokens. */
export async function pureadmin(
  control: SimulatorControl,
  array: string,
  argv: readonly string[],
): Promise<CommandResult> {
  if (argv.length === 0 || argv.includes('--help') || argv.includes('-h')) {
    return {
      exitCode: argv.length === 0 ? 2 : 0,
      stdout: argv.length === 0 ? '' : usage,
      stderr: argv.length === 0 ? usage : '',
    };
  }
  const parsed = parse(argv);
  if (typeof parsed === 'string') {
    return { exitCode: 2, stdout: '', stderr: `pureadmin: ${parsed}\n${usage}` };
  }
  try {
    return { exitCode: 0, stdout: await run(control, array, parsed), stderr: '' };
  } catch (error) {
    if (error instanceof SimulatorError) {
      return { exitCode: 1, stdout: '', stderr: `Error on ${parsed.user ?? array}: ${error.message}\n` };
    }
    throw error;
  }
}

type Parsed = {
  readonly command: 'create' | 'list' | 'delete';
  readonly user: string | null;
  readonly expose: boolean;
  readonly timeoutMs: number | null;
};

/** The arguments, or what is wrong with them. */
function parse(argv: readonly string[]): Parsed | string {
  const [command, ...rest] = argv;
  if (command !== 'create' && command !== 'list' && command !== 'delete') return `unknown command ${command}`;
  const words = [...rest];
  const take = (flag: string): boolean => {
    const index = words.indexOf(flag);
    if (index >= 0) words.splice(index, 1);
    return index >= 0;
  };
  if (!take('--api-token')) return '--api-token is needed: this simulator keeps no other account data';
  const expose = take('--expose');
  let timeoutMs: number | null = null;
  const timeout = words.indexOf('--timeout');
  if (timeout >= 0) {
    const [, text = ''] = words.splice(timeout, 2);
    const [, amount, unit = ''] = /^(\d+)([smhdw])$/.exec(text) ?? [];
    if (amount === undefined) return `--timeout ${text}: must be a number and s, m, h, d or w`;
    timeoutMs = Number(amount) * (units[unit] ?? 0);
  }
  const unknown = words.find((word) => word.startsWith('-'));
  if (unknown !== undefined) return `unknown option ${unknown}`;
  if (words.length > 1) return 'one user at a time';
  const [user = null] = words;
  if (user === null && command !== 'list') return 'a user is needed';
  return { command, user, expose, timeoutMs };
}

async function run(control: SimulatorControl, array: string, parsed: Parsed): Promise<string> {
  const { command, user, expose, timeoutMs } = parsed;
  switch (command) {
    case 'create':
      return table([
        await control.createApiToken(array, user ?? '', timeoutMs === null ? undefined : { timeoutMs }),
      ]);
    case 'list':
      return table(await control.listApiTokens(array, { ...(user === null ? {} : { user }), expose }));
    case 'delete':
      await control.deleteApiToken(array, user ?? '');
      return `Name\n${user}\n`;
  }
}

/** Fixed columns two spaces apart; times are the array's own, without a zone. */
function table(rows: readonly ApiTokenRow[]): string {
  const lines = [
    ['Name', 'API Token', 'Created'],
    ...rows.map(({ user, token, created }) => [user, token, created.slice(0, 19).replace('T', ' ')]),
  ];
  const widths = [0, 1].map((column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map(
      (line) =>
        `${line
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}
