import { el, replace } from '../dom.js';
import { problem } from './problem.js';

let fields = 0;

/** An input with its label and a hint that belongs to it. */
export function field(label, input, hint = '') {
  const id = `field-${++fields}`;
  input.id = id;
  const note = hint ? el('p', { class: 'hint', id: `${id}-hint` }, hint) : null;
  if (note) {
    input.setAttribute('aria-describedby', note.id);
  }
  const tick = input.type === 'checkbox';
  const text = el('label', { for: id }, label);
  return el('div', { class: tick ? 'field tick' : 'field' }, tick ? [input, text] : [text, input], note);
}

/** A form whose submission runs once at a time; a refusal is shown in it, and read out. */
export function form({ submit, label }, ...children) {
  const faults = el('div', { role: 'alert' });
  let busy = false;
  const node = el('form', { novalidate: true, 'aria-label': label }, children, faults);
  node.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (busy) {
      return;
    }
    busy = true;
    node.setAttribute('aria-busy', 'true');
    faults.replaceChildren();
    try {
      await submit(event.submitter);
    } catch (fault) {
      if (fault.name !== 'AbortError') {
        replace(faults, problem(fault));
      }
    }
    busy = false;
    node.removeAttribute('aria-busy');
  });
  return node;
}

/** Tells what is missing beside an input, and goes there. */
export function lacks(input, sentence) {
  input.setAttribute('aria-invalid', 'true');
  const id = `${input.id}-fault`;
  document.getElementById(id)?.remove();
  input.after(el('p', { class: 'fault', id, role: 'alert' }, sentence));
  input.setAttribute('aria-errormessage', id);
  input.addEventListener('input', () => {
    input.removeAttribute('aria-invalid');
    document.getElementById(id)?.remove();
  }, { once: true });
  input.focus();
}
