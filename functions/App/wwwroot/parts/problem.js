import { Refusal } from '../api.js';
import { el } from '../dom.js';
import { findings } from './findings.js';

/** What went wrong, all of it, and what to do. */
export function problem(fault) {
  if (!(fault instanceof Refusal)) {
    console.error(fault);
    return el('div', { class: 'problem' }, el('p', {}, el('strong', {}, 'This page made a mistake.')), el('p', {}, 'Load it anew.'));
  }
  const { title, detail, remedy, code, correlation, faults = [], findings: found = [] } = fault.problem;
  return el('div', { class: 'problem' },
    el('p', {}, el('strong', {}, detail ?? title)),
    remedy ? el('p', {}, remedy) : null,
    faults.length > 0 ? el('ul', {}, faults.map((one) => el('li', {}, el('code', {}, one.at), ` ${one.detail}`))) : null,
    found.length > 0 ? findings(found) : null,
    el('p', { class: 'small' }, el('code', {}, code), correlation ? ` · ${correlation}` : null));
}
