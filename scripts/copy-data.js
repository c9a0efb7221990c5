import { cpSync } from 'node:fs';

// What the compiler leaves where it is: data that the program reads beside its modules, and threads in plain JavaScript.
// Twice, since the command is one module in `dist/cli`.
const copies = [
  ['src/cost/profiles', 'dist/cost/profiles'],
  ['src/cost/profiles', 'dist/cli/profiles'],
  ['src/airspace/singapore/singapore.json', 'dist/airspace/singapore/singapore.json'],
  ['src/airspace/singapore/singapore.json', 'dist/cli/singapore.json'],
  ['src/parallel/search/highs-worker.js', 'dist/parallel/search/highs-worker.js'],
  ['src/parallel/search/highs-worker.js', 'dist/cli/highs-worker.js'],
];

for (const [from, to] of copies) cpSync(from, to, { recursive: true });
