import { type BackendState, describeCondition, describeState } from '@cinder-flasharray/volume-manager';
import type { CommandIo } from '../command-io.ts';
import { readServiceConfig } from '../config/read-service-config.ts';
import type { ServiceConfig } from '../config/service-config.ts';
import { CommandError, exitCode } from '../exit-code.ts';
import { createLogger } from '../logging/create-logger.ts';
import { Service } from '../service/service.ts';

export interface ServeOptions {
  readonly configFiles: readonly string[];
}

/**
 * Reads the configuration; every problem of it is printed at once.
 * @throws CommandError `configuration`
 */
export async function loadConfig(options: ServeOptions, io: CommandIo): Promise<ServiceConfig> {
  const read = await readServiceConfig(options.configFiles);
  for (const warning of read.warnings) {
    io.error(`warning: ${warning}`);
  }
  if (read.kind === 'invalid') {
    throw new CommandError(
      exitCode.configuration,
      ['The configuration is not usable:', ...read.problems.map((problem) => `  ${problem}`)].join('\n'),
      'Correct the options named above; nothing was started.',
    );
  }
  return read.config;
}

/** Runs the standalone service until a signal. */
export async function serve(options: ServeOptions, io: CommandIo): Promise<number> {
  const config = await loadConfig(options, io);
  const logger = createLogger({ level: config.debug ? 'debug' : 'info', pretty: io.interactive });
  const service = await Service.open(config, logger);
  const { url } = service;
  if (io.interactive) {
    io.out(`Block Storage API v3 on ${url}/v3  (authentication: none, loopback only)`);
    io.out(`State in ${config.databasePath}`);
  } else {
    io.out(JSON.stringify({ event: 'listening', url, database: config.databasePath, auth: 'noauth' }));
  }
  void announceBackends(service, io);
  await io.stopped;
  await service.close();
  return exitCode.ok;
}

/** Says when every back end has been tried, and how those are that are not up. */
async function announceBackends(service: Service, io: CommandIo): Promise<void> {
  await service.manager.started;
  const notUp = await backendsNotUp(service);
  if (io.interactive) {
    for (const state of notUp) {
      io.error(`Back end ${describeState(state)}; it is tried again.`);
    }
    return;
  }
  io.out(JSON.stringify({ event: 'ready', notReady: conditionsByHost(notUp) }));
}

/** Back ends that cannot be worked with now. */
export async function backendsNotUp({ manager }: Service): Promise<readonly BackendState[]> {
  return (await manager.states()).filter(({ condition }) => condition.kind !== 'up');
}

/** For programs that read the output: why, by `host@backend`. */
export function conditionsByHost(states: readonly BackendState[]): Readonly<Record<string, string>> {
  return Object.fromEntries(states.map(({ host, condition }) => [host, describeCondition(condition)]));
}
