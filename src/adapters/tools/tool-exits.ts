import type { ToolExit } from '../../engine/native-ports.js';
import type { ToolName } from './location.js';
import type { ToolEvent } from './output-parser.js';
import type { ToolOutcome } from './run-tool.js';

/** How a tool ended, as the engine wants to know it. */
export function exitOf(tool: ToolName, outcome: ToolOutcome): ToolExit {
  if (outcome.kind === 'not-started') return { tool, exitCode: null, signal: null, failed: outcome.code };
  const failed = outcome.summary.failed;
  return { tool, exitCode: outcome.exitCode, signal: outcome.signal, ...(failed === undefined ? {} : { failed }) };
}

/** An event as a line for the log. */
export function textOf(event: ToolEvent): string {
  const { kind, at, ...rest } = event;
  void kind;
  void at;
  if ('text' in rest) return rest.text;
  return Object.entries(rest)
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(' ');
}
