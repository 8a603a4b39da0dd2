/** The command line: which commands there are, what they take, and how they are explained. */
import { Argument, Command, Option } from 'commander';
import { addCeilingOptions } from './ceiling-options.js';
import { CARRIED_OUT } from '../core/advise/advise.js';
import { addFileOptions } from './file-options.js';
import { addHandoffOptions } from './handoff-options.js';
import { addClusterOptions, addCredentialOptions } from './cluster-options.js';
import { addAssessOptions } from './assess-options.js';
import { accounts } from './commands/accounts.js';
import { advise } from './commands/advise.js';
import { analyze } from './commands/analyze.js';
import { assess } from './commands/assess.js';
import { handoff } from './commands/handoff.js';
import { plan } from './commands/plan.js';
import { probe } from './commands/probe.js';
import { relay } from './commands/relay.js';
import { report } from './commands/report.js';
import { run } from './commands/run.js';
import { RUN_ACTIONS, runs } from './commands/runs.js';
import { size } from './commands/size.js';
import { tools } from './commands/tools.js';
import { verify } from './commands/verify.js';
import { PROGRAM, type CommandContext } from './context.js';
import { EXIT_CODE_LINES, type ExitCode } from './exit-codes.js';
import { EXAMPLES, SECRETS_HELP } from './help-text.js';
import { addRunsFolderOption } from './runs-folder.js';
import { addRenameOption, addSelectionOptions, collect } from './selection-options.js';
import { TRIALS } from './tried-copy.js';
import { addCollectionOptions, addThroughputOptions } from './target-options.js';
import { ASSESSMENT_FORMATS } from '../words/assessment-formats.js';
import { addTransformOptions, READ_CONCERNS } from './transform-options.js';
import { addWishOptions } from './wish-options.js';

/** For terminals that somebody watches, where the process must not end before the result was read. */
const ATTENDED = ['--attended', 'somebody watches: stay after a pause, and at the end until a key is pressed'] as const;

type Options = Readonly<Record<string, unknown>>;

export interface ProgramSetup {
  readonly version: string;
  /** Made when the options are known: `--json` decides who reads stdout. */
  readonly context: (options: { readonly json: boolean }) => CommandContext;
  /** Commander's own words: help on stdout, complaints on stderr. */
  readonly write: { readonly out: (text: string) => void; readonly err: (text: string) => void };
  readonly columns: number;
  readonly onEnd: (code: ExitCode) => void;
}

/** The whole program. `parseAsync` runs a command; errors of commands and of commander come out of it. */
export function createProgram(setup: ProgramSetup): Command {
  const program = new Command(PROGRAM)
    .description(
      'Takes MongoDB to Azure Cosmos DB for MongoDB (RU and vCore) without losing a document, and proves it.',
    )
    .version(setup.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'explain a command')
    .helpCommand('help [command]', 'explain a command')
    .exitOverride()
    .configureOutput({
      writeOut: setup.write.out,
      writeErr: setup.write.err,
      getOutHelpWidth: () => setup.columns,
      getErrHelpWidth: () => setup.columns,
      // An unknown `--password=...` would be repeated with its value.
      outputError: (text, write) => write(text.replace(/(--?[\w-]+)=[^']*/g, '$1')),
    })
    .showHelpAfterError(`(${PROGRAM} --help explains the commands)`)
    .addHelpText('after', overview());

  /** Ends a command's definition: `--json`, its examples, and what is done. */
  function define(
    name: string,
    command: Command,
    action: (options: Options, context: CommandContext, args: readonly string[]) => Promise<ExitCode>,
  ): void {
    command
      .option('--json', 'results for programs on stdout, words for people on stderr')
      .addHelpText('after', EXAMPLES[name] ?? '')
      .action(async () => {
        const options = command.opts<Options>();
        const context = setup.context({ json: options['json'] === true });
        setup.onEnd(await action(options, context, command.args));
      });
  }

  const both = (command: Command): Command => addClusterOptions(addClusterOptions(command, 'source'), 'target');
  const planned = (command: Command): Command =>
    addCredentialOptions(addCredentialOptions(command, 'source'), 'target');

  define(
    'accounts',
    program
      .command('accounts')
      .description('tell which accounts and clusters of Cosmos DB there are in Azure')
      .option('--subscription <id>', 'look at this subscription alone, by id or name')
      .option('--throughput', 'of each database and collection, and how far it can be raised at once'),
    (options, context) => accounts(options, context),
  );
  define('probe', both(program.command('probe').description('connect and tell what a cluster is')), probe);
  define(
    'analyze',
    addSelectionOptions(
      both(program.command('analyze').description('measure databases and collections, without scanning them')),
    ),
    analyze,
  );
  define('assess', assessOptions(both(program.command('assess').description(ASSESS))), (options, context) =>
    assess(options, context),
  );
  define(
    'size',
    addAssessOptions(
      adviceOptions(both(program.command('size').description('say what it takes on the target, and what it costs'))),
    ),
    (options, context) => size(options, context),
  );
  define(
    'advise',
    addAssessOptions(
      adviceOptions(
        both(program.command('advise').description('rank the services and the ways to migrate, with reasons')),
      ),
    ),
    (options, context) => advise(options, context),
  );
  define(
    'plan',
    planOptions(adviceOptions(both(program.command('plan').description('decide everything and write it to a file')))),
    (options, context) => plan({ out: 'plan.migration.json', ...options }, context),
  );
  define(
    'run',
    addCeilingOptions(
      addRunsFolderOption(planned(program.command('run').description('carry out a plan, verify it, write the report'))),
    )
      .argument('[plan]', 'the *.migration.json file')
      .option('--resume <run>', 'go on with a run that was stopped or paused: its id, the start of it, or latest')
      .option('--verify-all', 'with --resume: compare everything, also what an earlier attempt has proven')
      .option('--retry-dead-letters <run>', 'send the dead letters of a run again, then verify what they touch')
      .option('--only <ns>', 'of the dead letters, those of one collection of the target (repeatable)', collect)
      .option('--letter <id>', 'of the dead letters, the one with this _id or idHex (repeatable)', collect)
      .option(
        '--most-refused <n>',
        'stop when the target refuses so many documents of a collection in a row; 0: never (default: 1000)',
      )
      .option('--put-secrets', 'spark-databricks: put the connection strings into the secret scope first')
      .option('--clean-up', 'take away what the run has made in Azure, once everything is there')
      .option(
        '--ask-first',
        'dms, data-factory: wait for a yes (runs proceed) to what Azure foresees before it is deployed, and to the registration of a resource provider',
      )
      .option(
        '--register-providers',
        'dms, data-factory: register what the subscription has not registered yet, without asking',
      )
      .option(...ATTENDED)
      .option('--dry-run', 'connect, check, print every step and command line, write nothing'),
    (options, context, [file]) => run(file, options, context),
  );
  define(
    'handoff',
    addCredentialOptions(
      program
        .command('handoff')
        .description('write what a plan becomes for the system that carries it out: files to deploy, or steps to take'),
      'source',
    )
      .argument('<plan>', 'a *.migration.json file of a method that another system carries out')
      .option('-o, --out <folder>', 'where to write them; what others have written there is left alone', 'handoff'),
    (options, context, [file]) => handoff(file ?? '', { out: 'handoff', ...options }, context),
  );
  define(
    'verify',
    addRunsFolderOption(planned(program.command('verify').description('compare source and target, whoever copied')))
      .argument('<plan or run>', 'a *.migration.json file, or a run: its id, the start of it, or latest')
      .option('-y, --yes', 'agree to the request units that reading an RU target costs')
      .option(...ATTENDED),
    (options, context, [what]) => verify(what ?? '', options, context),
  );
  define(
    'report',
    addRunsFolderOption(program.command('report').description('write or print the report of a run'))
      .argument('[run]', 'its id, the start of it, or latest', 'latest')
      .addOption(new Option('--format <format>', 'which form').choices(['md', 'html', 'json']).default('md'))
      .option('--out <file>', 'write it there instead of printing it'),
    (options, context, [what]) => report(what ?? 'latest', { format: 'md', ...options }, context),
  );
  define(
    'relay',
    addClusterOptions(
      program.command('relay').description('put the throttle relay before a target, for any other tool'),
      'target',
    )
      .option('--port <port>', 'port on this machine (default: any free one)')
      .addOption(
        new Option('--duplicates <policy>', 'what to do with a document whose _id is there with other content')
          .choices(['report', 'skip', 'overwrite', 'dead-letter'])
          .default('report'),
      )
      .option(...ATTENDED)
      .option('--dead-letters <folder>', 'where documents go that the target refuses for good', 'dead-letters'),
    (options, context) => relay({ duplicates: 'report', deadLetters: 'dead-letters', ...options }, context),
  );
  define(
    'runs',
    addCeilingOptions(
      addRunsFolderOption(program.command('runs').description('list the runs of this machine, or steer one of them')),
    )
      .option('--no-limit', 'direct copy: as fast as source and target allow')
      .option('-y, --yes', 'clean-up: agree to what is taken away, without being asked')
      .option(...ATTENDED)
      .addArgument(new Argument('[action]', 'what to do with a run').choices(RUN_ACTIONS))
      .argument('[run]', 'its id, the start of it, or latest'),
    (options, context, [action, which]) => runs(action, which, options, context),
  );
  define(
    'tools',
    program
      .command('tools')
      .description('say where the MongoDB database tools are; install them where they are not')
      .option('--no-install', 'only look'),
    (options, context) => tools({ install: options['install'] !== false }, context),
  );
  return program;
}

function adviceOptions(command: Command): Command {
  return addWishOptions(
    addThroughputOptions(addRenameOption(addSelectionOptions(command)))
      .option('--measure', 'RU targets: measure the charge of an insert in a scratch collection, without asking')
      .option('--no-measure', 'RU targets: do not measure and do not ask, use the published table')
      .addOption(
        new Option(
          '--trial [how]',
          'try a direct copy for 5 seconds to say how long it takes: copy (into a scratch collection of the target, dropped again) or read',
        )
          .choices(TRIALS)
          .preset('copy'),
      ),
  );
}

const ASSESS = 'tell what will not work, what it takes, how long and what it costs, before anything is moved';

function assessOptions(command: Command): Command {
  return addCollectionOptions(addAssessOptions(adviceOptions(command)))
    .option('--earlier <file>', 'an earlier assessment as JSON: tell what was fixed and what is new')
    .addOption(
      new Option('--format <format>', 'which form (default: by the name given with --out, else text)').choices([
        'text',
        ...ASSESSMENT_FORMATS,
      ]),
    )
    .option('-o, --out <path>', 'write the report there: a file, or a folder for all forms')
    .option('--index-script <file>', 'write the indexes of the target as a script for mongosh');
}

function planOptions(command: Command): Command {
  return addHandoffOptions(addTransformOptions(addFileOptions(addCeilingOptions(addCollectionOptions(command)))))
    .option('-o, --out <file>', 'where to write the plan', 'plan.migration.json')
    .option('--force', 'write over an existing file')
    .option(
      '--raise-throughput <n>',
      'RU targets, direct copy: RU/s to raise to while it is copied; put back afterwards, leaves traces for good',
    )
    .option(
      '--pre-split',
      'RU targets, direct copy: make new collections with the partitions that their data needs; throughput is high for a moment, and leaves traces for good',
    )
    .option('--method <id>', `another method than the recommended one: ${[...CARRIED_OUT].join(', ')}`)
    .addOption(
      new Option('--conflicts <policy>', 'a document of the target with the same _id and other content').choices([
        'fail',
        'skip',
        'overwrite',
        'dead-letter',
      ]),
    )
    .addOption(new Option('--verification <depth>', 'how deep to compare').choices(['full', 'counts']))
    .addOption(
      new Option('--read-preference <mode>', 'which members of the source to read from').choices([
        'primary',
        'primaryPreferred',
        'secondary',
        'secondaryPreferred',
        'nearest',
      ]),
    )
    .addOption(
      new Option(
        '--read-concern <level>',
        'direct copy: what it reads of the source (default: the server decides)',
      ).choices(READ_CONCERNS),
    );
}

function overview(): string {
  const codes = EXIT_CODE_LINES.map(([code, meaning]) => `  ${String(code).padStart(3)}  ${meaning}`);
  return `${EXAMPLES['']}\n${SECRETS_HELP}\nExit status:\n${codes.join('\n')}\n`;
}
