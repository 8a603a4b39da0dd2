/** Asking Azure Resource Manager from a window, by the account that VS Code is signed in with. */
import { MigrationError } from '../../core/model/error.js';
import type { ArmClient, HostAdapters } from '../adapters.js';
import { withProgress } from '../commands/progress.js';
import type { HostServices } from '../services.js';
import type { Settings } from '../settings.js';
import { windowTokens, type GetSession } from './sign-in.js';

export interface AskAzureParts {
  readonly services: HostServices;
  readonly settings: () => Pick<Settings, 'azure'>;
  readonly getSession: GetSession;
}

/** `tenant`: a directory, where it is not the account's own. */
export function windowArmClient(
  tenant: string | undefined,
  adapters: HostAdapters,
  { settings, getSession }: AskAzureParts,
): ArmClient {
  const { endpoint } = settings().azure;
  const cloud = endpoint === undefined ? {} : { endpoint };
  const tokens = windowTokens(getSession, { ...cloud, ...(tenant === undefined ? {} : { tenant }) });
  return adapters.createArmClient({ tokens, clock: adapters.clock, ...cloud });
}

/** With progress that can be cancelled. @throws MigrationError `cancelled`, and those of `ask`. */
export async function askAzure<T>(text: string, ask: (signal: AbortSignal) => Promise<T>): Promise<T> {
  return withProgress(text, async (_, signal) => {
    try {
      return await ask(signal);
    } catch (error) {
      if (signal.aborted) throw new MigrationError('cancelled', {}, { cause: error });
      throw error;
    }
  });
}
