/** The package's types are not reachable through its ESM entry; this is the part of them that is used. */
declare module 'mongodb-connection-string-url' {
  export class ConnectionString {
    constructor(uri: string, options?: { looseValidation?: boolean });
    readonly isSRV: boolean;
    hosts: string[];
    username: string;
    password: string;
    pathname: string;
    readonly searchParams: URLSearchParams;
    toString(): string;
    clone(): ConnectionString;
  }
  export class CommaAndColonSeparatedRecord extends Map<string, string> {
    constructor(from?: string | null);
    toString(): string;
  }
}
