/** Runs the database tools: argv arrays, a clean environment, redacted output as events, an end that is a value. */
import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { pipeline } from 'node:stream/promises';
import { redact } from '../../core/model/redact.js';
import type { Clock } from '../../engine/ports.js';
import { LineSplitter } from './line-splitter.js';
import type { ToolName } from './location.js';
import { parseToolLine, type ToolEvent } from './output-parser.js';
import { SummaryBuilder, type ToolSummary } from './tool-summary.js';

export interface ToolCommand {
  readonly tool: ToolName;
  readonly path: string;
  readonly argv: readonly string[];
}

export interface RunToolOptions {
  readonly clock: Clock;
  /** Literal secrets, replaced wherever the tools print them. */
  readonly secrets: readonly string[];
  readonly onEvent?: (event: ToolEvent, tool: ToolName) => void;
  readonly onStarted?: (tool: ToolName, pid: number) => void;
  /** SIGTERM at once, SIGKILL after the grace. */
  readonly signal?: AbortSignal;
  readonly graceMs?: number;
  /** Default: the environment of this process; only harmless variables of it are passed on. */
  readonly env?: NodeJS.ProcessEnv;
}

export type ToolOutcome =
  | {
      readonly kind: 'ended';
      readonly exitCode: number | null;
      readonly signal: NodeJS.Signals | null;
      /** The end was asked for: by the caller's signal, or because the other end of the pipe was gone. */
      readonly stopped: boolean;
      readonly summary: ToolSummary;
    }
  | { readonly kind: 'not-started'; readonly code: string };

/** The tools finish what is in flight after the first SIGTERM; a target that hangs would keep them for ever. */
const DEFAULT_GRACE_MS = 10_000;
/** Of a line that is told, in characters. Judged: the tools' own are far shorter, but quote what a server says. */
const MAX_LINE = 16_384;

/** What a tool needs of the environment: finding files, trust stores, Kerberos, the time zone. Nothing that holds a secret. */
const PASSED_ON = new Set([
  ...['PATH', 'HOME', 'USERPROFILE', 'TMPDIR', 'TEMP', 'TMP', 'SYSTEMROOT', 'WINDIR', 'SYSTEMDRIVE'],
  ...[
    'LANG',
    'LC_ALL',
    'TZ',
    'SSL_CERT_FILE',
    'SSL_CERT_DIR',
    'KRB5_CONFIG',
    'KRB5CCNAME',
    'RES_OPTIONS',
    'LOCALDOMAIN',
  ],
]);

/** The environment for a tool: the variables of the list above, without any whose value has one of the secrets. */
export function cleanEnvironment(env: NodeJS.ProcessEnv, secrets: readonly string[]): NodeJS.ProcessEnv {
  const hasSecret = (value: string): boolean => secrets.some((secret) => secret !== '' && value.includes(secret));
  return Object.fromEntries(
    Object.entries(env).filter(
      ([name, value]) => PASSED_ON.has(name.toUpperCase()) && value !== undefined && !hasSecret(value),
    ),
  );
}

/** A started tool and the promise of its end. */
class RunningTool {
  readonly child: ChildProcess;
  readonly ended: Promise<ToolOutcome>;
  readonly #options: RunToolOptions;
  #stopped = false;
  readonly #finished = new AbortController();

  constructor(command: ToolCommand, stdio: StdioOptions, options: RunToolOptions) {
    this.#options = options;
    this.child = spawn(command.path, [...command.argv], {
      stdio,
      env: cleanEnvironment(options.env ?? process.env, options.secrets),
      windowsHide: true,
      // A session of its own: Ctrl-C and a closed terminal reach this process alone, which ends the tools cleanly.
      detached: process.platform !== 'win32',
    });
    // Whoever ends at once takes the tools along; after a kill they lose the relay, and end by themselves.
    const onExit = (): void => void this.child.kill('SIGKILL');
    process.once('exit', onExit);
    const summary = new SummaryBuilder();
    this.#readLines(command.tool, summary);
    this.ended = new Promise((resolve) => {
      this.child.once('error', (error: NodeJS.ErrnoException) => {
        if (this.child.pid === undefined) resolve({ kind: 'not-started', code: error.code ?? 'unknown' });
      });
      this.child.once('close', (exitCode, signal) => {
        resolve({ kind: 'ended', exitCode, signal, stopped: this.#stopped, summary: summary.build() });
      });
      this.child.once('spawn', () => options.onStarted?.(command.tool, this.child.pid ?? -1));
    });
    const onAbort = (): void => void this.stop();
    if (options.signal?.aborted) onAbort();
    else options.signal?.addEventListener('abort', onAbort, { once: true });
    void this.ended.then(() => {
      this.#finished.abort();
      process.off('exit', onExit);
      options.signal?.removeEventListener('abort', onAbort);
    });
  }

  get isOver(): boolean {
    return this.#finished.signal.aborted;
  }

  /** SIGTERM, then SIGKILL when the process is still there after the grace. */
  async stop(): Promise<void> {
    if (this.#stopped || this.isOver) return;
    this.#stopped = true;
    this.child.kill('SIGTERM');
    if (await this.overAfterGrace()) return;
    this.child.kill('SIGKILL');
  }

  /** True when the tool ended by itself within the grace. */
  async overAfterGrace(): Promise<boolean> {
    const grace = this.#options.graceMs ?? DEFAULT_GRACE_MS;
    try {
      await this.#options.clock.sleep(grace, this.#finished.signal);
    } catch {
      return true;
    }
    return this.isOver;
  }

  #readLines(tool: ToolName, summary: SummaryBuilder): void {
    const { secrets, onEvent } = this.#options;
    // A secret that straddles the cut must be whole when it is looked for: room for its longest form, each character as `\uXXXX`.
    const room = 6 * Math.max(0, ...secrets.map((secret) => secret.length));
    const splitter = new LineSplitter(MAX_LINE + room, (line) => {
      const event = parseToolLine(redact(line, secrets).slice(0, MAX_LINE));
      summary.add(event);
      onEvent?.(event, tool);
    });
    this.child.stderr?.on('data', (chunk: Buffer) => splitter.push(chunk));
    this.child.stderr?.once('close', () => splitter.end());
  }
}

/** Runs one tool to its end. Its stdout is not read: let it write to a file. Never rejects for what the tool does. */
export async function runTool(command: ToolCommand, options: RunToolOptions): Promise<ToolOutcome> {
  return new RunningTool(command, ['ignore', 'ignore', 'pipe'], options).ended;
}

/** `direct`: the second tool gets the first one's end of the pipe and no byte passes through this process. `through-node`: where a pipe's end cannot be handed on. */
export type PipeTransport = 'direct' | 'through-node';

/** Windows' named pipes are opened for overlapped access, which the tools' plain reads of stdin do not stand. */
const DEFAULT_TRANSPORT: PipeTransport = process.platform === 'win32' ? 'through-node' : 'direct';

export interface PipedOutcome {
  readonly from: ToolOutcome;
  readonly to: ToolOutcome;
}

/**
 * Runs `from | to`. When the reader is gone the writer meets a broken pipe; when it does not write any more it is stopped after
 * the grace. When the writer is gone the reader meets the end of its input.
 */
export async function runPiped(
  from: ToolCommand,
  to: ToolCommand,
  options: RunToolOptions,
  transport: PipeTransport = DEFAULT_TRANSPORT,
): Promise<PipedOutcome> {
  const writer = new RunningTool(from, ['ignore', 'pipe', 'pipe'], options);
  const output = writer.child.stdout;
  if (writer.child.pid === undefined || output === null) {
    return { from: await writer.ended, to: { kind: 'not-started', code: 'no-input' } };
  }
  const direct = transport === 'direct';
  const reader = new RunningTool(to, [direct ? output : 'pipe', 'ignore', 'pipe'], options);
  if (direct) {
    // In the same turn of the event loop, so that nothing has been read here: with this copy of the end closed, the reader's is the only one.
    output.destroy();
  } else if (reader.child.stdin) {
    // A broken pipe shows in how the tools end.
    void pipeline(output, reader.child.stdin).catch(() => undefined);
  }
  void reader.ended.then(async () => {
    if (!(await writer.overAfterGrace())) await writer.stop();
  });
  const [fromOutcome, toOutcome] = await Promise.all([writer.ended, reader.ended]);
  return { from: fromOutcome, to: toOutcome };
}
