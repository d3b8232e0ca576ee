const readingMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Says whether a request with this method may change anything. */
export function changesState(method: string | undefined): boolean {
  return !readingMethods.has(method ?? '');
}
