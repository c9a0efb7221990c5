import { type Diagnostic, DiagnosticError } from '../../base/index.ts';
import type { AirNetwork } from '../network.ts';
import { XmlScanner } from './xml-scanner.ts';

/**
 * The network of a GraphML text, in metres as they stand: places from the data `x,y` or `x,y,z` of nodes under the key
 * that is named `coords`, z 0 where it is left out. Weights and other data are ignored, since times follow from places.
 * Vertices and edges keep the order of the file; an undirected edge becomes two. Edges of no length and nodes at one
 * place are legal. Hovering is possible everywhere.
 *
 * @throws DiagnosticError SK6101 where the text is no GraphML, else up to 20 of SK6102 and SK6103.
 */
export function parseGraphml(text: string, file = 'network.graphml'): AirNetwork {
  return new GraphmlReader(text, file).read();
}

const mostDiagnostics = 20;

/** An edge that stands before a node of its own. */
interface EarlyEdge {
  readonly edge: number;
  readonly source: string;
  readonly target: string;
  readonly offset: number;
}

class GraphmlReader {
  readonly #scanner: XmlScanner;
  readonly #problems: Diagnostic[] = [];
  readonly #vertexOf = new Map<string, number>();
  readonly #places: [x: number[], y: number[], z: number[]] = [[], [], []];
  readonly #early: EarlyEdge[] = [];
  /** From, to of each directed edge in the order of the file. */
  #ends = new Int32Array(1024);
  #edgeCount = 0;
  #coordsKey: string | undefined;
  #undirected = false;

  constructor(text: string, file: string) {
    this.#scanner = new XmlScanner(text, file);
  }

  read(): AirNetwork {
    const scanner = this.#scanner;
    let tags = 0;
    for (let kind = scanner.next(); kind !== 'end'; kind = scanner.next()) {
      if (kind === 'close') continue;
      if (tags++ === 0 && scanner.name !== 'graphml') {
        throw scanner.malformed(`<${scanner.name}> where <graphml> belongs`, scanner.start);
      }
      if (scanner.name === 'edge') this.#readEdge();
      else if (scanner.name === 'node') this.#readNode();
      else if (scanner.name === 'graph') this.#undirected = scanner.attribute('edgedefault') === 'undirected';
      else if (scanner.name === 'key' && scanner.attribute('attr.name') === 'coords') {
        this.#coordsKey = scanner.required('id');
      }
    }
    if (tags === 0) throw scanner.malformed('no tag in the file', 0);
    for (const early of this.#early) this.#resolve(early);
    if (this.#problems.length > 0) throw new DiagnosticError(this.#problems);
    return this.#network();
  }

  /** Reads `<node>` to its end: its place is in a `<data>` inside. */
  #readNode(): void {
    const scanner = this.#scanner;
    const start = scanner.start;
    const id = scanner.required('id');
    let coords: string | undefined;
    let depth = 1;
    while (depth > 0) {
      if (scanner.next() === 'close') depth--;
      else {
        depth++;
        const isPlace = depth === 2 && scanner.name === 'data' && scanner.required('key') === this.#coordsKey;
        if (isPlace) coords = scanner.content();
      }
    }
    const place = coords?.split(',').map(word => (word.trim() === '' ? Number.NaN : Number(word))) ?? [];
    if ((place.length !== 2 && place.length !== 3) || !place.every(Number.isFinite))
      this.#reportPlace(id, coords, start);
    if (this.#vertexOf.has(id)) {
      this.#report(
        'SK6103',
        `the node ${id} is there twice`,
        'a name of its own for each',
        'rename one of them',
        start,
      );
    }
    this.#vertexOf.set(id, this.#vertexOf.size);
    for (let axis = 0; axis < 3; axis++) this.#places[axis]?.push(place[axis] ?? 0);
  }

  #reportPlace(id: string, coords: string | undefined, start: number): void {
    const found = coords === undefined ? 'has no coordinates' : `is at "${coords.trim().slice(0, 40)}"`;
    const key = this.#coordsKey === undefined ? 'of a key with attr.name="coords"' : `with the key ${this.#coordsKey}`;
    this.#report(
      'SK6102',
      `the node ${id} ${found}`,
      `<data> ${key} that holds x,y or x,y,z in metres`,
      this.#coordsKey === undefined ? 'declare the key before the graph' : 'give the node its place',
      start,
    );
  }

  #readEdge(): void {
    const scanner = this.#scanner;
    const source = scanner.required('source');
    const target = scanner.required('target');
    const directed = scanner.attribute('directed');
    const from = this.#vertexOf.get(source) ?? -1;
    const to = this.#vertexOf.get(target) ?? -1;
    const edge = this.#push(from, to);
    if (from < 0 || to < 0) this.#early.push({ edge, source, target, offset: scanner.start });
    if (directed === 'false' || (directed === undefined && this.#undirected)) {
      const back = this.#push(to, from);
      if (from < 0 || to < 0) this.#early.push({ edge: back, source: target, target: source, offset: scanner.start });
    }
  }

  #push(from: number, to: number): number {
    if (2 * this.#edgeCount === this.#ends.length) {
      const larger = new Int32Array(2 * this.#ends.length);
      larger.set(this.#ends);
      this.#ends = larger;
    }
    this.#ends[2 * this.#edgeCount] = from;
    this.#ends[2 * this.#edgeCount + 1] = to;
    return this.#edgeCount++;
  }

  #resolve({ edge, source, target, offset }: EarlyEdge): void {
    for (const [end, id] of [source, target].entries()) {
      const vertex = this.#vertexOf.get(id);
      if (vertex === undefined) {
        const role = end === 0 ? 'from' : 'to';
        const expected = `one of the ${this.#vertexOf.size} nodes of the file`;
        this.#report(
          'SK6103',
          `an edge ${role} ${id}, which is no node`,
          expected,
          'add the node or drop the edge',
          offset,
        );
      } else this.#ends[2 * edge + end] = vertex;
    }
  }

  #report(code: 'SK6102' | 'SK6103', message: string, expected: string, next: string, offset: number): void {
    const place = this.#scanner.placeOf(offset);
    this.#problems.push({ code, severity: 'error', message, expected, next, place });
    if (this.#problems.length === mostDiagnostics) throw new DiagnosticError(this.#problems);
  }

  #network(): AirNetwork {
    const count = this.#vertexOf.size;
    const edgeOffsets = new Int32Array(count + 1);
    for (let edge = 0; edge < this.#edgeCount; edge++) {
      const after = (this.#ends[2 * edge] as number) + 1;
      edgeOffsets[after] = (edgeOffsets[after] as number) + 1;
    }
    for (let vertex = 0; vertex < count; vertex++) {
      edgeOffsets[vertex + 1] = (edgeOffsets[vertex + 1] as number) + (edgeOffsets[vertex] as number);
    }
    const cursor = edgeOffsets.slice();
    const edgeTargets = new Int32Array(this.#edgeCount);
    for (let edge = 0; edge < this.#edgeCount; edge++) {
      const from = this.#ends[2 * edge] as number;
      const slot = cursor[from] as number;
      edgeTargets[slot] = this.#ends[2 * edge + 1] as number;
      cursor[from] = slot + 1;
    }
    const [x, y, z] = this.#places;
    return {
      x: Float64Array.from(x),
      y: Float64Array.from(y),
      z: Float64Array.from(z),
      hover: new Uint8Array(count).fill(1),
      edgeOffsets,
      edgeTargets,
      names: [...this.#vertexOf.keys()],
    };
  }
}
