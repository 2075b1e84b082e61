import boundaries from 'eslint-plugin-boundaries';
import vue from 'eslint-plugin-vue';
import tseslint from 'typescript-eslint';

/**
 * The rooms (docs/design.md) and what each may import. Arrows run one way: doors -> services -> rooms -> shared.
 * Analysis and training are made of other rooms: the way of a video through media, face and adatosk, and what is learned from it.
 */
const ROOMS = {
  shared: { folder: 'src/shared', may: [] },
  adatosk: { folder: 'src/main/adatosk', may: ['shared'] },
  media: { folder: 'src/main/media', may: ['shared'] },
  face: { folder: 'src/main/face', may: ['shared'] },
  formats: { folder: 'src/main/formats', may: ['shared'] },
  analysis: { folder: 'src/main/analysis', may: ['shared', 'adatosk', 'media', 'face'] },
  training: { folder: 'src/main/training', may: ['shared', 'adatosk', 'media', 'face', 'analysis'] },
  synthesis: { folder: 'src/main/synthesis', may: ['shared', 'adatosk', 'media', 'face'] },
  project: { folder: 'src/main/project', may: ['shared'] },
  services: { folder: 'src/main/services', may: ['shared', 'adatosk', 'media', 'face', 'formats', 'analysis', 'project', 'training', 'synthesis'] },
  // `serve` is the browser door's beginning.
  cli: { folder: 'src/main/cli', may: ['shared', 'services', 'web', 'bench'] },
  web: { folder: 'src/main/web', may: ['shared', 'services'] },
  electron: { folder: 'src/main/electron', may: ['shared', 'services'] },
  preload: { folder: 'src/preload', may: ['shared'] },
  renderer: { folder: 'src/renderer', may: ['shared'] },
  bench: { folder: 'bench', may: ['shared', 'adatosk', 'media', 'face', 'formats', 'analysis', 'project', 'training', 'synthesis', 'services'] },
};

export default tseslint.config(
  { ignores: ['node_modules', 'out', 'demo-output', 'test-results', 'playwright-report'] },
  ...tseslint.configs.strict,
  ...vue.configs['flat/recommended'],
  {
    files: ['**/*.ts', '**/*.js', '**/*.vue'],
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/no-non-null-assertion': 'off', // indexing typed arrays under noUncheckedIndexedAccess
      '@typescript-eslint/unified-signatures': 'off',
      // What is left out of a copy of an object.
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      eqeqeq: 'error',
      'no-console': 'off',
    },
  },
  { files: ['**/*.js'], rules: { '@typescript-eslint/explicit-module-boundary-types': 'off' } },
  {
    files: ['**/*.vue'],
    languageOptions: { parserOptions: { parser: tseslint.parser } },
    rules: {
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
      'boundaries/elements': Object.entries(ROOMS).map(([type, { folder }]) => ({ type, pattern: folder })),
      // Imports carry their endings, so the plain resolver finds them.
      'import/resolver': { node: { extensions: ['.ts', '.vue'] } },
    },
    rules: {
      'boundaries/dependencies': [
        'error',
        {
          default: 'disallow',
          policies: [
            ...Object.entries(ROOMS).map(([type, { may }]) => ({
              from: { element: { type } },
              allow: { to: { element: { types: { anyOf: [type, ...may] } } } },
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
    ignores: ['src/main/adatosk/onnxruntime.ts'],
    rules: { 'no-restricted-imports': ['error', { paths: [{ name: 'onnxruntime-node', message: 'Import src/main/adatosk/onnxruntime.ts.' }] }] },
  },
  {
    // Pure: no input or output, and nothing of a platform.
    files: ['src/shared/**/*.ts', 'src/renderer/**'],
    ignores: ['**/*.test.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: ['node:*', 'electron', 'electron/*', 'onnxruntime-node'] }] },
  },
  {
    files: ['src/main/**/*.ts'],
    ignores: ['src/main/electron/**', 'src/main/adatosk/onnxruntime.ts'],
    rules: { 'no-restricted-imports': ['error', { paths: ['electron', { name: 'onnxruntime-node', message: 'Import src/main/adatosk/onnxruntime.ts.' }] }] },
  },
);
