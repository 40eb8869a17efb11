/** Names of actions by the code in a message's row. Source: Cinder 21, message_field. */
const actions: Readonly<Record<string, string>> = {
  '001': 'schedule allocate volume',
  '002': 'attach volume',
  '003': 'copy volume to image',
  '004': 'update attachment',
  '005': 'copy image to volume',
  '006': 'unmanage volume',
  '007': 'extend volume',
  '008': 'create volume from backend storage',
  '009': 'create snapshot',
  '010': 'delete snapshot',
  '011': 'update snapshot',
  '012': 'update snapshot metadata',
};

/** What went wrong, by the code in a message's row. */
const details: Readonly<Record<string, string>> = {
  '001': 'An unknown error occurred.',
  '002': 'Driver is not initialized at present.',
  '003': 'Could not find any available weighted backend.',
  '005': "Volume's attach mode is invalid.",
  '006': 'Not enough quota resource for operation.',
  '010': 'Volume Driver failed to extend volume.',
  '012': 'Driver failed to create the volume.',
  '013': 'Snapshot failed to create.',
  '014': 'Volume snapshot update metadata failed.',
  '015': 'Snapshot is busy.',
  '016': 'Snapshot failed to delete.',
  '021': 'Failed to attach volume.',
  '022': 'Failed to detach volume.',
  '027': 'Volume status is invalid.',
};

/** `create volume from backend storage:Driver failed to create the volume.` */
export function messageText(actionId: string, detailId: string): string {
  return `${actions[actionId] ?? 'unknown action'}:${details[detailId] ?? 'An unknown error occurred.'}`;
}
