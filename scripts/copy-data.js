import { cpSync } from 'node:fs';

// Data files that the program reads beside its modules: source folder, then its place in the build.
const folders = [['src/cost/profiles', 'dist/cost/profiles']];

for (const [from, to] of folders) cpSync(from, to, { recursive: true });
