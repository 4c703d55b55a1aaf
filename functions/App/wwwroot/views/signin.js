import { Refusal, get } from '../api.js';
import { el } from '../dom.js';
import { field, form, lacks } from '../parts/form.js';
import { keep, leave } from '../session.js';

/** Asks for a token. It is kept for this tab only and never stands in an address. */
export function signIn({ why, entered, signal }) {
  const input = el('input', { type: 'password', autocomplete: 'off', spellcheck: 'false', required: true });
  const node = form({ label: 'Sign in', submit },
    why ? el('p', {}, why) : null,
    field('Token', input, 'The first one lies in the file admin-token in the data folder of the host. It is kept until this tab is closed.'),
    el('button', { type: 'submit' }, 'Sign in'));

  async function submit() {
    const text = input.value.trim();
    if (!/^[\x21-\x7e]+$/.test(text)) {
      lacks(input, 'Give a token: printable characters without spaces.');
      return;
    }
    keep(text);
    try {
      await get('api/status', {}, signal);
    } catch (fault) {
      if (!(fault instanceof Refusal && fault.status === 401)) {
        leave();
      }
      throw fault;
    }
    input.value = '';
    entered();
  }

  return { title: 'Sign in', node, focus: input };
}
