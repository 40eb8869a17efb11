/** Longest `volume.name` (the template filled in) that still fits with `-cinder` into an array's 63 characters. */
const longestVolumeName = 56;
const suffix = '-cinder';

/** Cinder's `volume.name`: `volume_name_template` with `%s` replaced. */
export function fillTemplate(template: string, id: string): string {
  return template.replace('%s', id);
}

/**
 * The array's name for a volume: `volume-<id>-cinder`. A name over 56 characters keeps its rightmost part: the
 * template's own text is stripped, the last (56 - template length, `%s` counted) characters are put into it again.
 */
export function volumeName(template: string, nameId: string): string {
  const name = fillTemplate(template, nameId);
  if (name.length <= longestVolumeName) {
    return `${name}${suffix}`;
  }
  const [before = ''] = template.split('%s');
  const keep = longestVolumeName - template.length;
  const stripped = name.slice(before.length);
  return `${fillTemplate(template, stripped.slice(-keep))}${suffix}`;
}

/** The suffix after the dot: Cinder's `snapshot.name`. */
export function snapshotSuffix(template: string, id: string): string {
  return fillTemplate(template, id);
}

/** `<volume>.<suffix>`. */
export function snapshotName(volume: string, suffixText: string): string {
  return `${volume}.${suffixText}`;
}

/**
 * NVMe NGUID: 32 hex digits, lower case.
 * @param serial 24 hex digits
 */
export function nguid(serial: string): string {
  return `00${serial.slice(0, 14)}24a937${serial.slice(-10)}`.toLowerCase();
}

/** SCSI WWID: vendor prefix and serial, lower case. */
export function scsiWwid(serial: string): string {
  return `3624a9370${serial.toLowerCase()}`;
}
