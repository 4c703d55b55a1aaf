import { el, replace, svg } from '../dom.js';
import { asShortDate, count, day } from '../words.js';

const weeks = 13;

/** How far the picture looks ahead. */
export const horizon = weeks * 7 * day;

const height = 190;
const foot = 34;

/** How many certificates end before now, and in each of the weeks that begin now. */
export function byWeek(certificates, now = Date.now()) {
  const ends = certificates.map((one) => new Date(one.notAfter) - now);
  const bars = [{ label: 'expired', long: 'Expired already', tone: 'bad', number: ends.filter((end) => end < 0).length }];
  for (let week = 0; week < weeks; week++) {
    const from = week * 7 * day;
    const number = ends.filter((end) => end >= from && end < from + 7 * day).length;
    const begin = asShortDate(now + from);
    bars.push({ label: week === 0 ? 'this week' : begin, long: week === 0 ? 'The next seven days' : `Week from ${begin}`, tone: 'plain', number });
  }
  return bars;
}

/** A picture of what expires when, with the same in words and as a table. */
export function timeline(certificates, signal) {
  const bars = byWeek(certificates);
  const picture = el('div', { class: 'timeline' });
  const draw = () => replace(picture, chart(bars, Math.max(280, picture.clientWidth || 320)));
  draw();
  const watch = new ResizeObserver(draw);
  watch.observe(picture);
  signal.addEventListener('abort', () => watch.disconnect(), { once: true });
  return el('figure', {}, picture,
    el('figcaption', {}, inWords(bars)),
    el('details', {}, el('summary', {}, 'The same as a table'), table(bars)));
}

function inWords(bars) {
  const [expired, soon, ...rest] = bars.map((bar) => bar.number);
  const later = rest.reduce((sum, number) => sum + number, 0);
  return `${expired} expired, ${soon} to end within seven days, ${later} in the twelve weeks after.`;
}

function chart(bars, width) {
  const step = width / bars.length;
  const room = height - foot - 22;
  const highest = Math.max(1, ...bars.map((bar) => bar.number));
  // A label needs about 64 pixels, and the first two have words.
  const every = Math.ceil(64 / step);
  const base = height - foot;
  return svg('svg', { viewBox: `0 0 ${width} ${height}`, width, height, role: 'img', 'aria-label': `Certificates by the week in which they end: ${inWords(bars)}` },
    svg('line', { class: 'ground', x1: 0, x2: width, y1: base, y2: base }),
    bars.map((bar, at) => {
      const tall = bar.number === 0 ? 0 : Math.max(3, Math.round(room * bar.number / highest));
      const middle = at * step + step / 2;
      return svg('g', { class: bar.tone },
        svg('rect', { x: at * step + step * 0.16, y: base - tall, width: step * 0.68, height: tall, rx: 1.5 }),
        bar.number > 0 ? svg('text', { class: 'number', x: middle, y: base - tall - 6, 'text-anchor': 'middle' }, `${bar.number}`) : null,
        label(bar, at, step, every, base));
    }));
}

function label(bar, at, step, every, base) {
  const left = at * step + step * 0.16;
  if (at < 2) {
    // Where two words would meet, the second stands below the first.
    return svg('text', { x: left, y: base + (at === 1 && every > 1 ? 29 : 14) }, bar.label);
  }
  return at % every === 0 && at * step > 64 ? svg('text', { x: left, y: base + 14 }, bar.label) : null;
}

const table = (bars) => el('table', {},
  el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, 'When'), el('th', { scope: 'col', class: 'figure' }, 'Certificates'))),
  el('tbody', {}, bars.map((bar) => el('tr', {}, el('th', { scope: 'row' }, bar.long), el('td', { class: 'figure' }, count(bar.number, 'certificate'))))));
