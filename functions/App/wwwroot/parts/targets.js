import { el } from '../dom.js';
import { asMoment, brief } from '../words.js';
import { findings } from './findings.js';
import { state } from './state.js';

/** The targets that shall serve a certificate, each with what is served there. */
export function targetList(targets, certificate) {
  if (targets.length === 0) {
    return el('p', {}, 'No target shall serve it yet. ', el('code', {}, 'POST /api/targets'), ' registers one.');
  }
  return el('ul', { class: 'rows' }, targets.map((target) => el('li', {},
    el('p', {}, el('strong', {}, target.name), ' ', whereItIs(target, certificate)),
    el('p', { class: 'small' }, [
      target.kind,
      target.endpoints.map((one) => `${one.host}:${one.port}`).join(', ') || 'no endpoint declared',
      target.owner,
      target.seen ? `looked at ${asMoment(target.seen.at)}` : 'not looked at yet',
    ].filter(Boolean).join(' · ')),
    target.seen?.drift ? el('p', {}, `Since ${asMoment(target.seen.drift.since)} it serves ${brief(target.seen.drift.leaf)} instead.`) : null,
    target.seen?.findings.length > 0 ? findings(target.seen.findings) : null)));
}

/** Targets that are behind, each with the certificate that is not seen there yet. */
export const behindList = (targets) => el('ul', { class: 'rows' }, targets.map((target) => el('li', {},
  el('p', {}, el('strong', {}, target.name), ' ', state('not live', 'warn')),
  el('p', { class: 'small' }, target.certificate ? el('a', { href: `#/certificates/${target.certificate}` }, target.certificate) : null,
    ` · ${target.kind}${target.owner ? ` · ${target.owner}` : ''}`))));

function whereItIs({ state: known, seen }, { current }) {
  if (seen?.drift) {
    return state('drifting', 'bad');
  }
  if (!known?.desired) {
    return state('nothing rolled out yet', 'idle');
  }
  if (known.binding?.fingerprint !== known.desired.fingerprint) {
    return state(`version ${known.desired.sequence} is not live`, 'warn');
  }
  return known.desired.sequence === current?.sequence
    ? state('live', 'good')
    : state(`version ${known.desired.sequence} is live, not the current one`, 'warn');
}
