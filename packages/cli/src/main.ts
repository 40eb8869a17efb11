import { systemClock } from '@cinder-flasharray/common';
import { Command, CommanderError, Option } from 'commander';
import { processIo } from './command-io.ts';
import { dbPurge } from './commands/db-purge.ts';
import { runPureadmin } from './commands/pureadmin.ts';
import { serve } from './commands/serve.ts';
import { simulate } from './commands/simulate.ts';
import { start } from './commands/start.ts';
import { CommandError, exitCode, systemCode } from './exit-code.ts';
import { defaultStateFolder, simulatorFolder } from './state-folder.ts';
import { version } from './version.ts';

const io = processIo();

function collect(value: string, earlier: readonly string[]): readonly string[] {
  return [...earlier, value];
}

function portNumber(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) {
    throw new CommandError(exitCode.usage, `"${text}" is not a port: 0 to 65535.`);
  }
  return port;
}

function seedNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) {
    throw new CommandError(exitCode.usage, `"${text}" is not a seed: 0 to 999999999.`);
  }
  return Number(text);
}

const defaultConfigFiles = ['/etc/cinder/cinder.conf'];

function configFiles(named: readonly string[]): readonly string[] {
  return named.length === 0 ? defaultConfigFiles : named;
}

function ageInDays(text: string): number {
  if (!/^\d{1,5}$/.test(text)) {
    throw new CommandError(exitCode.usage, `"${text}" is not an age in whole days: 0 to 99999.`);
  }
  return Number(text);
}

function program(finish: (code: number) => void): Command {
  const command = new Command('cinder-flasharray')
    .enablePositionalOptions()
    .description(
      'OpenStack Block Storage on Pure Storage FlashArray. Not affiliated with Pure Storage or the OpenStack project.',
    )
    .version(version)
    .exitOverride()
    .showHelpAfterError('(see --help)');

  command
    .command('serve')
    .description('run the standalone Block Storage API v3 service')
    .option('--config-file <file>', 'cinder.conf; may be given several times, later files win', collect, [])
    .addHelpText(
      'after',
      `
Reads an ordinary cinder.conf: enabled_backends and a section for each back end.
Without --config-file, /etc/cinder/cinder.conf is read.

Exit codes: 0 ended by a signal, 1 failed, 2 wrong command line, 75 a port or the state is taken,
78 the configuration is not usable.`,
    )
    .action(async (options: { configFile: readonly string[] }) => {
      finish(await serve({ configFiles: configFiles(options.configFile) }, io));
    });

  command
    .command('db')
    .description('the database of the standalone service')
    .command('purge')
    .description('remove rows for good that were deleted long ago, while no service runs')
    .requiredOption('--age-in-days <days>', 'how long ago; 0 for all that are deleted', ageInDays)
    .option('--config-file <file>', 'cinder.conf; may be given several times, later files win', collect, [])
    .addHelpText(
      'after',
      `
A running service does it by itself, for rows deleted purge_deleted_after_days ago (default 30; 0: never).

Exit codes: 0 done, 1 failed, 2 wrong command line, 75 a service owns the database,
78 the configuration is not usable.`,
    )
    .action(async (options: { ageInDays: number; configFile: readonly string[] }) => {
      const { ageInDays: age, configFile } = options;
      finish(
        await dbPurge({ ageInDays: age, configFiles: configFiles(configFile), now: systemClock.now() }, io),
      );
    });

  command
    .command('simulate')
    .description('run simulated FlashArrays: REST 1.x and 2.x over HTTPS')
    .option(
      '--array <name[,purity=X][,rest=A+B][,port=N]>',
      'an array; may be given several times (default: fa1)',
      collect,
      [],
    )
    .option(
      '--connect <a:b[:sync]>',
      'two arrays that replicate to each other; may be given several times',
      collect,
      [],
    )
    .option('--control-port <port>', 'port of the control interface on loopback, 0 for any', portNumber, 0)
    .option(
      '--state <folder>',
      'where certificates and the arrays are kept',
      simulatorFolder(defaultStateFolder()),
    )
    .option('--seed <number>', 'seed of serials, ids and tokens', seedNumber, 1)
    .option('--log-requests', 'one JSON line a request on standard error', false)
    .addOption(new Option('--until-stdin-ends').hideHelp().default(false))
    .addHelpText(
      'after',
      `
The Purity version decides which REST versions an array offers: 4.0.0 offers 1.0 to 1.2, 4.6.0 up to 1.5,
5.3.0 up to 1.17, 6.1.0 up to 1.19 and 2.4, 6.4.10 up to 2.26; without one the newest is offered.
API tokens are made and shown with:  pureadmin create --api-token USER
The control interface (clock, faults, holds, request log, content of volumes) is described in
packages/simulator/README.md.`,
    )
    .action(
      async (options: {
        array: readonly string[];
        connect: readonly string[];
        controlPort: number;
        state: string;
        seed: number;
        logRequests: boolean;
        untilStdinEnds: boolean;
      }) => {
        const arrays = options.array.length === 0 ? ['fa1'] : options.array;
        finish(await simulate({ ...options, arrays, connections: options.connect }, io));
      },
    );

  command
    .command('pureadmin')
    .description("the array's pureadmin command, on a simulated array")
    .option('--array <name>', 'which simulated array (default: the first)')
    .option('--state <folder>', "the simulator's state folder", simulatorFolder(defaultStateFolder()))
    .argument(
      '[arguments...]',
      'create --api-token USER | list --api-token [--expose] [USER] | delete --api-token USER',
    )
    .allowUnknownOption()
    .passThroughOptions()
    .action(async (argv: readonly string[], options: { array?: string; state: string }) => {
      finish(await runPureadmin({ array: options.array ?? null, state: options.state, argv }, io));
    });

  command
    .command('start')
    .description('two simulated arrays and the standalone service, ready to try')
    .option('--fresh', 'start over: forget volumes and arrays of earlier starts', false)
    .option('--state <folder>', 'where everything is kept', defaultStateFolder())
    .option('--port <port>', 'port of the Block Storage API (default: as before, at first 8776)', portNumber)
    .option(
      '--array-port <port>',
      'port of the first array; the second has the next one (default: as before, at first 8443)',
      portNumber,
    )
    .addOption(
      new Option(
        '--replication <kind>',
        'one back end, on the first array, that replicates to the second; decided at the first start, see --fresh',
      ).choices(['async', 'sync']),
    )
    .action(
      async (options: {
        fresh: boolean;
        state: string;
        port?: number;
        arrayPort?: number;
        replication?: 'async' | 'sync';
      }) => {
        const { fresh, state, port, arrayPort, replication } = options;
        finish(
          await start(
            {
              fresh,
              state,
              port: port ?? null,
              arrayPort: arrayPort ?? null,
              replication: replication ?? null,
            },
            io,
          ),
        );
      },
    );

  return command;
}

async function main(argv: readonly string[]): Promise<number> {
  let code: number = exitCode.ok;
  try {
    await program((result) => {
      code = result;
    }).parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) {
      return error.exitCode === 0 ? exitCode.ok : exitCode.usage;
    }
    if (error instanceof CommandError) {
      io.error(`error: ${error.message}`);
      if (error.advice !== null) {
        io.error(error.advice);
      }
      return error.code;
    }
    // What the operating system refuses (EACCES) needs no stack; what nobody foresaw is told with one.
    const isForeseen = !(error instanceof Error) || /^E[A-Z0-9]+$/.test(systemCode(error) ?? '');
    io.error(
      isForeseen
        ? `error: ${error instanceof Error ? error.message : error}`
        : (error.stack ?? error.message),
    );
    return exitCode.failure;
  }
}

process.exitCode = await main(process.argv.slice(2));
