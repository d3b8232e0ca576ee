import { whyNotBelieved } from '../../tls/complaints.ts';

// What is said of a peer whose certificate is not believed, and what to do.

interface TlsFailure {
  readonly reason: string;
  readonly hint: string;
}

const unknownAuthority = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);
const outOfDate = new Set(['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID']);

/** Gives what to say of an error of a connection; undefined when it is none of TLS. */
export function tlsFailure(
  error: NodeJS.ErrnoException & { readonly cert?: { readonly subjectaltname?: string } },
  { host, caFile }: { readonly host: string; readonly caFile: string | undefined },
): TlsFailure | undefined {
  const { code = '' } = error;
  if (unknownAuthority.has(code)) {
    const hint =
      caFile === undefined
        ? 'Name the CA that made it: --cacert ca.pem, or the variable QUOLL_CACERT.'
        : `Is ${caFile} the CA of this ensemble? It is the ca.pem that its peers have.`;
    return { reason: `its certificate: ${whyNotBelieved(code)}`, hint };
  }
  if (outOfDate.has(code)) {
    const hint =
      'Renew it there (quoll tls new DIR --renew), or set the clock of this machine if that is wrong.';
    return { reason: `its certificate: ${whyNotBelieved(code)}`, hint };
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const names = (error.cert?.subjectaltname ?? 'none').replace(/\bIP Address:|\bDNS:/g, '');
    const hint =
      `It is for: ${names}\n` +
      'Go to one of these names, or make one that has this name too (quoll tls new DIR --renew --hosts).';
    return { reason: `its certificate is not for ${host}`, hint };
  }
  if (/^(?:CERT|CRL|INVALID)_/.test(code)) {
    const hint = 'Look at it there: quoll tls check.';
    return { reason: `its certificate: ${whyNotBelieved(code)}`, hint };
  }
  return undefined;
}
