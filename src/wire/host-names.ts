const loopbackNames = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Makes the test whether a Host header, or an HTTP/2 authority, is a name of this peer: the guard against DNS
 * rebinding. `allowed`: names besides the loopback ones; with a port, that port alone.
 */
export function ownHostNames(allowed: readonly string[]): (host: string) => boolean {
  const names = new Set([...loopbackNames, ...allowed].map((name) => name.toLowerCase()));
  // Clients call a peer by one name as a rule.
  let ours = '';
  return (given) => {
    if (given === ours && given !== '') return true;
    const host = given.toLowerCase();
    if (!names.has(host) && !names.has(withoutPort(host))) return false;
    ours = given;
    return true;
  };
}

/** `name`, `name:port`, `name:`, `[v6]` and `[v6]:port`; anything else is no name on any list. */
function withoutPort(host: string): string {
  return host.replace(/:[0-9]{0,5}$/, '');
}
