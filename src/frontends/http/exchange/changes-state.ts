const readingMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

export function changesState(method: string | undefined): boolean {
  return !readingMethods.has(method ?? '');
}
