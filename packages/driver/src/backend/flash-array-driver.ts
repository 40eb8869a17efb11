import { type ConnectPlaceOptions, connectPlace } from '../arrays/connect-place.ts';
import { eradicatesAtOnce } from '../config/backend-config.ts';
import type { InitiatorSecrets } from '../connections/chap.ts';
import { checkPaths } from '../connections/check-paths.ts';
import { exports } from '../connections/exports.ts';
import type { Protocol } from '../connections/protocol.ts';
import { protocolOf } from '../connections/protocol-of.ts';
import type { Locks } from '../contract/locks.ts';
import type { DriverVolume, FailoverResult } from '../contract/records.ts';
import type {
  ConfiguredArray,
  DriverSession,
  FailoverContext,
  VolumeDriver,
} from '../contract/volume-driver.ts';
import { volumeGroupNames } from '../names/broken-off-move.ts';
import { DriverNames } from '../names/driver-names.ts';
import { failBack } from '../replication/failback.ts';
import { failOver } from '../replication/failover.ts';
import { requireProtocol } from '../volume-types/array-features.ts';
import { capabilityProperties } from '../volume-types/capability-properties.ts';
import { BackendLife } from './backend-life.ts';
import { openSession } from './driver-session.ts';

export interface FlashArrayDriverOptions extends ConnectPlaceOptions {
  /** CHAP secrets per initiator, kept by the caller. */
  readonly secrets: InitiatorSecrets;
  /** Shared by every driver of the process: two back ends may be one array. */
  readonly locks: Locks;
  /** Uniform in 0 to `below` - 1, from a cryptographic source. */
  readonly randomInteger: (below: number) => number;
  readonly randomUuid: () => string;
  /** `backend_id` that the back end has failed over to; absent, null or empty: it works on its primary. */
  readonly activeBackendId?: string | null;
}

/** The FlashArray volume driver: one back end, its life and the session on its current array. */
export class FlashArrayDriver implements VolumeDriver {
  readonly names: DriverNames;
  readonly exports = exports;
  readonly capabilityProperties = capabilityProperties;
  readonly sharedTargets: boolean | null;
  readonly arrays: readonly ConfiguredArray[];
  readonly #options: FlashArrayDriverOptions;
  readonly #protocol: Protocol;
  readonly #life: BackendLife;
  readonly #signal: AbortSignal | null;

  constructor(
    options: FlashArrayDriverOptions,
    life: BackendLife | null = null,
    signal: AbortSignal | null = null,
  ) {
    const { config } = options;
    this.#options = options;
    this.#protocol = protocolOf(config.protocol);
    this.#signal = signal;
    this.sharedTargets = this.#protocol.sharedTargets;
    this.names = new DriverNames(config);
    this.arrays = [
      { id: 'default', servesPod: true },
      ...(config.replication?.targets ?? []).map(({ backendId, kind }) => ({
        id: backendId,
        servesPod: kind === 'sync',
      })),
    ];
    this.#life =
      life ??
      new BackendLife({
        ...options,
        connect: (place) => connectPlace(options, place),
        requireFit: (array) => requireProtocol(array, config.protocol),
      });
  }

  get volumes(): DriverSession['volumes'] {
    return this.#session().volumes;
  }

  get snapshots(): DriverSession['snapshots'] {
    return this.#session().snapshots;
  }

  get connections(): DriverSession['connections'] {
    return this.#session().connections;
  }

  get groups(): DriverSession['groups'] {
    return this.#session().groups;
  }

  get consistencyGroups(): DriverSession['consistencyGroups'] {
    return this.#session().consistencyGroups;
  }

  get manage(): DriverSession['manage'] {
    return this.#session().manage;
  }

  get statistics(): DriverSession['statistics'] {
    return this.#session().statistics;
  }

  get servesPod(): boolean {
    return this.#life.servesPod;
  }

  within(signal: AbortSignal): FlashArrayDriver {
    return new FlashArrayDriver(this.#options, this.#life, signal);
  }

  async open(): Promise<void> {
    await this.#life.open();
  }

  async checkForSetupError(): Promise<void> {
    const { config, logger } = this.#options;
    await checkPaths(this.#life.current().array, this.#protocol, config.section, logger);
  }

  async close(): Promise<void> {
    await this.#life.close();
  }

  async failoverHost(
    volumes: readonly DriverVolume[],
    secondaryId: string | null,
    context?: FailoverContext,
  ): Promise<FailoverResult> {
    const result = await this.failover(volumes, secondaryId, context);
    await this.failoverCompleted(result.activeBackendId);
    return result;
  }

  async failover(
    volumes: readonly DriverVolume[],
    secondaryId: string | null,
    { volumeTypes = [], progress = () => undefined }: FailoverContext = {},
  ): Promise<FailoverResult> {
    const request = {
      ...this.#options,
      ...this.#life.places(),
      section: this.#options.config.section,
      volumes,
      volumeGroups: volumeGroupNames(null, volumeTypes),
      eradicate: eradicatesAtOnce(this.#options.config),
      nameOf: (volume: DriverVolume) => this.names.of(volume),
      progress,
    };
    return await (secondaryId === 'default' ? failBack(request) : failOver(request, secondaryId));
  }

  async failoverCompleted(activeBackendId: string | null): Promise<void> {
    await this.#life.goOver(activeBackendId);
  }

  #session(): DriverSession {
    const dependencies = { ...this.#options, protocol: this.#protocol, names: this.names };
    return openSession(dependencies, this.#life.current(), this.#signal);
  }
}
