/** What a secret is replaced with, everywhere. */
export const REDACTED = '***';

/** Keys hold `/` and careless passwords hold `@`: everything up to the last `@` before the hosts is taken. A lone user name is no secret. */
const URI_PASSWORD = /(mongodb(?:\+srv)?:\/\/[^\s/@:]*):[^\s@]*@(?:[^\s/?@]*@)*/gi;
const SECRET_KEYS =
  /((?:password|accountkey|sharedaccesskey|access_token|client_?secret|sslPEMKeyPassword|tlsCertificateKeyFilePassword)["']?\s*[=:]\s*)("[^"]*"|'[^']*'|[^\s&;,]+)/gi;
/** What signs a shared access signature of Azure Storage, and tokens in a header. */
const SIGNATURE = /([?&;]sig=)[^\s&"';]+/gi;
const BEARER = /(bearer\s+)[\w.~+/=-]{8,}/gi;

/**
 * Text without secrets: passwords in connection strings, values of well-known secret keys, and every literal in `secrets`
 * (raw and percent-encoded forms). Applied to everything that is logged, printed or stored.
 */
export function redact(text: string, secrets: readonly string[] = []): string {
  let result = text;
  for (const secret of secrets) {
    if (secret.length === 0) continue;
    for (const form of new Set([secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)])) {
      result = result.split(form).join(REDACTED);
    }
  }
  return result
    .replace(URI_PASSWORD, `$1:${REDACTED}@`)
    .replace(SECRET_KEYS, `$1${REDACTED}`)
    .replace(SIGNATURE, `$1${REDACTED}`)
    .replace(BEARER, `$1${REDACTED}`);
}
