import type * as x509 from '@peculiar/x509';

type X509 = (typeof x509)['default'];

let loading: Promise<X509> | undefined;

/** The library that makes certificates and lists of revoked ones: no peer loads it. */
export function loadX509(): Promise<X509> {
  loading ??= load();
  return loading;
}

async function load(): Promise<X509> {
  const before = new Set(Object.getOwnPropertyNames(globalThis));
  // It asks for this one to be there before it.
  await import('reflect-metadata');
  // A CommonJS module: where it was bundled, it has its names in `default` alone.
  const { default: library } = await import('@peculiar/x509');
  // tslib, by which it was compiled, leaves its functions in the global scope, too, where they are nobody's.
  for (const name of Object.getOwnPropertyNames(globalThis)) {
    if (name.startsWith('__') && !before.has(name)) Reflect.deleteProperty(globalThis, name);
  }
  return library;
}
