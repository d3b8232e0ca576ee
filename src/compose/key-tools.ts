import { viewOf } from '../adapters/tls/certificate.ts';
import { checkKeys } from '../adapters/tls/check-keys.ts';
import { endingSoon } from '../adapters/tls/key-ends.ts';
import { writeNewKeys } from '../adapters/tls/new-keys.ts';
import { readCertificates, readKeys } from '../adapters/tls/read-keys.ts';
import { revokeKeys } from '../adapters/tls/revoke-keys.ts';
import { systemClock } from '../adapters/system/clock.ts';
import type { KeyTools } from '../config/key-tools.ts';

/** What `quoll tls` does to files of keys. */
export const keyTools: KeyTools = {
  make: (request) => writeNewKeys(request, systemClock.wall()),
  revoke: (directory, names) => revokeKeys(directory, names, systemClock.wall()),
  show: async (file) => {
    const { found, problems } = await readCertificates(file);
    return { certificates: found.map(viewOf), problems };
  },
  check: async (files, purpose) => {
    const nowMs = systemClock.wall();
    const read = await readKeys(files);
    return {
      certificate: read.own === undefined ? undefined : viewOf(read.own),
      problems: [...checkKeys(files, read, purpose, nowMs), ...endingSoon(files, read, nowMs)],
    };
  },
};
