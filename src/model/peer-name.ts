import { serverId, type ServerId } from './ids.ts';

/** Whom a peer's certificate names: which peer of which ensemble. */
export interface PeerName {
  /** See `Membership.clusterId`. */
  readonly clusterId: string;
  readonly id: ServerId;
}

const clusterIdForm = /^[0-9a-f]{16}$/;
const uriForm = /^quoll:\/\/([0-9a-f]{16})\/peer\/([1-9]\d{0,2})$/;
const authorityUriForm = /^quoll:\/\/([0-9a-f]{16})\/ca$/;

export function isClusterId(text: string): boolean {
  return clusterIdForm.test(text);
}

/** Gives the URI that stands among the names of a peer's certificate. */
export function peerUri({ clusterId, id }: PeerName): string {
  return `quoll://${clusterId}/peer/${String(id)}`;
}

/** Undefined for any other URI. */
export function parsePeerUri(uri: string): PeerName | undefined {
  const [, clusterId, digits] = uriForm.exec(uri) ?? [];
  const id = Number(digits);
  return clusterId === undefined || id > 255 ? undefined : { clusterId, id: serverId(id) };
}

/** Gives the URI by which an authority says for which ensemble it was made. */
export function authorityUri(clusterId: string): string {
  return `quoll://${clusterId}/ca`;
}

/** Gives the ensemble's id; undefined for any other URI. */
export function parseAuthorityUri(uri: string): string | undefined {
  return authorityUriForm.exec(uri)?.[1];
}
