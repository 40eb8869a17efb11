import type {
  ChapCredentials,
  Connection,
  FlashArray,
  Initiators,
  Volume,
} from '@cinder-flasharray/flasharray';
import type { ConnectionInfo, DisconnectionInfo } from '../contract/records.ts';
import type { HostConnector } from './connector.ts';

/** What the array offers hosts at the moment, read before anything is connected. */
export interface Paths {
  /** Paths there are, for messages: portals or WWNs. Never empty. */
  readonly names: readonly string[];
  /**
   * Those that lead through these initiators, in the spelling of `HostConnector.initiators`.
   * @throws DriverError `driver` when there is none
   */
  through(initiators: readonly string[]): Paths;
  /** What the host is told. */
  info(made: {
    readonly volume: Volume;
    readonly connection: Connection;
    /** Of the host; null: without CHAP. */
    readonly chap: ChapCredentials | null;
  }): ConnectionInfo;
}

/** How one protocol shows volumes to hosts. */
export interface Protocol {
  readonly initiatorKind: Initiators['kind'];
  /** Whether hosts reach several volumes through one target (Cinder's `shared_targets`); null: os-brick always locks. */
  readonly sharedTargets: boolean | null;
  /** One-way CHAP is wanted for hosts of ours. */
  readonly chap: boolean;
  /** The array's name for a host that the driver makes. @param digits the system's UUID, or a random one */
  hostName(connectorHost: string, digits: string): string;
  /** One round. @throws DriverError `driver` when there is no path that hosts may use */
  paths(array: FlashArray, connector: HostConnector): Promise<Paths>;
  /**
   * What a detach tells the caller.
   * @param unused the host has no connection left
   */
  disconnected(
    array: FlashArray,
    connector: HostConnector | null,
    unused: boolean,
  ): Promise<DisconnectionInfo | null>;
}
