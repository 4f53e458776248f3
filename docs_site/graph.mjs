// Lays a graph out: DOT on standard input, SVG on standard output. Graphviz as WebAssembly, without any program or font.
import { readFileSync } from 'node:fs';
import { instance } from '@viz-js/viz';

const viz = await instance();
process.stdout.write(viz.renderString(readFileSync(0, 'utf8'), { format: 'svg' }));
