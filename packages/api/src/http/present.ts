/** Every key, each of which may be undefined. */
export type Undefinable<Fields> = { readonly [Key in keyof Fields]?: Fields[Key] | undefined };

/** Leaves out what is undefined: an absent filter is an absent key. */
export function present<Fields extends object>(fields: Undefinable<Fields>): Partial<Fields> {
  const given: Partial<Fields> = {};
  for (const key in fields) {
    const value = fields[key];
    if (value !== undefined) {
      given[key] = value;
    }
  }
  return given;
}
