import type { JournalEntry, JsonObject, Records } from '@cinder-flasharray/store';
import type { Intent, IntentOf, Journaled, Operation } from './intent.ts';

/** What an intent is about: the row whose id the journal files it under. */
function resourceOf(intent: Intent): string {
  switch (intent.operation) {
    case 'create_snapshot':
    case 'delete_snapshot':
    case 'manage_existing_snapshot':
    case 'unmanage_snapshot':
      return intent.snapshotId;
    case 'create_group':
    case 'create_group_from_src':
    case 'update_group':
    case 'delete_group':
      return intent.groupId;
    case 'create_group_snapshot':
    case 'delete_group_snapshot':
      return intent.groupSnapshotId;
    case 'attachment_update':
    case 'attachment_delete':
      return intent.attachmentId;
    case 'failover_host':
      return intent.host;
    default:
      return intent.volumeId;
  }
}

/** Writes an intent in the caller's transaction. */
export async function writeIntent<O extends Operation>(
  records: Records,
  intent: IntentOf<O>,
): Promise<Journaled<O>> {
  const { operation, ...details } = intent;
  const entry = await records.journal.add({ operation, resourceId: resourceOf(intent), details });
  return { entryId: entry.id, intent };
}

/** An entry that no release of ours can have written: the journal is damaged. */
export class JournalError extends Error {
  override readonly name = 'JournalError';
}

class Details {
  readonly #entry: JournalEntry;

  constructor(entry: JournalEntry) {
    this.#entry = entry;
  }

  text(key: string): string {
    const value = this.#entry.details[key];
    return typeof value === 'string' ? value : this.#wrong(key, 'a string');
  }

  textOrNull(key: string): string | null {
    return this.#entry.details[key] === null ? null : this.text(key);
  }

  flag(key: string): boolean {
    const value = this.#entry.details[key];
    return typeof value === 'boolean' ? value : this.#wrong(key, 'a boolean');
  }

  whole(key: string): number {
    const value = this.#entry.details[key];
    return typeof value === 'number' && Number.isSafeInteger(value)
      ? value
      : this.#wrong(key, 'a whole number');
  }

  texts(key: string): readonly string[] {
    const value = this.#entry.details[key];
    return Array.isArray(value) && value.every((item) => typeof item === 'string')
      ? value
      : this.#wrong(key, 'a list of strings');
  }

  object(key: string): JsonObject {
    const value = this.#entry.details[key];
    return isObject(value) ? value : this.#wrong(key, 'an object');
  }

  objectOrNull(key: string): JsonObject | null {
    return this.#entry.details[key] === null ? null : this.object(key);
  }

  #wrong(key: string, expected: string): never {
    throw new JournalError(
      `journal entry ${this.#entry.id} (${this.#entry.operation}): ${key} is not ${expected}`,
    );
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @throws JournalError */
export function readIntent(entry: JournalEntry): Intent {
  const details = new Details(entry);
  const volumeId = (): string => details.text('volumeId');
  switch (entry.operation) {
    case 'create_volume':
      return { operation: 'create_volume', volumeId: volumeId() };
    case 'delete_volume':
      return { operation: 'delete_volume', volumeId: volumeId(), cascade: details.flag('cascade') };
    case 'extend_volume':
      return {
        operation: 'extend_volume',
        volumeId: volumeId(),
        newSize: details.whole('newSize'),
        reservation: details.texts('reservation'),
      };
    case 'create_snapshot':
    case 'delete_snapshot':
    case 'unmanage_snapshot':
      return { operation: entry.operation, snapshotId: details.text('snapshotId') };
    case 'retype':
      return {
        operation: 'retype',
        volumeId: volumeId(),
        newTypeId: details.text('newTypeId'),
        reservation: details.texts('reservation'),
      };
    case 'manage_existing':
      return { operation: 'manage_existing', volumeId: volumeId(), reference: details.object('reference') };
    case 'manage_existing_snapshot':
      return {
        operation: 'manage_existing_snapshot',
        snapshotId: details.text('snapshotId'),
        reference: details.object('reference'),
      };
    case 'unmanage_volume':
      return { operation: 'unmanage_volume', volumeId: volumeId() };
    case 'create_group':
    case 'create_group_from_src':
    case 'delete_group':
      return { operation: entry.operation, groupId: details.text('groupId') };
    case 'update_group':
      return {
        operation: 'update_group',
        groupId: details.text('groupId'),
        add: details.texts('add'),
        remove: details.texts('remove'),
      };
    case 'create_group_snapshot':
    case 'delete_group_snapshot':
      return { operation: entry.operation, groupSnapshotId: details.text('groupSnapshotId') };
    case 'revert_to_snapshot':
      return {
        operation: 'revert_to_snapshot',
        volumeId: volumeId(),
        snapshotId: details.text('snapshotId'),
      };
    case 'attachment_update':
      return {
        operation: 'attachment_update',
        volumeId: volumeId(),
        attachmentId: details.text('attachmentId'),
        connector: details.object('connector'),
        madeWithConnector: details.flag('madeWithConnector'),
      };
    case 'attachment_delete':
      return {
        operation: 'attachment_delete',
        volumeId: volumeId(),
        attachmentId: details.text('attachmentId'),
      };
    case 'initialize_connection':
      return {
        operation: 'initialize_connection',
        volumeId: volumeId(),
        connector: details.object('connector'),
      };
    case 'terminate_connection':
      return {
        operation: 'terminate_connection',
        volumeId: volumeId(),
        connector: details.objectOrNull('connector'),
      };
    case 'failover_host':
      return {
        operation: 'failover_host',
        host: details.text('host'),
        secondaryId: details.textOrNull('secondaryId'),
        previousStatus: details.text('previousStatus'),
      };
    case 'tag_attachment': {
      const attachment = details.objectOrNull('attachment');
      const instance = attachment?.instanceUuid;
      return {
        operation: 'tag_attachment',
        volumeId: volumeId(),
        attachment:
          attachment === null ? null : { instanceUuid: typeof instance === 'string' ? instance : null },
      };
    }
    default:
      throw new JournalError(`journal entry ${entry.id}: unknown operation ${entry.operation}`);
  }
}
