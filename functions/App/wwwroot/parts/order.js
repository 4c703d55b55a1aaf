import { post } from '../api.js';
import { el } from '../dom.js';
import { asDate } from '../words.js';
import { field, form, lacks } from './form.js';

/** Starts a rollout, for which somebody answers with a reason, and goes to it. */
export function orderForm(certificate, versions, signal) {
  const usable = versions.filter((one) => one.hasKey);
  if (certificate.targets.length === 0 || usable.length === 0) {
    return el('p', {}, usable.length === 0 ? 'Without a key it is only watched.' : 'It needs a target first.');
  }
  const version = el('select', {}, usable.map((one) => el('option', { value: one.sequence }, `${one.sequence}, until ${asDate(one.notAfter)}`)));
  version.value = `${certificate.current?.sequence}`;
  const reason = el('input', { type: 'text', autocomplete: 'off', required: true, maxlength: '500' });
  const ticks = certificate.targets.map((target) => [target, el('input', { type: 'checkbox', checked: true })]);

  async function submit() {
    const targets = ticks.filter(([, tick]) => tick.checked).map(([target]) => target);
    if (targets.length === 0) {
      lacks(ticks[0][1], 'Choose at least one target.');
      return;
    }
    if (!reason.value.trim()) {
      lacks(reason, 'Say why: the reason goes into the audit trail.');
      return;
    }
    const all = targets.length === ticks.length;
    const order = { certificate: certificate.name, version: Number(version.value), reason: reason.value.trim(), ...(all ? {} : { targets }) };
    const started = await post('api/rollouts', order, signal);
    location.hash = `#/rollouts/${started.id}`;
  }

  return form({ submit, label: 'Roll out' },
    usable.length > 1 ? field('Version', version) : null,
    el('fieldset', {}, el('legend', {}, 'Targets'), ticks.map(([target, tick]) => field(target, tick))),
    field('Reason', reason, 'Goes into the audit trail.'),
    el('button', { type: 'submit' }, 'Start the rollout'));
}
