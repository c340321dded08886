/** What keeps two sides from agreeing on TLS, told apart by OpenSSL's codes and the certificates themselves. */
import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { connect, createSecureContext, type SecureContext } from 'node:tls';
import type { EndpointTls, TlsFault } from './model.ts';

export type TlsParts = { readonly ca?: Buffer; readonly cert?: Buffer; readonly key?: Buffer };

/** What a fault is about; `about` ends a sentence. */
export type TlsTold = { readonly fault: TlsFault; readonly about?: string };

/** Makes what a connection needs of the files, or says which of them cannot be used. */
export function secureContextOf(parts: TlsParts, tls: EndpointTls): SecureContext | TlsTold {
  const unusable = (about: string): TlsTold => ({ fault: 'material-unusable', about });
  if (tls.cert === undefined && tls.key !== undefined)
    return unusable(`${tls.key} has no certificate beside it`);
  if (tls.key === undefined && tls.cert !== undefined) return unusable(`${tls.cert} has no key beside it`);
  if (parts.ca && !certificateIn(parts.ca)) return unusable(`${tls.ca} holds no certificate in PEM form`);
  if (parts.cert && !certificateIn(parts.cert))
    return unusable(`${tls.cert} holds no certificate in PEM form`);
  try {
    return createSecureContext({ ...parts });
  } catch (error) {
    const code = codeOf(error);
    return unusable(
      /KEY_VALUES_MISMATCH|KEY_TYPE_MISMATCH/.test(code)
        ? `${tls.key} is not the key of ${tls.cert}`
        : `${tls.key ?? tls.cert ?? tls.ca} cannot be used (${code})`,
    );
  }
}

function certificateIn(pem: Buffer): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

/**
 * The fault behind an error of a connection that was to use TLS; undefined where it is not about TLS.
 *
 * @param now in milliseconds since 1970
 */
export function tlsFaultOf(error: unknown, parts: TlsParts, now: number): TlsTold | undefined {
  const code = codeOf(error);
  const text = `${code} ${error instanceof Error ? error.message : ''}`;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return { fault: 'wrong-name' };
  if (code === 'CERT_NOT_YET_VALID') return { fault: 'server-not-yet-valid' };
  if (code === 'CERT_HAS_EXPIRED') return { fault: 'server-expired' };
  if (
    /SELF_SIGNED|UNABLE_TO_(?:VERIFY|GET_ISSUER)|CERT_SIGNATURE_FAILURE|CERT_UNTRUSTED|INVALID_CA/.test(code)
  )
    return { fault: 'unknown-authority' };
  if (
    /wrong[ _]version[ _]number|packet[ _]length[ _]too[ _]long|http[ _]request|unknown[ _]protocol/i.test(
      text,
    )
  )
    return { fault: 'server-is-plain' };
  // The server's word on this side's certificate arrives as an alert (RFC 8446, section 6.2).
  if (/alert|ERR_SSL_(?:SSL|TLS)/i.test(text) && /certificate|unknown[ _]ca/i.test(text)) {
    const own = parts.cert && certificateIn(parts.cert);
    if (!own) return { fault: 'client-certificate-wanted' };
    if (Date.parse(own.validTo) < now)
      return { fault: 'client-certificate-expired', about: `it ended on ${dayOf(own.validTo)}` };
    const said = /unknown[ _]ca/i.test(text) ? 'the server does not know its authority' : undefined;
    return { fault: 'client-certificate-refused', ...(said && { about: said }) };
  }
  return /^(?:EPROTO|ERR_SSL_|ERR_TLS_)/.test(code) ? { fault: 'failed', about: code } : undefined;
}

/** The words for a server's certificate, from the certificate itself: read in a handshake that trusts it with nothing. */
export async function lookAtCertificate(
  told: TlsTold,
  hostname: string,
  port: number,
  timeoutMs: number,
): Promise<TlsTold> {
  if (!['server-expired', 'server-not-yet-valid', 'unknown-authority', 'wrong-name'].includes(told.fault))
    return told;
  const certificate = await certificateAt(hostname, port, timeoutMs);
  if (!certificate) return told;
  // An authority on the way may be the one that has ended.
  if (told.fault === 'server-expired')
    return Date.parse(certificate.validTo) < Date.now()
      ? { ...told, about: `it ended on ${dayOf(certificate.validTo)}` }
      : { ...told, about: 'that of its authority has ended' };
  if (told.fault === 'server-not-yet-valid')
    return { ...told, about: `it begins on ${dayOf(certificate.validFrom)}` };
  if (told.fault === 'unknown-authority')
    return { ...told, about: `it was issued by ${nameIn(certificate.issuer)}` };
  const names = (certificate.subjectAltName ?? '').replace(/IP Address:/g, '').replace(/DNS:/g, '');
  return { ...told, about: names === '' ? 'it names no host at all' : `it is for ${printable(names)}` };
}

/**
 * The server's word on this side's certificate, which a connection that was written to may lose: the server closes it
 * first. Here nothing is sent, so that its alert arrives. Undefined where none comes.
 */
export function alertOf(
  parts: TlsParts,
  host: string,
  port: number,
  timeoutMs: number,
): Promise<TlsTold | undefined> {
  return new Promise((resolve) => {
    const servername = isIP(host) ? {} : { servername: host };
    const socket = connect({ host, port, ...servername, ...parts, rejectUnauthorized: false });
    const finish = (told: TlsTold | undefined) => {
      socket.destroy();
      resolve(told);
    };
    socket.setTimeout(timeoutMs, () => finish(undefined));
    socket.once('error', (error) => finish(tlsFaultOf(error, parts, Date.now())));
    socket.once('close', () => finish(undefined));
    socket.resume();
  });
}

function certificateAt(host: string, port: number, timeoutMs: number): Promise<X509Certificate | undefined> {
  return new Promise((resolve) => {
    const servername = isIP(host) ? {} : { servername: host };
    // Nothing is sent: the certificate comes before anything could be.
    const socket = connect({ host, port, ...servername, rejectUnauthorized: false });
    const finish = (certificate: X509Certificate | undefined) => {
      socket.destroy();
      resolve(certificate);
    };
    socket.setTimeout(timeoutMs, () => finish(undefined));
    socket.once('error', () => finish(undefined));
    socket.once('secureConnect', () => finish(socket.getPeerX509Certificate()));
  });
}

/** `2026-11-10` of OpenSSL's `Nov 10 12:00:00 2026 GMT`. */
function dayOf(date: string): string {
  const time = Date.parse(date);
  return Number.isNaN(time) ? printable(date) : new Date(time).toISOString().slice(0, 10);
}

function nameIn(issuer: string): string {
  const common = /^CN=(.+)$/m.exec(issuer)?.[1];
  return common ? `"${printable(common)}"` : 'an authority without a name';
}

function printable(text: string): string {
  const line = text.replace(/[\u0000-\u001f\u007f-\u009f\s]+/g, ' ').trim();
  return line.length > 120 ? `${line.slice(0, 119)}…` : line;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : 'unknown error';
}
