import { el } from '../dom.js';
import { asDate, brief, count } from '../words.js';

const shown = 20;

/** Versions, the newest first. */
export function versionTable(versions, current) {
  return [
    el('div', { class: 'wide', tabindex: '0', role: 'region', 'aria-label': 'Versions' }, el('table', {},
      el('thead', {}, el('tr', {}, ['Version', 'Valid from', 'To', 'Leaf', 'Findings'].map((title) => el('th', { scope: 'col' }, title)))),
      el('tbody', {}, versions.slice(0, shown).map((one) => el('tr', {},
        el('th', { scope: 'row' }, `${one.sequence}${one.sequence === current ? ', current' : ''}`),
        el('td', {}, asDate(one.notBefore)),
        el('td', {}, asDate(one.notAfter)),
        el('td', {}, el('code', {}, brief(one.fingerprint))),
        el('td', {}, `${one.findings.length}`)))))),
    versions.length > shown ? el('p', { class: 'small' }, `${count(versions.length - shown, 'older one')} not shown.`) : null,
  ];
}
