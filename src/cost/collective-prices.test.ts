import { expect, it } from 'vitest';
import { parseMesh } from '../sharding/index.ts';
import { parseCluster } from './cluster-notation.ts';
import { CollectivePrices } from './collective-prices.ts';
import { estimateCollective } from './collective-seconds.ts';
import { groupAlongAxes, groupLevels } from './group-levels.ts';

it('prices a collective as one that is looked at alone, however often it is asked', () => {
  const cluster = parseCluster('4x8xH100');
  const mesh = parseMesh('dp=4,tp=8');
  const prices = new CollectivePrices(mesh, cluster);
  for (let round = 0; round < 2; round++) {
    for (const kind of ['all-reduce', 'all-gather', 'all-to-all']) {
      for (const axes of [['dp'], ['tp'], ['dp', 'tp'], ['tp:(2)2']]) {
        for (const bytesPerDevice of [64, 1e8]) {
          const levels = groupLevels(cluster, groupAlongAxes(mesh, axes));
          const groupSize = levels.reduce((product, level) => product * level.size, 1);
          const alone = estimateCollective({ kind, bytes: bytesPerDevice, groupSize, levels });
          expect(prices.seconds({ kind, axes, bytesPerDevice })).toBe(alone.seconds);
        }
      }
    }
  }
});
