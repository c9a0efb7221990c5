import type { ExperimentReport } from './experiment-report.ts';
import { pictureStyle } from './page-style.ts';
import { shareChart, shareChartSize } from './share-chart.ts';
import { label, rectangle, round } from './svg.ts';

/** The shares of an experiment as a picture of its own: one SVG file on a light ground, for documents. */
export function experimentPicture({ panels, unit }: ExperimentReport): string {
  const [width, height] = shareChartSize;
  const head = 58;
  const names = panels[0]?.lines.map(({ name }) => name) ?? [];
  let keyStart = 48;
  const key = names.flatMap((name, index) => {
    const x = keyStart;
    keyStart += 40 + 6 * name.length;
    return [rectangle(x, 12, 10, 10, `series-${index + 1}`, name), label(x + 16, 21, name)];
  });
  const charts = panels.flatMap((panel, index) => {
    const place = `x="${index * width}" y="${head}" width="${width}" height="${height}"`;
    return [
      label(index * width + 48, head - 10, panel.title),
      shareChart(panel, unit).replace('<svg ', `<svg ${place} `),
    ];
  });
  const [wide, high] = [round(width * Math.max(1, panels.length)), round(head + height)];
  const parts = [`<rect width="${wide}" height="${high}" fill="#fcfcfb"/>`, ...key, ...charts];
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${wide} ${high}" width="${wide}" height="${high}">` +
    `<style>${pictureStyle}</style>${parts.join('')}</svg>\n`
  );
}
