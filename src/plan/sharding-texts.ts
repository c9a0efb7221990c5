import {
  axisPartSize,
  type Grid,
  type Layout,
  layoutOf,
  type Mesh,
  parseSharding,
  refineMesh,
  type Sharding,
} from '../sharding/index.ts';
import type { Complaints } from './complaints.ts';
import type { JsonPath } from './json-place.ts';

/** The shardings of a plan by their text: each is read and checked against the mesh once, however often it stands there. */
export class ShardingTexts {
  readonly #mesh: Mesh;
  readonly #complaints: Complaints;
  readonly #known = new Map<string, Sharding | undefined>();

  constructor(mesh: Mesh, complaints: Complaints) {
    this.#mesh = mesh;
    this.#complaints = complaints;
  }

  /** The sharding of a text; undefined where it is wrong, which its first place is blamed for. */
  read(text: string, path: JsonPath): Sharding | undefined {
    if (this.#known.has(text)) return this.#known.get(text);
    const sharding = this.#complaints.gather(path, () => {
      const parsed = parseSharding(text);
      const parts = [...parsed.dimensions.flatMap(({ axes }) => axes), ...parsed.unreduced];
      for (const part of parts) axisPartSize(this.#mesh, part);
      return parsed;
    });
    this.#known.set(text, sharding);
    return sharding;
  }

  /** The mesh, its axes cut wherever some text cuts them; undefined where these cuts do not nest. */
  grid(): Grid | undefined {
    const shardings = [...this.#known.values()].filter(found => found !== undefined);
    return this.#complaints.gather(['mesh'], () => refineMesh(this.#mesh, shardings));
  }
}

/** Layouts by the text of their sharding. Equal texts give one layout. */
export function layoutsByText(texts: ShardingTexts, grid: Grid): (text: string) => Layout {
  const known = new Map<string, Layout>();
  return text => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const sharding = texts.read(text, []);
    if (sharding === undefined) throw new Error(`internal: the sharding ${text} was not checked`);
    const layout = layoutOf(grid, sharding);
    known.set(text, layout);
    return layout;
  };
}
