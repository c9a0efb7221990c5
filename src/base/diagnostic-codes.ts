/**
 * Every diagnostic code with its title. docs/errors.md has a failing and a fixed example for each, and a test checks
 * that none is missing. Codes are stable: a retired code is never used again.
 *
 * SK10.. reading programs · SK11.. verifying programs · SK12.. inputs of a run · SK20.. meshes, shardings and pins
 * SK21.. clusters and device profiles · SK22.. plans
 * SK30.. engines and workers · SK40.. verification of results · SK90.. files and the command line
 */
export const diagnosticCodes = {
  SK1001: 'unexpected text in a program',
  SK1002: 'program ends too early',
  SK1003: 'unknown operation',
  SK1004: 'dynamic shape',
  SK1005: 'not a StableHLO program',
  SK1006: 'shape too large',
  SK1007: 'constant too large',
  SK1008: 'unknown value or symbol',
  SK1009: 'defined twice',
  SK1010: 'type differs from the definition',
  SK1101: 'operation breaks a rule of StableHLO',
  SK1102: 'declared type differs from the inferred type',
  SK1103: 'operation planned as replicated',
  SK1201: 'inputs do not fit the program',
  SK1202: 'malformed inputs spec',
  SK2001: 'wrong mesh',
  SK2002: 'wrong sharding',
  SK2003: 'pin for an unknown name',
  SK2004: 'uneven pin',
  SK2005: 'unknown mesh axis',
  SK2006: 'mesh axis used twice',
  SK2007: 'wrong pin',
  SK2008: 'pin does not fit its tensor',
  SK2009: 'mesh does not fit the cluster',
  SK2010: 'no batch dimension',
  SK2101: 'not a cluster',
  SK2102: 'unknown device',
  SK2103: 'cluster without devices',
  SK2104: 'wrong profile or cluster file',
  SK2105: 'too many devices for one host',
  SK2106: 'not enough memory on this host',
  SK2201: 'malformed plan',
  SK2202: 'plan does not fit the program',
  SK3001: 'worker does not start',
  SK3002: 'worker died',
  SK3003: 'worker missed its deadline',
  SK3004: 'out of memory',
  SK3005: 'program refused by the compiler',
  SK3006: 'program failed while it ran',
  SK3007: 'untested version of JAX',
  SK3008: 'worker cannot read or write a file',
  SK3009: 'engine cannot do that',
  SK3010: 'not enough devices',
  SK3011: 'saved outputs do not match',
  SK3012: 'engine is closed',
  SK4001: 'output differs',
  SK4002: 'output is not finite',
  SK4003: 'outputs differ together',
  SK4004: 'no gradients among the outputs',
  SK9001: 'file cannot be read',
  SK9002: 'output directory in use',
  SK9003: 'wrong option',
} as const;

export type DiagnosticCode = keyof typeof diagnosticCodes;
