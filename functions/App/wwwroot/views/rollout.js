import { send } from '../api.js';
import { announce, el, replace } from '../dom.js';
import { state } from '../parts/state.js';
import { step } from '../parts/step.js';
import { poll } from '../poll.js';
import { asMoment, brief } from '../words.js';

/** One rollout, its steps moving as they move. */
export async function rollout({ name: id, signal }) {
  const path = `api/rollouts/${encodeURIComponent(id)}`;
  const where = el('p', { class: 'where' });
  const facts = el('dl', { class: 'facts' });
  const steps = el('ol', { class: 'steps' });
  const parts = new Map();
  let { value, etag } = await send('GET', path, { signal });

  function draw() {
    replace(where, state(value.state));
    replace(facts, [
      ['Certificate', el('a', { href: `#/certificates/${value.certificate}` }, `${value.certificate}`)],
      ['Version', `${value.version} (${brief(value.fingerprint)})`],
      ['Reason', value.reason],
      ['Started', `${asMoment(value.started)} by ${value.by}`],
      value.settled ? ['Settled', asMoment(value.settled)] : null,
    ].filter(Boolean).map(([term, what]) => el('div', {}, el('dt', {}, term), el('dd', {}, what))));
    for (const one of value.steps) {
      if (!parts.has(one.target)) {
        parts.set(one.target, step(path, value.fingerprint, signal));
        steps.append(parts.get(one.target).node);
      }
      parts.get(one.target).update(one);
    }
  }

  async function look() {
    const before = value;
    const answer = await send('GET', path, { headers: { 'If-None-Match': etag }, signal }).catch(() => null);
    if (answer?.value) {
      ({ value, etag } = answer);
      draw();
      tell(before, value);
    }
    // A partial one is watched on, and may still turn verified.
    return value.state === 'running' ? 1_000 : 10_000;
  }

  draw();
  return {
    title: `Rollout of ${value.certificate}`,
    node: [where, facts, el('h2', {}, 'Steps'), steps],
    begin: () => poll(look, 1_000, signal),
  };
}

function tell(before, now) {
  const moved = now.steps.filter((one) => before.steps.find((old) => old.target === one.target)?.state !== one.state);
  const sentences = moved.slice(0, 3).map((one) => `${one.target}: ${one.state}.`);
  if (before.state !== now.state) {
    sentences.push(`The rollout is ${now.state}.`);
  }
  if (sentences.length > 0) {
    announce(sentences.join(' '));
  }
}
