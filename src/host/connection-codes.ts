/** Errors that an edit of the connection can mend. */
export const CONNECTION_CODES: ReadonlySet<string> = new Set([
  'authentication-failed',
  'bad-connection-string',
  'secret-unavailable',
  'tls-failed',
  'unreachable-host',
]);
