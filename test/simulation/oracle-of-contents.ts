import { type KnownSnapshot, type KnownVolume, writtenValue } from './knowledge.ts';
import { type Find, isTroubled, type OracleInput } from './oracle-input.ts';
import type { SnapshotRow, VolumeRow } from './rows.ts';

/** What hosts wrote is there, also in copies. */
export async function judgeContents(
  { rows, knowledge, control, failovers }: OracleInput,
  current: string,
  find: Find,
): Promise<void> {
  const read = async (name: string): Promise<number | null> => {
    try {
      return writtenValue(await control.readVolume(current, name, 0, 8));
    } catch {
      // It is not there, which others find.
      return null;
    }
  };
  // A copy of what is of an earlier time is, too.
  const isOlder = (known: KnownVolume): boolean => {
    const row = rows.volumes.find(({ id }) => id === known.id) ?? { created_at: null };
    return (
      failovers.mayBringBack(row, [
        ...known.types,
        ...known.earlierTypes,
        ...('type' in row ? [row.type ?? ''] : []),
      ]) ||
      (known.source !== null && isOlder(known.source))
    );
  };
  const compare = async (
    kind: string,
    row: VolumeRow | SnapshotRow,
    known: KnownVolume | KnownSnapshot | undefined,
    isRepaired: boolean,
  ): Promise<void> => {
    // Nothing is known of what a copy holds whose source nobody knew.
    if (known === undefined || known.contents.size === 0) {
      return;
    }
    if (isRepaired || isTroubled(row.status) || row.provider_id === null) {
      return;
    }
    const value = await read(row.provider_id);
    const of = 'history' in known ? known : knowledge.volumes.get(known.volumeId);
    const older = of !== undefined && isOlder(of) ? [...of.history, 0] : [];
    if (value !== null && !known.contents.has(value) && !older.includes(value)) {
      find(
        'wrong-content',
        `${kind} ${row.id} reads ${value} instead of ${[...known.contents].slice(0, 6).join(' or ')}`,
      );
    }
  };
  for (const row of rows.volumes) {
    const known = knowledge.volumes.get(row.id);
    await compare('volume', row, known, known?.isRepaired ?? false);
  }
  for (const row of rows.snapshots) {
    const volume = knowledge.volumes.get(row.volume_id);
    await compare('snapshot', row, knowledge.snapshots.get(row.id), volume?.isRepaired ?? false);
  }
}
