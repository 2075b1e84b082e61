import boundaries from 'eslint-plugin-boundaries';
import vue from 'eslint-plugin-vue';
import tseslint from 'typescript-eslint';

const SHARED = ['basics', 'domain', 'statistics', 'annotation', 'contract', 'app'].map((name) => `shared/${name}`);

/**
 * The modules and what each may import (docs/developer/architecture.md). Arrows run one way: hosts -> services -> modules
 * -> shared. A module's key is its folder below src/ (src/main/ for the program's), or below the repository for bench.
 */
const MODULES = {
  'shared/app': [],
  'shared/basics': [],
  'shared/domain': ['shared/app', 'shared/basics'],
  'shared/statistics': ['shared/basics', 'shared/domain'],
  'shared/annotation': ['shared/app', 'shared/basics', 'shared/domain', 'shared/statistics'],
  'shared/contract': ['shared/basics', 'shared/domain', 'shared/statistics', 'shared/annotation', 'shared/app'],

  process: [],
  'adatosk/graph': ['shared/basics', 'shared/domain'],
  'adatosk/model': ['shared/basics', 'shared/domain', 'adatosk/graph'],
  'adatosk/onnx': ['shared/app', 'adatosk/graph', 'adatosk/model'],
  'adatosk/runtime': [...SHARED, 'process', 'adatosk/graph', 'adatosk/model', 'adatosk/onnx'],
  'adatosk/training': ['shared/app', 'shared/basics', 'shared/domain', 'adatosk/graph', 'adatosk/model', 'adatosk/onnx', 'adatosk/runtime'],
  media: [...SHARED, 'process'],
  face: SHARED,
  'formats/annotations': [...SHARED, 'formats'],
  formats: SHARED,
  analysis: [...SHARED, 'adatosk/model', 'adatosk/runtime', 'media', 'face'],
  'synthesis/random': ['shared/basics', 'shared/domain'],
  'synthesis/face': [...SHARED, 'synthesis/random', 'face'],
  'synthesis/rendering': [...SHARED, 'synthesis/random', 'synthesis/face', 'face'],
  'synthesis/set': [...SHARED, 'synthesis/random', 'synthesis/face', 'synthesis/rendering', 'face'],
  'training/data': [...SHARED, 'adatosk/model', 'adatosk/training', 'media', 'face', 'formats'],
  'training/evaluation': [...SHARED, 'adatosk/model', 'adatosk/onnx', 'adatosk/runtime', 'analysis', 'training/data'],
  'training/trainer': [...SHARED, 'process', 'adatosk', 'training/data', 'training/evaluation'],
  'project/store': [...SHARED, 'process'],
  project: [...SHARED, 'project/store'],

  'services/settings': [...SHARED, 'process', 'adatosk', 'face', 'formats', 'media', 'synthesis', 'project'],
  'services/models': [...SHARED, 'process', 'adatosk', 'face', 'media', 'project', 'training/trainer', 'services/settings'],
  'services/diagnostics': [...SHARED, 'process', 'adatosk', 'formats', 'media', 'project', 'services/settings', 'services/models'],
  'services/analysis': [...SHARED, 'process', 'adatosk', 'analysis', 'face', 'formats', 'media', 'project', 'training', 'services/settings', 'services/models'],
  'services/training': [
    ...SHARED,
    'process',
    'adatosk',
    'face',
    'formats',
    'media',
    'synthesis',
    'training',
    'services/settings',
    'services/models',
    'services/analysis',
  ],
  'services/queue': [
    ...[...SHARED, 'process', 'adatosk', 'analysis', 'media', 'project'],
    ...['services/settings', 'services/models', 'services/analysis', 'services/diagnostics'],
  ],
  'services/library': [...SHARED, 'formats', 'media', 'project', 'services/settings', 'services/analysis', 'services/queue'],
  'services/study': [...SHARED, 'process', 'formats', 'project'],
  'services/exchange': [...SHARED, 'formats', 'media', 'project', 'services/analysis', 'services/library'],
  'services/deidentification': [...SHARED, 'adatosk', 'face', 'formats', 'media', 'project', 'services/analysis', 'services/exchange'],
  'services/fine-tuning': [
    ...[...SHARED, 'adatosk', 'face', 'formats', 'media', 'project', 'training'],
    ...['services/settings', 'services/models', 'services/analysis', 'services/training'],
  ],
  'services/studio': [...SHARED, 'process', 'adatosk', 'media', 'project', 'training', 'services'],
  'services/api': [...SHARED, 'adatosk', 'analysis', 'media', 'project', 'services'],
  // Of process, only private-files.ts: it is the first import of every program.
  'hosts/cli': ['shared', 'process', 'services', 'hosts/web', 'bench'],
  'hosts/web': ['shared', 'services'],
  'hosts/electron': ['shared', 'process', 'services'],
  preload: ['shared'],

  'renderer/src/texts': ['shared'],
  'renderer/src/api': ['shared', 'renderer/src/texts'],
  'renderer/src/stores': ['shared', 'renderer/src/texts', 'renderer/src/api'],
  'renderer/src/composables': ['shared', 'renderer/src/texts', 'renderer/src/api', 'renderer/src/stores'],
  'renderer/src/ui': ['shared', 'renderer/src/texts', 'renderer/src/api', 'renderer/src/composables'],
  'renderer/src/features': ['shared', 'renderer/src/texts', 'renderer/src/api', 'renderer/src/stores', 'renderer/src/ui', 'renderer/src/composables'],
  'renderer/src/app': ['shared', 'renderer'],
  bench: ['shared', 'process', 'adatosk', 'media', 'face', 'formats', 'analysis', 'project', 'training', 'synthesis', 'services'],
};

/** Modules outside src/main. */
const ELSEWHERE = ['shared', 'preload', 'renderer'];
const folderOf = (module) =>
  module === 'bench' ? 'bench' : ELSEWHERE.some((each) => module === each || module.startsWith(`${each}/`)) ? `src/${module}` : `src/main/${module}`;
/** 'adatosk' stands for all modules below it. */
const allIn = (name) => Object.keys(MODULES).filter((module) => module === name || module.startsWith(`${name}/`));

/** Files that compute with arrays of numbers. */
const NUMERIC = [
  ...['adatosk', 'analysis', 'face', 'media', 'synthesis', 'training'].map((folder) => `src/main/${folder}/**`),
  'src/main/project/store/packed-*.ts',
  'src/main/services/analysis/shards/share.ts',
  ...['shared/basics/**', 'shared/domain/**', 'shared/statistics/**', 'renderer/src/features/{figures,review/lanes,review/player,review/timeline}/**'].map(
    (files) => `src/${files}`,
  ),
];
/** Tests, benchmarks and maintenance scripts. */
const TESTS = ['**/*.test.ts', 'testing/**', 'e2e/**', 'bench/**', 'scripts/**'];

export default tseslint.config(
  { ignores: ['node_modules', 'out', 'demo-output', 'test-results', 'playwright-report'] },
  ...tseslint.configs.strict,
  ...vue.configs['flat/recommended'],
  {
    files: ['**/*.ts', '**/*.js', '**/*.vue'],
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/unified-signatures': 'off',
      // What is left out of a copy of an object.
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      eqeqeq: 'error',
      'no-console': 'off',
    },
  },
  { files: ['**/*.js'], rules: { '@typescript-eslint/explicit-module-boundary-types': 'off' } },
  {
    // Rules that need types.
    files: ['**/*.ts', '**/*.vue'],
    languageOptions: {
      parserOptions: {
        project: ['node', 'preload', 'web', 'e2e', 'components'].map((name) => `./tsconfig.${name}.json`),
        tsconfigRootDir: import.meta.dirname,
        extraFileExtensions: ['.vue'],
      },
    },
    rules: {
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/no-base-to-string': 'error',
      '@typescript-eslint/no-deprecated': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      '@typescript-eslint/no-shadow': 'error',
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/prefer-promise-reject-errors': 'error',
      '@typescript-eslint/return-await': ['error', 'in-try-catch'],
      '@typescript-eslint/restrict-plus-operands': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    },
  },
  {
    // Numeric code indexes typed arrays, which noUncheckedIndexedAccess sees as possibly absent. In a test it fails the test.
    files: [...NUMERIC, ...TESTS],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  {
    files: ['**/*.vue'],
    languageOptions: { parserOptions: { parser: tseslint.parser } },
    rules: {
      // Names and notes are text (docs/developer/security.md).
      'vue/no-v-html': 'error',
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/html-self-closing': 'off',
      'vue/html-indent': 'off',
      'vue/html-closing-bracket-newline': 'off',
      'vue/multiline-html-element-content-newline': 'off',
    },
  },
  {
    files: ['src/**/*.ts', 'src/**/*.vue', 'bench/**/*.ts'],
    ignores: ['**/*.test.ts'],
    plugins: { boundaries },
    settings: {
      // The innermost folder counts: 'project/store' before 'project'.
      'boundaries/elements': Object.keys(MODULES)
        .sort((one, other) => other.length - one.length)
        .map((type) => ({
          type,
          pattern: folderOf(type),
        })),
      // Imports carry their endings, so the plain resolver finds them.
      'import/resolver': { node: { extensions: ['.ts', '.vue'] } },
    },
    rules: {
      'boundaries/dependencies': [
        'error',
        {
          default: 'disallow',
          policies: [
            ...Object.entries(MODULES).map(([type, may]) => ({
              from: { element: { type } },
              allow: { to: { element: { types: { anyOf: [type, ...may.flatMap(allIn)] } } } },
            })),
            { allow: { to: { module: { origin: ['external', 'core'] } } } },
          ],
        },
      ],
    },
  },
  {
    // Its usage reports are switched off in one place, before the library is loaded.
    files: ['**/*.ts'],
    ignores: ['src/main/adatosk/runtime/onnxruntime.ts'],
    rules: { 'no-restricted-imports': ['error', { paths: [{ name: 'onnxruntime-node', message: 'Import src/main/adatosk/runtime/onnxruntime.ts.' }] }] },
  },
  {
    // Pure: no input or output, and nothing of a platform.
    files: ['src/shared/**/*.ts', 'src/renderer/**'],
    ignores: ['**/*.test.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: ['node:*', 'electron', 'electron/*', 'onnxruntime-node'] }] },
  },
  {
    files: ['src/main/**/*.ts'],
    ignores: ['src/main/hosts/electron/**', 'src/main/adatosk/runtime/onnxruntime.ts'],
    rules: {
      'no-restricted-imports': ['error', { paths: ['electron', { name: 'onnxruntime-node', message: 'Import src/main/adatosk/runtime/onnxruntime.ts.' }] }],
    },
  },
);
