import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findPython, packageRoot } from '../src/engine/index.ts';

describe('the exporters and models in python/', () => {
  it('pass their own tests', () => {
    const folder = join(packageRoot(), 'python');
    const run = spawnSync(findPython(), ['-m', 'unittest', 'discover', '-s', 'tests'], {
      cwd: folder,
      env: {
        ...process.env,
        PYTHONPATH: folder,
        JAX_PLATFORMS: 'cpu',
        JAX_NUM_CPU_DEVICES: '8',
        XLA_FLAGS: '--xla_backend_optimization_level=0',
      },
      encoding: 'utf8',
    });
    expect(run.stderr).toMatch(/Ran \d{2,} tests[\s\S]*\nOK/);
  });
});
