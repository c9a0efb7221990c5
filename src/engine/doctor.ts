import { execFile } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { formatBytes } from '../base/index.ts';
import { findPython } from './python.ts';

/** One thing that the engines need, and whether this machine has it. */
export interface DoctorFinding {
  readonly what: string;
  readonly ok: boolean;
  readonly found: string;
  /** The command that mends it; absent where all is well or where no command does. */
  readonly fix?: string;
}

const makeEnvironment = 'sh scripts/make-venv.sh';
const testedPackages = { jax: '0.10.2', jaxlib: '0.10.2' } as const;
const neededPackages = ['jax', 'jaxlib', 'numpy', 'ml_dtypes', 'msgpack', 'safetensors'] as const;
const neededMemoryBytes = 4e9;
const oldestNode = [20, 19] as const;
const oldestPython = [3, 11] as const;

const probe = `
import importlib.metadata as m, json, platform, sys
versions = {}
for name in ${JSON.stringify(neededPackages)}:
    try: versions[name] = m.version(name)
    except m.PackageNotFoundError: versions[name] = None
print(json.dumps({"python": list(sys.version_info[:3]), "packages": versions, "libc": " ".join(platform.libc_ver())}))
`;

interface PythonFacts {
  readonly python: readonly number[];
  readonly packages: Readonly<Record<string, string | null>>;
  readonly libc: string;
}

/** Looks at everything that the engines need. Takes about a tenth of a second; starts no worker. */
export async function doctor(python: string = findPython()): Promise<readonly DoctorFinding[]> {
  const facts = await askPython(python);
  return [nodeFinding(), ...pythonFindings(python, facts), memoryFinding(), sharedMemoryFinding()];
}

async function askPython(python: string): Promise<PythonFacts | string> {
  try {
    const { stdout } = await promisify(execFile)(python, ['-c', probe], { timeout: 30_000 });
    return JSON.parse(stdout) as PythonFacts;
  } catch (error) {
    return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? 'it does not run';
  }
}

function nodeFinding(): DoctorFinding {
  const ok = isAtLeast(process.versions.node.split('.').map(Number), oldestNode);
  const found = process.versions.node;
  return { what: `Node.js >= ${oldestNode.join('.')}`, ok, found, ...(ok ? {} : { fix: 'nvm install 20' }) };
}

function pythonFindings(python: string, facts: PythonFacts | string): readonly DoctorFinding[] {
  const what = `Python >= ${oldestPython.join('.')}`;
  if (typeof facts === 'string') {
    const installed = existsSync(python) || python === 'python3';
    const fix = installed ? `apt-get install python3 python3-venv && ${makeEnvironment}` : makeEnvironment;
    return [{ what, ok: false, found: `${python}: ${facts}`, fix }];
  }
  const recent = isAtLeast(facts.python, oldestPython);
  const version: DoctorFinding = {
    what,
    ok: recent,
    found: `${facts.python.join('.')} (${python})`,
    ...(recent ? {} : { fix: `rm -rf .venv && PYTHON=python3.11 ${makeEnvironment}` }),
  };
  const packages = neededPackages.map((name): DoctorFinding => {
    const found = facts.packages[name] ?? undefined;
    const wanted = name in testedPackages ? testedPackages[name as keyof typeof testedPackages] : undefined;
    const ok = found !== undefined && (wanted === undefined || found === wanted);
    const what = wanted === undefined ? name : `${name} ${wanted}`;
    return { what, ok, found: found ?? 'missing', ...(ok ? {} : { fix: makeEnvironment }) };
  });
  return [version, ...packages, libraryFinding(facts.libc)];
}

function libraryFinding(libc: string): DoctorFinding {
  const other = process.platform === 'linux' ? 'not glibc: jaxlib has no wheels for it' : process.platform;
  const ok = process.platform !== 'linux' || libc.startsWith('glibc');
  return { what: 'C library', ok, found: libc.trim() === '' ? other : libc };
}

function memoryFinding(): DoctorFinding {
  const availableBytes = process.availableMemory();
  const ok = availableBytes >= neededMemoryBytes;
  return { what: `memory >= ${formatBytes(neededMemoryBytes)} available`, ok, found: formatBytes(availableBytes) };
}

/** Without it the temporary folder serves, only slower: never a reason to stop. */
function sharedMemoryFinding(): DoctorFinding {
  try {
    accessSync('/dev/shm', constants.W_OK);
    return { what: 'shared memory', ok: true, found: '/dev/shm' };
  } catch {
    return { what: 'shared memory', ok: true, found: 'none; the temporary folder is used' };
  }
}

function isAtLeast(version: readonly number[], oldest: readonly [number, number]): boolean {
  const [major = 0, minor = 0] = version;
  return major > oldest[0] || (major === oldest[0] && minor >= oldest[1]);
}
