import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** buf's program, for Node to run. */
export const buf = join(
  dirname(fileURLToPath(import.meta.resolve('@bufbuild/buf/package.json'))),
  'bin/buf',
);
