/** `<is> True` and the other spellings that Cinder takes. */
export function saysTrue(spec: string | undefined): boolean {
  const [, word = ''] = /^\s*<is>\s*(\S+)\s*$/.exec(spec ?? '') ?? [];
  return ['true', 't', 'yes', 'y', 'on', '1'].includes(word.toLowerCase());
}
