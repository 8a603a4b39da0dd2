/** What adapters of Azure share: one client for every call to ARM, and where its tokens come from. */

export interface TokenSource {
  /** For an audience such as `https://management.azure.com/.default`; `renew` where the last one was refused. @throws MigrationError. */
  token(scope: string, options?: { readonly renew?: boolean }): Promise<string>;
}

export interface ArmRequest {
  readonly method: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';
  /** From `/subscriptions` on, segments escaped; or the whole address of a next page or of an operation. */
  readonly path: string;
  readonly apiVersion?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** A POST that may be sent again where it is not known whether it arrived. Every other method may. */
  readonly repeatable?: boolean;
}

export interface ArmReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export interface ArmClient {
  /** One request. Waits out 429 and what is broken for a moment as told by `Retry-After`, renews a refused token once. @throws MigrationError for every other status of 400 and more. */
  send(request: ArmRequest, signal?: AbortSignal): Promise<ArmReply>;
  /** The same, and follows a long-running operation (`Azure-AsyncOperation`, `Location`) to its end. @throws MigrationError where that is a failure. */
  sendAndWait(request: ArmRequest, signal?: AbortSignal): Promise<ArmReply>;
  /** All pages of a list. */
  list(request: ArmRequest, signal?: AbortSignal): Promise<readonly unknown[]>;
}
