import js from '@eslint/js'
import compat from 'eslint-plugin-compat'
import vue from 'eslint-plugin-vue'
import globals from 'globals'
import { defineConfig, globalIgnores } from 'eslint/config'
import ts from 'typescript-eslint'

export default defineConfig(
  globalIgnores(['dist', 'node_modules', 'src/api/generated', '**/generated.ts', '**/*.generated.ts']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  ts.configs.strictTypeChecked,
  ts.configs.stylisticTypeChecked,
  vue.configs['flat/recommended'],
  {
    languageOptions: {
      globals: globals.browser,
      parserOptions: {
        parser: ts.parser,
        projectService: { allowDefaultProject: ['public/*.js'] },
        extraFileExtensions: ['.vue'],
      },
    },
    rules: {
      'max-lines': ['error', { max: 200, skipBlankLines: true, skipComments: true }],
      'vue/no-v-html': 'error',
      'vue/block-order': ['error', { order: ['script', 'template', 'style'] }],
      'vue/component-api-style': ['error', ['script-setup']],
      'vue/define-macros-order': 'error',
      'vue/no-static-inline-styles': 'error', // the content security policy refuses style attributes
      // Prettier owns the line breaks.
      'vue/max-attributes-per-line': 'off',
      'vue/first-attribute-linebreak': 'off',
      'vue/multiline-html-element-content-newline': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/html-self-closing': ['error', { html: { void: 'always' } }],
      'vue/html-closing-bracket-newline': 'off',
      'vue/html-indent': 'off',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
    },
  },
  { files: ['src/**', 'public/**'], extends: [compat.configs['flat/recommended']] }, // for `browserslist` in package.json
  {
    files: ['src/**'],
    ignores: ['src/api/httpClient.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '^axios$|(^|/)generated(/(client|sdk).*)?$',
              allowTypeImports: true,
              message: 'Call `api` of @/api/api: its code is no part of the first load.',
            },
          ],
        },
      ],
    },
  },
  { files: ['public/*.js'], extends: [ts.configs.disableTypeChecked] },
  {
    files: ['tests/**/*.ts'],
    // A component in a test is whatever it is; its own file is checked.
    rules: { 'vue/one-component-per-file': 'off', '@typescript-eslint/no-non-null-assertion': 'off' },
  },
)
