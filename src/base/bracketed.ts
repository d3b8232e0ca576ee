/** Gives a host as it stands before a port: an IPv6 address in brackets, whether it had them already or not. */
export function bracketed(host: string): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
}
