/** The arrows of ARCHITECTURE.md, one named rule each. */
const only = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to: { pathNot: allowed },
});

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-unresolved',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^vscode$' },
    },
    only(
      'core-is-a-calculator',
      '^src/core/',
      ['^src/core/'],
      'core: no I/O, no clock, no driver, nothing outside core',
    ),
    {
      name: 'core-model-is-the-bottom',
      severity: 'error',
      from: { path: '^src/core/(model|bson)/' },
      to: { path: '^src/core/', pathNot: '^src/core/(model|bson)/' },
    },
    only(
      'engine-owns-its-ports',
      '^src/engine/',
      [
        '^src/engine/',
        '^src/core/',
        '^node_modules/bson/',
        '^(node:)?(crypto|events|stream|buffer|timers|path)(/promises)?$',
      ],
      'engine: core, bson and harmless node modules; the world comes in through its ports',
    ),
    only(
      'relay-speaks-bytes',
      '^src/relay/',
      [
        '^src/relay/',
        '^src/core/',
        '^node_modules/bson/',
        '^(node:)?(net|tls|crypto|events|stream|buffer|timers)(/promises)?$',
      ],
      'relay: core, bson, sockets',
    ),
    only(
      'words-are-sentences',
      '^src/words/',
      ['^src/words/', '^src/core/', '^src/engine/', '^src/adapters/tools/location'],
      'words: ids and parameters in, sentences out',
    ),
    only('handoff-is-text', '^src/handoff/', ['^src/handoff/', '^src/core/'], 'handoff: plan in, text out'),
    {
      name: 'only-the-mongo-adapter-sees-the-driver',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/adapters/mongo/' },
      to: { path: '^node_modules/mongodb(-legacy)?/' },
    },
    {
      name: 'only-host-sees-vscode',
      severity: 'error',
      from: { path: '^(src|webview-ui)/', pathNot: '^src/(host/|extension\\.ts)' },
      to: { path: '^vscode$' },
    },
    {
      name: 'adapters-below-the-shells',
      severity: 'error',
      from: { path: '^src/adapters/' },
      to: { path: '^src/(assembly|host|cli|words|protocol|extension)' },
    },
    {
      name: 'assembly-is-shared-by-both-roots',
      comment: 'assembly: puts adapters, engine, relay, core and words together; knows neither shell',
      severity: 'error',
      from: { path: '^src/assembly/' },
      to: { path: '^src/(host|cli|protocol|extension)' },
    },
    {
      name: 'host-gets-adapters-injected',
      severity: 'error',
      from: { path: '^src/host/', pathNot: '^src/host/adapters\\.ts$' },
      to: { path: '^src/(adapters|cli|assembly)/' },
    },
    {
      name: 'host-names-adapters-by-type-only',
      severity: 'error',
      from: { path: '^src/host/adapters\\.ts$' },
      to: { path: '^src/(adapters|assembly)/', dependencyTypesNot: ['type-only'] },
    },
    only(
      'webview-imports-protocol-only',
      '^webview-ui/',
      ['^webview-ui/', '^src/protocol/', '^node_modules/(@vscode-elements|lit|lit-html)/'],
      '',
    ),
    {
      name: 'product-never-imports-tests',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|scripts)/' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
