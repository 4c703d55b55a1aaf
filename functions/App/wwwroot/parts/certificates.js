import { el } from '../dom.js';
import { asDate, left } from '../words.js';
import { state } from './state.js';

/** Certificates as a list of links, each with its end in words. */
export function certificateList(items) {
  return el('ul', { class: 'rows' }, items.map((item) => el('li', {},
    el('p', {}, el('a', { href: `#/certificates/${item.name}` }, item.name), ' ',
      item.notAfter ? state(left(item.notAfter), tones[item.state] ?? 'idle') : null),
    el('p', { class: 'small' }, [
      item.notAfter ? `ends ${asDate(item.notAfter)}` : null,
      namesOf(item.names ?? []),
      item.hasKey === false ? 'no key: watched only' : null,
      item.owner,
    ].filter(Boolean).join(' · ')))));
}

const tones = { ok: 'good', expiring: 'warn', expired: 'bad' };

const namesOf = (names) => (names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', '));
