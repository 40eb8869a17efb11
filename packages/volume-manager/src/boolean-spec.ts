const truths = new Set(['true', 't', '1', 'on', 'y', 'yes']);

/** Cinder's `bool_from_string`: everything that is not a word for true is false. */
export function isTrue(text: string): boolean {
  return truths.has(text.trim().toLowerCase());
}

/** Whether a type's spec says `<is> True`. */
export function saysTrue(spec: string | undefined): boolean {
  const [, word] = /^<is>\s*(\S+)$/.exec(spec?.trim() ?? '') ?? [];
  return word !== undefined && isTrue(word);
}
