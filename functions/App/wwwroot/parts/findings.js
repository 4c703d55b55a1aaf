import { el } from '../dom.js';
import { state } from './state.js';

const weight = { error: 0, warning: 1, info: 2 };

/** Findings with what to do about each, the heaviest first. */
export function findings(list) {
  const sorted = [...list].sort((one, other) => weight[one.severity] - weight[other.severity]);
  return el('ul', { class: 'findings' }, sorted.map((finding) => el('li', {},
    el('p', {}, state(finding.severity), ' ', el('strong', {}, finding.message)),
    el('p', {}, finding.remedy),
    el('p', { class: 'small' }, el('code', {}, finding.code), finding.scope ? ` · ${finding.scope}` : null))));
}
