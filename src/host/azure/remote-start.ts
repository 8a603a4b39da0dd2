/** What a run that is carried out elsewhere is started with, beside the connection strings. Whatever is not known is asked for now, while somebody is here. */
import { l10n } from 'vscode';
import { MigrationError } from '../../core/model/error.js';
import type { DmsHandoff, SparkHandoff } from '../../core/model/handoff.js';
import type { Plan } from '../../core/model/plan.js';
import type { RunSnapshot } from '../../core/model/run-snapshot.js';
import type { HandedSecrets, HostAdapters } from '../adapters.js';
import type { askChoice, askText } from '../clusters/ask.js';
import type { DatabricksTokens } from './databricks-tokens.js';
import type { RunTokens } from './run-tokens.js';

export interface RemoteStartParts {
  readonly tokens: Pick<RunTokens, 'handedFor' | 'isSignedIn' | 'isFromEnvironment'>;
  readonly databricks: Pick<DatabricksTokens, 'get' | 'keep'>;
  readonly ask: { readonly choice: typeof askChoice; readonly text: typeof askText };
  /** What a terminal of this window will find set. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface RemoteBeginning {
  readonly secrets: HandedSecrets;
  /** For the runner. */
  readonly args: readonly string[];
}

const NOTHING: RemoteBeginning = { secrets: {}, args: [] };
/** As the runner reads it. */
const DUMP_URL = 'MCM_DUMP_URL';

export class RemoteStart {
  readonly #parts: RemoteStartParts;

  constructor(parts: RemoteStartParts) {
    this.#parts = parts;
  }

  /**
   * `why`: how the run's last attempt ended, where there was one.
   * @throws MigrationError `cancelled` where a question was closed, `azure-sign-in-needed`, `file-failed`.
   */
  async begin(
    plan: Pick<Plan, 'target' | 'handoff'>,
    adapters: Pick<HostAdapters, 'serveTokens'>,
    attempt: { readonly isFirst: boolean; readonly why?: RunSnapshot['why'] },
  ): Promise<RemoteBeginning> {
    const { handoff } = plan;
    switch (handoff?.kind) {
      case 'dms':
      case 'data-factory': {
        const tokens = await this.tokensFor(plan, adapters);
        const dump = handoff.kind === 'dms' ? await this.#dumpUrl(handoff) : {};
        return { secrets: { ...tokens, ...dump }, args: ['--ask-first'] };
      }
      case 'spark-databricks': {
        const { workspaceUrl } = handoff;
        if (workspaceUrl === undefined) return NOTHING;
        const reason = attempt.why?.id === 'error:databricks-refused' ? attempt.why.params : {};
        const secrets = await this.#databricks(plan, workspaceUrl, adapters, reason['status'] === 401);
        const isAsked = attempt.isFirst || reason['reason'] === 'secrets-missing';
        const puts = isAsked && (await this.#putsSecrets(handoff, workspaceUrl));
        return { secrets, args: puts ? ['--put-secrets'] : [] };
      }
      default:
        return NOTHING;
    }
  }

  /** Of Azure alone, for what is done without a run. @throws MigrationError `azure-sign-in-needed`, `file-failed`. */
  async tokensFor(
    plan: Pick<Plan, 'target' | 'handoff'>,
    adapters: Pick<HostAdapters, 'serveTokens'>,
  ): Promise<HandedSecrets> {
    const tokens = await this.#parts.tokens.handedFor(plan, adapters);
    return tokens === undefined ? {} : { tokens };
  }

  /** The kept token, else whoever is signed in to VS Code, else what the person says. */
  async #databricks(
    plan: Pick<Plan, 'target' | 'handoff'>,
    workspaceUrl: string,
    adapters: Pick<HostAdapters, 'serveTokens'>,
    isRefused: boolean,
  ): Promise<HandedSecrets> {
    const { tokens, databricks } = this.#parts;
    if (tokens.isFromEnvironment()) return {};
    const kept = await databricks.get(workspaceUrl);
    if (kept !== undefined && !isRefused) return { databricksToken: kept };
    if (kept === undefined && (await tokens.isSignedIn(plan))) return this.tokensFor(plan, adapters);
    if ((await this.#signInBy(workspaceUrl)) === 'account') return this.tokensFor(plan, adapters);
    const typed = await askDatabricksToken(workspaceUrl, this.#parts.ask.text);
    if (typed === undefined) throw new MigrationError('cancelled');
    await databricks.keep(workspaceUrl, typed);
    return { databricksToken: typed };
  }

  async #signInBy(workspaceUrl: string): Promise<'account' | 'token'> {
    return this.#chosen<'account' | 'token'>(
      l10n.t('Sign in to Databricks'),
      l10n.t('How is {0} signed in to?', workspaceUrl),
      [
        {
          label: l10n.t('With a Microsoft account'),
          detail: l10n.t('VS Code signs in, and hands out fresh tokens as long as this window is open'),
          value: 'account',
        },
        {
          label: l10n.t('With a personal access token'),
          detail: l10n.t(
            'Made in the workspace under Settings > Developer; it is kept in the secret store of your system',
          ),
          value: 'token',
        },
      ],
    );
  }

  async #putsSecrets({ secretScope }: SparkHandoff, workspaceUrl: string): Promise<boolean> {
    return this.#chosen<boolean>(
      l10n.t('Connection strings for the job'),
      l10n.t('The job reads them from the secret scope {0} of {1}. Are they there?', secretScope, workspaceUrl),
      [
        {
          label: l10n.t('Put them there now'),
          detail: l10n.t(
            'Makes the scope where it is missing; source-uri and target-uri are written, over what they held',
          ),
          value: true,
        },
        {
          label: l10n.t('They are there already'),
          detail: l10n.t('As source-uri and target-uri; nothing is written to the scope'),
          value: false,
        },
      ],
    );
  }

  async #chosen<T>(
    title: string,
    placeholder: string,
    choices: Parameters<typeof askChoice<T>>[0]['choices'],
  ): Promise<T> {
    const answer = await this.#parts.ask.choice<T>({ title, placeholder, choices });
    if (answer.kind === 'answer') return answer.value;
    throw new MigrationError('cancelled');
  }

  /** Not kept: its signature ends, and the next attempt may need another. */
  async #dumpUrl({ fromDump }: DmsHandoff): Promise<HandedSecrets> {
    if (!fromDump || this.#parts.env[DUMP_URL]) return {};
    const answer = await this.#parts.ask.text({
      title: l10n.t('Where the dump lies'),
      prompt: l10n.t('Address of its blob container, with a signature (SAS). The run gets it; it is kept nowhere.'),
      placeholder: 'https://account.blob.core.windows.net/container?sv=…',
      password: true,
      check: (text) =>
        /^https:\/\/[^/?#]+\/[^?#]+\?./.test(text.trim())
          ? undefined
          : l10n.t('It begins with https:// and ends with a signature: https://…/container?sv=…'),
    });
    if (answer.kind !== 'answer') throw new MigrationError('cancelled');
    return { dumpUrl: answer.value.trim() };
  }
}

/** Undefined where the question was closed. */
export async function askDatabricksToken(workspaceUrl: string, ask: typeof askText): Promise<string | undefined> {
  const answer = await ask({
    title: l10n.t('Sign in to Databricks'),
    prompt: l10n.t(
      'Personal access token of {0}. It goes to the secret store of your system, nowhere else.',
      workspaceUrl,
    ),
    password: true,
    check: (text) => (/^\S+$/.test(text.trim()) ? undefined : l10n.t('It is one word, such as dapi0123456789abcdef.')),
  });
  return answer.kind === 'answer' ? answer.value.trim() : undefined;
}
