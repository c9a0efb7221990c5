import { type Assignment, type Layout, type Mesh, meshSize, type OperationChoice } from '../sharding/index.ts';

/** An assignment on a mesh whose axes are worth their names. */
export interface TidyAssignment {
  readonly mesh: Mesh;
  readonly assignment: Assignment;
}

/**
 * Joins axes that every layout uses together, one right after the other, and names the others by what they do: `dp` cut
 * the data, `tp` all else. `dataArguments` are the positions of arguments that are data. For meshes that a search made,
 * whose layouts know whole axes only; the collectives stay what they are.
 */
export function tidyMesh(assignment: Assignment, dataArguments: readonly number[]): TidyAssignment {
  const { mesh } = assignment;
  const groups = joinedAxes(assignment);
  const numberOf = new Map(groups.map((group, number) => [group[0], number]));
  const renamed = (atoms: readonly number[]): number[] => atoms.flatMap(atom => numberOf.get(atom) ?? []);
  const rename = eachOnce(
    (layout: Layout): Layout => ({ dimensions: layout.dimensions.map(renamed), partial: renamed(layout.partial) }),
  );
  const data = new Set(dataArguments.flatMap(index => rename(assignment.arguments[index]).dimensions.flat()));
  const names = axisNames(groups.length, data);
  const axes = groups.map((group, number) => ({
    name: names[number],
    size: group.reduce((product, axis) => product * mesh.axes[axis].size, 1),
  }));
  const deviceIds = regrouped(mesh, groups);
  const tidy = deviceIds.every((id, position) => id === position) ? { axes } : { axes, deviceIds };
  const choice = eachOnce(
    (one: OperationChoice): OperationChoice => ({
      strategy: one.strategy.map(renamed),
      operands: one.operands.map(rename),
      results: one.results.map(rename),
      finals: one.finals.map(rename),
    }),
  );
  return {
    mesh: tidy,
    assignment: {
      ...assignment,
      mesh: tidy,
      arguments: assignment.arguments.map(rename),
      results: assignment.results.map(rename),
      choices: assignment.choices.map(one => (one === undefined ? undefined : choice(one))),
    },
  };
}

/** Members of a class share what they are decided as, so that most of an assignment is the same few objects. */
function eachOnce<T extends object>(make: (from: T) => T): (from: T) => T {
  const made = new Map<T, T>();
  return from => {
    let found = made.get(from);
    if (found === undefined) {
      found = make(from);
      made.set(from, found);
    }
    return found;
  };
}

/** The axes in groups: those of a group stand side by side, in order, wherever one of them is used. */
function joinedAxes({ mesh, arguments: given, results, choices }: Assignment): number[][] {
  const count = mesh.axes.length;
  const lists = new Set<string>();
  const note = ({ dimensions, partial }: Layout): void => {
    for (const atoms of dimensions) lists.add(atoms.join());
    lists.add(partial.join());
  };
  for (const layout of [...given, ...results]) note(layout);
  for (const choice of new Set(choices)) {
    if (choice === undefined) continue;
    for (const atoms of choice.strategy) lists.add(atoms.join());
    for (const layout of [...choice.operands, ...choice.results, ...choice.finals]) note(layout);
  }
  const used = [...lists].map(text => (text === '' ? [] : text.split(',').map(Number)));
  const follows = (axis: number, next: number): boolean =>
    used.every(atoms => {
      const at = atoms.indexOf(axis);
      return at < 0 ? !atoms.includes(next) : atoms[at + 1] === next;
    });
  const taken = new Set<number>();
  const groups: number[][] = [];
  for (let axis = 0; axis < count; axis++) {
    if (taken.has(axis)) continue;
    const group = [axis];
    taken.add(axis);
    for (let next = axis + 1; next < count; next++) {
      if (taken.has(next) || !follows(group[group.length - 1], next)) continue;
      group.push(next);
      taken.add(next);
    }
    groups.push(group);
  }
  return groups;
}

function axisNames(count: number, data: ReadonlySet<number>): string[] {
  const met = new Map<string, number>();
  return Array.from({ length: count }, (_, axis) => {
    const name = data.has(axis) ? 'dp' : 'tp';
    const number = met.get(name) ?? 0;
    met.set(name, number + 1);
    return number === 0 ? name : `${name}${number + 1}`;
  });
}

/** The device of each position of the mesh whose axes are those of `mesh`, in the order of the groups. */
function regrouped(mesh: Mesh, groups: readonly (readonly number[])[]): number[] {
  const order = groups.flat();
  const size = meshSize(mesh);
  const ids = mesh.deviceIds ?? Array.from({ length: size }, (_, position) => position);
  const strides = mesh.axes.map((_, axis) =>
    mesh.axes.slice(axis + 1).reduce((product, minor) => product * minor.size, 1),
  );
  return Array.from({ length: size }, (_, position) => {
    let [rest, old] = [position, 0];
    for (const axis of [...order].reverse()) {
      old += (rest % mesh.axes[axis].size) * strides[axis];
      rest = Math.floor(rest / mesh.axes[axis].size);
    }
    return ids[old];
  });
}
