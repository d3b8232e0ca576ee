/** What a listener is for: the setting that names its address, and the address. */
interface ListeningPlace {
  readonly setting: string;
  readonly host: string;
  readonly port: number;
}

/** Says why a listener could not be opened, for the person who started the peer. */
export function cannotListen(error: unknown, { setting, host, port }: ListeningPlace): Error {
  const cause = { cause: error };
  const place = `port ${String(port)} of ${host} (${setting})`;
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return new Error(
        `${place} is taken by another process, perhaps by this very peer, running already. ` +
          'Stop that process, or choose another port.',
        cause,
      );
    case 'EACCES':
      return new Error(
        `${place} is not for this user. Choose a port above 1023, or give the right to it.`,
        cause,
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new Error(
        `${place} can't be listened on: this machine does not have the address ${host}. Correct it.`,
        cause,
      );
    default:
      return new Error(`${place} can't be listened on: ${String(error)}`, cause);
  }
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}
