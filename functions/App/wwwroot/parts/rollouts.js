import { el } from '../dom.js';
import { asMoment, count } from '../words.js';
import { state } from './state.js';

/** Rollouts as a list of links; those that are read with their steps show each. */
export function rolloutList(items) {
  return el('ul', { class: 'rows' }, items.map((item) => el('li', {},
    el('p', {}, el('a', { href: `#/rollouts/${item.id}` }, `${item.certificate} version ${item.version}`), ' ', state(item.state)),
    el('p', { class: 'small' }, `${item.reason} · ${count(item.targets.length, 'target')} · ${asMoment(item.started)}`),
    item.steps ? el('ul', { class: 'inline' }, item.steps.map((step) => el('li', {}, `${step.target} `, state(step.state)))) : null)));
}
