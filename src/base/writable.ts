/** The same, for whoever makes it or fills it anew. */
export type Writable<Type> = { -readonly [Key in keyof Type]: Type[Key] };
