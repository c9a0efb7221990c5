/** Colours of data series in a fixed order, told apart with any common colour vision, for light and dark pages. */
const seriesColours = [
  ['#2a78d6', '#3987e5'],
  ['#1baf7a', '#199e70'],
  ['#eda100', '#c98500'],
  ['#4a3aa7', '#9085e9'],
  ['#e34948', '#e66767'],
  ['#e87ba4', '#d55181'],
  ['#eb6834', '#d95926'],
  ['#008300', '#008300'],
];

const rules = seriesColours.map(([light, dark], index) => {
  const colour = `light-dark(${light},${dark})`;
  const number = index + 1;
  return [
    `.series-${number}{fill:${colour}}.piece-${index}{fill:${colour};fill-opacity:.28}`,
    `.line-${number}{fill:none;stroke:${colour};stroke-width:1.8}.band-${number}{fill:${colour};fill-opacity:.16}`,
    `.faint-${number}{fill:${colour};fill-opacity:.4}`,
  ].join('');
});

/** What a rectangle of a memory plan stands for, by the number of its colour; pale enough for names inside. */
const kindColours = { state: 3, kept: 1, constant: 7, output: 5, activation: 2, temporary: 0, workspace: 4 };

const kindRules = Object.entries(kindColours).map(([kind, index]) => {
  const [light, dark] = seriesColours[index];
  return `.kind-${kind}{fill:light-dark(${light},${dark});fill-opacity:.7}`;
});

/** The style of every page. Nothing is loaded from elsewhere. */
export const pageStyle: string = [
  ':root{color-scheme:light dark;--ink:light-dark(#1a1a19,#f2f1ee);--dim:light-dark(#63625d,#a5a49c)}',
  ':root{--page:light-dark(#fcfcfb,#1a1a19);--rule:light-dark(#dddcd6,#3a3a37)}',
  'body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--page)}',
  'body{max-width:900px;margin:2rem auto;padding:0 1rem}',
  'h1{font-size:1.5rem;margin:0}h2{font-size:1.1rem;margin:2.2rem 0 .4rem}p{margin:.3rem 0}',
  'section>svg,details,table,.legend{max-width:100%}svg{width:100%;height:auto;display:block}',
  'svg text{font:12px system-ui,sans-serif;fill:var(--ink)}svg text.small{font-size:11px;fill:var(--dim)}',
  'svg text.on-piece{fill:var(--ink)}.dim{color:var(--dim)}.grid{stroke:var(--rule)}',
  '.peak{stroke:var(--ink);stroke-dasharray:3 3}.axes,.products{padding-left:1.2rem;margin:.4rem 0}',
  '.limit{stroke:var(--dim);stroke-width:2}.good{fill:light-dark(#2a78d6,#3987e5)}.bad{fill:light-dark(#d03b3b,#e66767)}',
  '.verdict{font-weight:600}.verdict.yes{color:light-dark(#006300,#0ca30c)}.verdict.no{color:light-dark(#b02a2a,#e66767)}',
  '.facts{display:flex;flex-wrap:wrap;gap:.4rem 2rem;margin:1rem 0}.facts dt{color:var(--dim);font-size:.8rem}.facts dd{margin:0}',
  '.legend{color:var(--dim);font-size:.85rem}.legend span{margin-right:1.2rem}',
  '.key{display:inline-block;width:.7em;margin-right:.4em}',
  '.grids{display:grid;grid-template-columns:repeat(auto-fill,minmax(190px,1fr));gap:1.2rem 1rem;margin-top:.8rem}',
  '.panels{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(340px,100%),1fr));gap:1rem;margin-top:.8rem}',
  '.columns{display:grid;grid-template-columns:repeat(auto-fit,minmax(240px,1fr));gap:.6rem}h3{font-size:.95rem;margin:1rem 0 0}',
  '.wide{overflow-x:auto}.wide table{max-width:none;font-size:.78rem}.wide th,.wide td{white-space:nowrap}',
  '.words td{text-align:left}.words th{vertical-align:top;white-space:nowrap}',
  'figure{margin:0}figcaption{font-size:.8rem;overflow-wrap:anywhere;margin-top:.3rem}',
  'table{border-collapse:collapse;font-size:.85rem}th{text-align:left;font-weight:normal}thead th{color:var(--dim)}',
  'th,td{padding:.2rem .8rem .2rem 0;border-bottom:1px solid var(--rule)}td{text-align:right}',
  'summary{cursor:pointer;color:var(--dim);font-size:.85rem}',
  '.box{stroke:var(--page);stroke-width:.8}rect.box:hover{stroke:var(--ink);stroke-width:1.6}',
  'svg text.inside{font-size:11px;pointer-events:none}.tick,.top{stroke:var(--ink)}.peak-band{fill:var(--ink)}',
  '.bound{stroke:light-dark(#006300,#0ca30c);stroke-width:1.5;stroke-dasharray:7 3}',
  '.capacity{stroke:light-dark(#b02a2a,#e66767);stroke-width:2}',
  '.live-before{fill:light-dark(#f5cf7c,#6b4c0e)}.live-after{fill:light-dark(#6fa5e4,#2b5a94)}',
  '.line-before{fill:none;stroke:light-dark(#a56e00,#eda100);pointer-events:none}',
  'td.name,th.name{overflow-wrap:anywhere;text-align:left}',
  '.suggestions{padding-left:1.2rem}.suggestions li{margin:.5rem 0}',
  ...rules,
  ...kindRules,
].join('\n');

/** The style of pictures that stand alone, for light grounds. */
export const pictureStyle: string = [
  'text{font:12px system-ui,sans-serif;fill:#1a1a19}text.small{font-size:11px;fill:#63625d}',
  '.grid{stroke:#dddcd6}.tick{stroke:#1a1a19}.bound{stroke:#006300;stroke-width:1.5;stroke-dasharray:7 3}',
  ...seriesColours.map(([colour], index) => {
    const number = index + 1;
    return (
      `.series-${number}{fill:${colour}}.line-${number}{fill:none;stroke:${colour};stroke-width:1.8}` +
      `.band-${number}{fill:${colour};fill-opacity:.16}.faint-${number}{fill:${colour};fill-opacity:.4}`
    );
  }),
].join('\n');
