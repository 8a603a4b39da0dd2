import { window, type Terminal, type ThemeIcon } from 'vscode';
import type { HandedSecrets, HostAdapters } from '../adapters.js';

export interface TerminalLaunch {
  readonly title: string;
  /** What the runner is told, without Node and without its file. No secret. */
  readonly args: readonly string[];
  readonly secrets: HandedSecrets;
  readonly icon: ThemeIcon;
  readonly env?: Readonly<Record<string, string>>;
}

export interface LaunchedTerminal {
  readonly terminal: Terminal;
  /** How the handing over of the secrets ended: `timed-out` where no process came to fetch them, `closed` where its terminal was closed before. */
  readonly served: Promise<'served' | 'timed-out' | 'closed'>;
}

/**
 * Starts the runner in a terminal, on the Node that VS Code carries: argv array, no shell, no quoting. Secrets go over a private
 * socket, once: argv and environment of a process can be read by others, and VS Code keeps both to revive a terminal.
 */
export async function launchInTerminal(
  launch: TerminalLaunch,
  { adapters, cliPath }: { readonly adapters: HostAdapters; readonly cliPath: string },
): Promise<LaunchedTerminal> {
  const server = await adapters.serveSecrets(launch.secrets, { clock: adapters.clock });
  const terminal = window.createTerminal({
    name: launch.title,
    shellPath: process.execPath,
    shellArgs: [cliPath, ...launch.args],
    env: { ...launch.env, ELECTRON_RUN_AS_NODE: '1', MCM_SECRETS_PIPE: server.path },
    iconPath: launch.icon,
  });
  const closed = window.onDidCloseTerminal((gone) => {
    if (gone === terminal) void server.close();
  });
  // The keyboard stays where it is: the next key would be a command to the run.
  terminal.show(true);
  const served = server.served.finally(() => void closed.dispose());
  return { terminal, served };
}
