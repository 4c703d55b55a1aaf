import { el } from '../dom.js';
import { asDate, left } from '../words.js';
import { state } from './state.js';

/** Certificates as a list of links, each with its end in words. */
export function certificateList(items) {
  return el('ul', { class: 'rows' }, items.map((item) => el('li', {},
    el('p', {}, el('a', { href: `#/certificates/${item.name}` }, item.name), ' ',
      item.notAfter ? state(left(item.notAfter), tone(item)) : null),
    el('p', { class: 'small' }, [
      item.notAfter ? `ends ${asDate(item.notAfter)}` : null,
      namesOf(item.names ?? []),
      item.owner,
    ].filter(Boolean).join(' · ')))));
}

const tone = ({ notAfter }) => (new Date(notAfter) < Date.now() ? 'bad' : 'idle');

const namesOf = (names) => (names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', '));
