import { isHost } from '../model/member-address.ts';
import { parseIpRange } from '../model/ip-range.ts';
import { parsePath } from '../model/path.ts';

// How the text of one setting becomes a value: the same for a file, a variable and a flag.

export type Parsed<Value> = { readonly value: Value } | { readonly want: string };

export interface Setting<Value> {
  /** One line for `--help` and for the reference. */
  readonly about: string;
  /** `want` says what would have been accepted, as the end of the sentence "want …". */
  readonly parse: (text: string) => Parsed<Value>;
  /** Of a whole number: the least and the greatest that is taken. */
  readonly range?: { readonly min: number; readonly max: number };
  /** Said at one start and not kept in a file. */
  readonly onlyAtStart?: true;
  /** A complaint does not repeat it. */
  readonly isSecret?: true;
}

export function integer(about: string, min: number, max: number): Setting<number> {
  const want = `a whole number from ${String(min)} to ${String(max)}`;
  return {
    about,
    range: { min, max },
    parse: (text) => {
      const value = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
      return value >= min && value <= max ? { value } : { want };
    },
  };
}

export function text(about: string): Setting<string> {
  return { about, parse: (value) => (value === '' ? { want: 'something' } : { value }) };
}

export function oneOf<const Word extends string>(
  about: string,
  words: readonly Word[],
): Setting<Word> {
  return {
    about: `${about}: ${words.join(', ')}`,
    parse: (given) => {
      const value = words.find((word) => word === given);
      return value === undefined ? { want: words.join(' or ') } : { value };
    },
  };
}

export function yesOrNo(about: string): Setting<boolean> {
  return {
    about,
    parse: (given) => {
      // ZooKeeper, too, takes True and FALSE.
      const word = given.toLowerCase();
      if (['true', 'yes'].includes(word)) return { value: true };
      return ['false', 'no'].includes(word) ? { value: false } : { want: 'true or false' };
    },
  };
}

/** Makes the setting of a door's port: a port, or the word `off`. */
export function doorPort(about: string): Setting<number | 'off'> {
  return {
    about: `${about}; 0 picks a free one, off closes the door`,
    parse: (given) => {
      if (given === 'off') return { value: 'off' };
      const port = parsePort(given);
      return port === undefined ? { want: 'a port from 0 to 65535, or off' } : { value: port };
    },
  };
}

export function host(about: string): Setting<string> {
  return {
    about,
    parse: (given) => {
      const value = parseHost(given);
      return value === undefined
        ? { want: 'a host name or an address, without a port' }
        : { value };
    },
  };
}

/** Makes the setting of a collector's URL. One without a path means the path that OTLP has for traces. */
export function collector(about: string): Setting<string> {
  return {
    about,
    parse: (given) => {
      const url = URL.canParse(given) ? new URL(given) : undefined;
      const isHttp = url?.protocol === 'http:' || url?.protocol === 'https:';
      if (url === undefined || !isHttp || url.username !== '' || url.password !== '') {
        return { want: 'a URL as http://127.0.0.1:4318, without a user' };
      }
      if (url.pathname === '/') url.pathname = '/v1/traces';
      return { value: url.href };
    },
  };
}

/** Makes the setting of a list, separated by commas; a YAML list arrives in the same form. */
export function list<Item extends string>(
  about: string,
  item: Setting<Item>,
): Setting<readonly Item[]> {
  return {
    about: `${about}, separated by commas`,
    parse: (given) => {
      const values: Item[] = [];
      for (const part of given.split(',')) {
        if (part.trim() === '') continue;
        const parsed = item.parse(part.trim());
        if ('want' in parsed) return parsed;
        values.push(parsed.value);
      }
      return { value: values };
    },
  };
}

/** Makes the setting of a name as it stands in a Host header; with a port, that port alone is meant. */
export function hostHeader(about: string): Setting<string> {
  return {
    about,
    parse: (given) =>
      /^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_.-]+)(:\d{1,5})?$/.test(given)
        ? { value: given }
        : { want: 'names as quoll.example or quoll.example:8080' },
  };
}

export function origin(about: string): Setting<string> {
  return {
    about,
    parse: (given) => {
      const url = given.endsWith(':*') ? given.slice(0, -2) : given;
      return URL.canParse(url) && new URL(url).origin === url
        ? { value: given }
        : { want: 'origins as https://console.example:8443, or http://localhost:* for any port' };
    },
  };
}

/**
 * Makes the setting of a digest, `user:base64(sha1(user:password))`: what ZooKeeper's DigestAuthenticationProvider
 * prints.
 */
export function digest(about: string): Setting<string> {
  return {
    about,
    isSecret: true,
    parse: (given) =>
      /^[^:]+:[A-Za-z0-9+/]{27}=$/.test(given)
        ? { value: given }
        : { want: 'user:base64(sha1(user:password)), 28 characters after the colon' },
  };
}

export function znodePath(about: string): Setting<string> {
  return {
    about,
    parse: (given) => {
      const path = parsePath(given);
      return typeof path === 'string' ? { value: path } : { want: 'paths of znodes as /app/keys' };
    },
  };
}

export function addressRange(about: string): Setting<string> {
  return {
    about,
    parse: (given) =>
      parseIpRange(given) === undefined
        ? { want: 'addresses as 10.0.0.7, and ranges of them as 10.0.0.0/24 or 2001:db8::/64' }
        : { value: given },
  };
}

export function parsePort(given: string): number | undefined {
  return /^\d{1,5}$/.test(given) && Number(given) <= 65_535 ? Number(given) : undefined;
}

/** Reads a host, without the brackets that an IPv6 address has before a port. */
export function parseHost(given: string): string | undefined {
  const bare = /^\[(.*)\]$/.exec(given)?.[1] ?? given;
  return isHost(bare) ? bare : undefined;
}
