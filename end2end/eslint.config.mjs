// Names that nobody brought in, and things that nobody uses: what would otherwise be found out half-way through a journey.

import js from '@eslint/js';
import globals from 'globals';

export default [
  js.configs.recommended,
  {
    languageOptions: { globals: { ...globals.node, ...globals.browser, ...globals.audioWorklet } },
    rules: {
      // Functions of a window that journeys have names of their own for: who forgets to bring one in means ours.
      'no-restricted-globals': ['error', 'open', 'close', 'stop', 'find', 'print', 'focus', 'blur', 'name', 'status', 'event'],
      // A fixture that needs nothing says so by an empty pattern.
      'no-empty-pattern': 'off',
      'no-unused-vars': ['error', { argsIgnorePattern: '^_', caughtErrors: 'none' }],
    },
  },
];
