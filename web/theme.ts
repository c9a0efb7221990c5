import type { MapFlightState } from '../src/report/index.ts';

export type Colour = [red: number, green: number, blue: number];

/** Colours of what is drawn on the map, which style sheets do not reach. */
export interface Theme {
  readonly water: string;
  readonly land: string;
  readonly coast: string;
  readonly grid: string;
  readonly pad: string;
  readonly closed: string;
  readonly permit: string;
  readonly ink: Colour;
  readonly halo: Colour;
  readonly refused: Colour;
  readonly states: Readonly<Record<MapFlightState, Colour>>;
}

const light: Theme = {
  water: '#e3ebf1',
  land: '#fbfaf6',
  coast: '#b9c4cb',
  grid: '#d3dbe1',
  pad: '#55544f',
  closed: '#c62f2f',
  permit: '#8a6100',
  ink: [26, 26, 25],
  halo: [252, 252, 251],
  refused: [198, 47, 47],
  states: {
    kept: [42, 120, 214],
    're-timed': [190, 125, 0],
    're-routed': [106, 70, 190],
    diverted: [214, 84, 30],
    cancelled: [120, 120, 116],
  },
};

const dark: Theme = {
  water: '#15191d',
  land: '#25282a',
  coast: '#454d53',
  grid: '#262c31',
  pad: '#b9b7ae',
  closed: '#ee6a6a',
  permit: '#dba640',
  ink: [242, 241, 238],
  halo: [26, 26, 25],
  refused: [238, 106, 106],
  states: {
    kept: [90, 162, 245],
    're-timed': [232, 168, 40],
    're-routed': [164, 150, 240],
    diverted: [244, 130, 82],
    cancelled: [140, 140, 134],
  },
};

export function themeOf(isDark: boolean): Theme {
  return isDark ? dark : light;
}
