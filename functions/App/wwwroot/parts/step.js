import { get } from '../api.js';
import { el, replace } from '../dom.js';
import { asClock, brief, meaningOf } from '../words.js';
import { findings } from './findings.js';
import { state } from './state.js';

const path = ['reading', 'deploying', 'verifying', 'verified'];

/** One step of a rollout. `update` shows another state of it without touching what somebody has open. */
export function step(rollout, fingerprint, signal) {
  const title = el('h3');
  const course = el('ol', { class: 'course', 'aria-label': 'Course' });
  const words = el('div');
  const seen = el('div');
  const whose = el('span', { class: 'unseen' });
  const lines = el('ol', { class: 'journal' });
  const journal = el('details', { on: { toggle: read } }, el('summary', {}, 'Journal', whose), lines);
  let now;

  async function read() {
    if (journal.open) {
      const one = await get(`${rollout}/steps/${now.target}`, {}, signal).catch(() => null);
      if (one) {
        replace(lines, one.journal.map((line) => el('li', {},
          el('time', { datetime: line.at }, asClock(line.at)), ' ', state(line.state), ` ${line.what}`, line.code ? [' ', el('code', {}, line.code)] : null)));
      }
    }
  }

  function update(next) {
    now = next;
    whose.textContent = ` of ${next.target}`;
    replace(title, `${next.target} `, state(next.state));
    replace(course, passed(next).map(([word, how]) => el('li', { class: how, 'aria-current': how === 'at' ? 'step' : null }, word)));
    replace(words,
      el('p', {}, meaningOf(next.state)),
      next.message ? el('p', {}, next.message, ' ', next.code ? el('code', {}, next.code) : null) : null,
      next.findings.length > 0 ? findings(next.findings) : null);
    replace(seen, next.sightings.length > 0 ? sightings(next.sightings, fingerprint) : null);
    read();
  }

  return { node: el('li', {}, title, course, words, seen, journal), update };
}

/** The states on the way with where the step is; another end takes the place of the last. */
function passed({ state: at }) {
  const known = { waiting: -1, pending: 1, bound: 3 };
  const place = path.includes(at) ? path.indexOf(at) : known[at] ?? 3;
  const words = [...path];
  if (place >= 0) {
    words[place] = at;
  }
  return words.map((word, index) => [word, index < place ? 'done' : index === place ? 'at' : 'ahead']);
}

const sightings = (list, fingerprint) => el('ul', { class: 'sightings' }, list.map((one) => el('li', {},
  el('code', {}, one.address && !one.endpoint.startsWith(one.address) ? `${one.endpoint} at ${one.address}` : one.endpoint), ' ',
  one.leaf === fingerprint ? state('serves it', 'good') : state(one.leaf ? `serves ${brief(one.leaf)}` : 'not seen', 'warn'),
  one.message ? ` ${one.message}` : null)));
