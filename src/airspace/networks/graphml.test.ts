import { expect, test } from 'vitest';
import type { DiagnosticError } from '../../base/index.ts';
import { parseCcbsTask } from './ccbs-task.ts';
import { parseGraphml } from './graphml.ts';

const graph = (inside: string, head = '<key id="k" for="node" attr.name="coords" attr.type="string"/>'): string =>
  `<?xml version="1.0"?>\n<graphml>${head}\n<graph edgedefault="directed">\n${inside}\n</graph>\n</graphml>\n`;
const node = (id: string, coords: string): string => `<node id="${id}"><data key="k">${coords}</data></node>`;

function failures(run: () => unknown): readonly string[] {
  try {
    run();
  } catch (error) {
    return (error as DiagnosticError).diagnostics.map(
      ({ code, message, place }) => `${place?.line}:${place?.column} ${code} ${message}`,
    );
  }
  return [];
}

test('reads places, edges in their order, coincident nodes and edges of no length', () => {
  const text = graph(`<!-- three, two of them at one place -->
    ${node('a', '70,182')}${node('b', ' 68.5 , 55, 12')}
    ${node('c', '70,182')}
    <edge id="e0" source="b" target="a"><data key="w">1</data></edge>
    <edge source="a" target="c"/> <edge source='a' target='b'></edge><edge source="c" target="c"/>`);
  const network = parseGraphml(text);
  expect([...network.x]).toEqual([70, 68.5, 70]);
  expect([...network.y]).toEqual([182, 55, 182]);
  expect([...network.z]).toEqual([0, 12, 0]);
  expect([...network.edgeOffsets]).toEqual([0, 2, 3, 4]);
  expect([...network.edgeTargets]).toEqual([2, 1, 0, 2]);
  expect(network.names).toEqual(['a', 'b', 'c']);
});

test('reads edges before their nodes, undirected ones both ways, and entities in names', () => {
  const text = graph(
    `<edge source="a&amp;b" target="&#x3c;" directed="false"/>${node('a&amp;b', '0,0')}${node('&lt;', '3,4')}`,
  );
  const network = parseGraphml(text);
  expect(network.names).toEqual(['a&b', '<']);
  expect([...network.edgeTargets]).toEqual([1, 0]);
});

test('ignores data under other keys', () => {
  const text = graph('<node id="a"><data key="name">x</data><data key="k">1,2</data><data key="z">9,9</data></node>');
  expect([...parseGraphml(text).x]).toEqual([1]);
});

test('tells nodes without a place and edges without a node, several at once', () => {
  const text = graph(`<node id="a"/>
${node('b', '1;2')}
${node('c', '1,')}
${node('d', '1,2')}${node('d', '1,2')}
<edge source="d" target="x"/>`);
  expect(failures(() => parseGraphml(text))).toMatchInlineSnapshot(`
    [
      "4:1 SK6102 the node a has no coordinates",
      "5:1 SK6102 the node b is at "1;2"",
      "6:1 SK6102 the node c is at "1,"",
      "7:45 SK6103 the node d is there twice",
      "8:1 SK6103 an edge to x, which is no node",
    ]
  `);
});

test('tells that no key is named coords', () => {
  expect(failures(() => parseGraphml(graph(node('a', '1,2'), '')))).toMatchInlineSnapshot(`
    [
      "4:1 SK6102 the node a has no coordinates",
    ]
  `);
});

test.each([
  ['', '1:1 SK6101 no tag in the file'],
  ['<html></html>', '1:1 SK6101 <html> where <graphml> belongs'],
  ['<graphml>\n<graph>', '2:8 SK6101 <graph> is never closed'],
  ['<graphml>\n  é</graph>', '2:5 SK6101 </graph> where </graphml> is due'],
  ['<graphml></graphml></a>', '1:20 SK6101 </a> where no tag is open'],
  ['<graphml a></graphml>', '1:10 SK6101 a></graphml> in the tag <graphml>, where name="value" or > belongs'],
  ['<graphml a="1', '1:12 SK6101 a value without its closing quote'],
  ['<graphml', '1:9 SK6101 the end of the file in the tag <graphml>, where name="value" or > belongs'],
  ['<!-- <graphml/>', '1:1 SK6101 <! without -->'],
  ['<graphml><graph><edge source="a"/></graph></graphml>', '1:17 SK6101 <edge> has no attribute target'],
  ['<graphml><graph><node id="&b;"/></graph></graphml>', '1:27 SK6101 the entity &b;, which is not known'],
])('malformed XML is told with its place: %s', (text, told) => {
  expect(failures(() => parseGraphml(text))).toEqual([told]);
});

test('reads the agents of a task', () => {
  const text =
    '<?xml version="1.0" ?>\n<root>\n  <agent start_id="136" goal_id="50"/>\n<agent goal_id="1" start_id="0"/></root>';
  expect(parseCcbsTask(text)).toEqual([
    { start: 136, goal: 50 },
    { start: 0, goal: 1 },
  ]);
});

test('tells what is no task', () => {
  expect(failures(() => parseCcbsTask('<root/>'))).toEqual(['1:1 SK6104 no agent in the file']);
  expect(failures(() => parseCcbsTask('<root>\n<agent start_id="-1"/></root>'))).toEqual([
    '2:1 SK6104 an agent with start_id "-1"',
    '2:1 SK6104 an agent with no goal_id',
  ]);
});
