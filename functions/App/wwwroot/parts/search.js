import { el } from '../dom.js';
import { field, form } from './form.js';

/** Looks for certificates by name; the result is a view of its own, so that going back works. */
export function searchForm(text = '') {
  const input = el('input', {
    type: 'search', autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false', enterkeyhint: 'search', 'aria-describedby': 'search-hint',
  });
  input.value = text;
  const node = form({
    label: 'Search',
    submit: async () => { location.hash = `#/certificates?${new URLSearchParams({ find: input.value.trim() })}`; },
  },
  field('Find a certificate', input),
  el('button', { type: 'submit' }, 'Find'),
  el('p', { class: 'hint', id: 'search-hint' }, 'By the beginning of its name, or by domain: example.com finds all below it.'));
  node.classList.add('search');
  return node;
}
