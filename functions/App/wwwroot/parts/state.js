import { el } from '../dom.js';
import { toneOf } from '../words.js';

/** A state as a word, with a mark before it; the colour says it once more. */
export const state = (word, tone = toneOf(word)) => el('span', { class: `state ${tone}` }, word);
