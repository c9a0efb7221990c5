import { expect, test } from 'vitest';
import { doctor } from './doctor.ts';

test('a Python that is not there is a finding with the command that mends it', async () => {
  const findings = await doctor('/nowhere/bin/python');
  const python = findings.find(finding => finding.what.startsWith('Python'));
  expect(python).toMatchObject({ ok: false, fix: 'sh scripts/make-venv.sh' });
  expect(python?.found).toContain('/nowhere/bin/python');
});

test('the running Node.js is looked at and passes', async () => {
  const [node] = await doctor('/nowhere/bin/python');
  expect(node).toEqual({ what: 'Node.js >= 20.19', ok: true, found: process.versions.node });
});
