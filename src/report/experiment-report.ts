/** What the page of an airspace experiment shows. Plain data; whoever ran it fills it in. */
export interface ExperimentReport {
  readonly title: string;
  /** Short facts below the title: network, area, pads, seeds. */
  readonly facts: readonly { readonly label: string; readonly value: string }[];
  /** What was found, a sentence each. */
  readonly findings: readonly string[];
  /** What densities are, for example `requests per km² and hour`. */
  readonly unit: string;
  /** One for each set of zones. */
  readonly panels: readonly ExperimentPanel[];
  /** Kinds of refusals in the order in which they are stacked, with what they mean. */
  readonly kinds: readonly { readonly kind: string; readonly meaning: string }[];
  readonly tables: readonly ExperimentTable[];
}

export interface ExperimentPanel {
  /** `without zones`. */
  readonly title: string;
  readonly lines: readonly ExperimentLine[];
  /** More than any plan can serve; the least first, the others are drawn pale. */
  readonly bounds: readonly {
    readonly name: string;
    readonly points: readonly { readonly density: number; readonly share: number }[];
  }[];
}

/** One way of planning. */
export interface ExperimentLine {
  readonly name: string;
  /** By density, ascending. */
  readonly points: readonly ExperimentPoint[];
  /** Where the fitted curve falls most, with its interval; ends may be infinite. */
  readonly boundary?: { readonly density: number; readonly low: number; readonly high: number };
}

export interface ExperimentPoint {
  readonly density: number;
  /** Served of those who asked, from 0 to 1, with its interval. */
  readonly share: number;
  readonly low: number;
  readonly high: number;
  /** The same of each seed. */
  readonly seeds: readonly number[];
  /** Of a processor, for each request. */
  readonly milliseconds: number;
  /** Refused of those who asked, by kind. */
  readonly refused: readonly { readonly kind: string; readonly share: number }[];
}

export interface ExperimentTable {
  readonly title: string;
  /** What it shows; may be empty. */
  readonly introduction: string;
  /** Cells are words, not numbers. */
  readonly isText?: boolean;
  /** The first column is names. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}
