/** Puts the errors of sockets, name look-up and TLS into words. */
import type { WhyUnreached } from './model.ts';

/** A request that got no answer that could be read. */
export type Unreached = {
  readonly unreached: WhyUnreached;
  /** Ends the sentence "not checked, because …". */
  readonly because: string;
  /** A word or two for the list of what was seen: an errno, mostly. */
  readonly seen: string;
};

const DNS = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'EAI_NODATA',
  'EAI_NONAME',
  'EAI_FAIL',
  'ENODATA',
  'ESERVFAIL',
]);
const NO_ROUTE = new Set(['EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL', 'EHOSTDOWN', 'ENETDOWN']);
const CLOSED = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED']);

/** Certificates that another set of trusted roots could make good. */
export const UNTRUSTED: ReadonlySet<string> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
]);

const CERTIFICATE: ReadonlyMap<string, string> = new Map([
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'has a certificate for another name'],
  ['CERT_HAS_EXPIRED', 'has a certificate that has expired'],
  ['CERT_NOT_YET_VALID', 'has a certificate that is not valid yet'],
  ['CERT_REVOKED', 'has a certificate that was revoked'],
]);

/** Errors that OpenSSL gives where the other side does not speak TLS. */
const PLAIN_HTTP = /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST|wrong version number/;

/** The code of an error; of several attempts on one name, that of the first. */
export function codeOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return error instanceof Error ? error.name : 'error';
}

/** True where the server answered a TLS greeting with something else. */
function speaksPlainHttp(error: unknown): boolean {
  return PLAIN_HTTP.test(codeOf(error)) || (error instanceof Error && PLAIN_HTTP.test(error.message));
}

/** What an error of a request to `name` means. `name` is how sentences call the host. */
export function explain(error: unknown, name: string): Unreached {
  const seen = codeOf(error);
  if (DNS.has(seen)) return { unreached: 'dns', because: `${name} does not resolve here (DNS)`, seen };
  if (seen === 'ECONNREFUSED') return { unreached: 'refused', because: `${name} refuses connections`, seen };
  if (NO_ROUTE.has(seen)) return { unreached: 'refused', because: `there is no route to ${name}`, seen };
  if (seen === 'ETIMEDOUT') return { unreached: 'timeout', because: `${name} gave no answer`, seen };
  if (CLOSED.has(seen)) {
    return { unreached: 'failed', because: `${name} closed the connection without an answer`, seen };
  }
  if (speaksPlainHttp(error)) {
    const because = `${name} answers plain HTTP where Docker wants HTTPS`;
    return { unreached: 'tls', because, seen: `plain HTTP (${seen})` };
  }
  if (/CERTIFICATE_REQUIRED/.test(seen)) {
    const because = `${name} wants a client certificate, and certs.d has none for it`;
    return { unreached: 'tls', because, seen };
  }
  if (UNTRUSTED.has(seen)) {
    return { unreached: 'tls', because: `${name} has a certificate that no trusted authority signed`, seen };
  }
  const certificate = CERTIFICATE.get(seen);
  if (certificate) return { unreached: 'tls', because: `${name} ${certificate}`, seen };
  if (seen === 'EPROTO' || seen.startsWith('ERR_SSL') || seen.startsWith('ERR_TLS')) {
    return { unreached: 'tls', because: `no TLS connection to ${name} came about`, seen };
  }
  if (seen.startsWith('HPE_')) return badAnswer(`${name} answers with something that is no HTTP`, seen);
  return { unreached: 'failed', because: `the connection to ${name} failed (${seen})`, seen };
}

/** An answer that no registry gives. */
export function badAnswer(because: string, seen: string): Unreached {
  return { unreached: 'bad-answer', because, seen };
}
