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

/** Says when every back end has been tried, and which of them are not ready. */
async function announceBackends(service: Service, io: CommandIo): Promise<void> {
  await service.manager.started;
  const failures = [...service.manager.failures()];
  if (io.interactive) {
    for (const [host, reason] of failures) {
      io.error(`Back end ${host} is not ready and will be tried again: ${reason}`);
    }
    return;
  }
  io.out(JSON.stringify({ event: 'ready', notReady: Object.fromEntries(failures) }));
}
