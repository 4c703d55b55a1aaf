import { el } from '../dom.js';
import { asMoment } from '../words.js';
import { state } from './state.js';

const kinds = {
  'certificate.not-live': 'not live',
  'certificate.expired': 'expired',
  'certificate.revoked': 'revoked',
  'certificate.refused': 'version refused',
  'certificate.key-broken': 'key broken',
  'target.drift': 'drifting',
  'rollout.failed': 'rollout failed',
  'timer.late': 'timer late',
  'message.poison': 'work stuck',
};

/** Open alerts but for those of coming ends, which the picture shows. */
export const worthSaying = (alerts) => alerts.filter((alert) => alert.kind in kinds);

/** Alerts with what to do about each. */
export function alertList(alerts) {
  return el('ul', { class: 'rows' }, alerts.map((alert) => el('li', {},
    el('p', {}, subject(alert), ' ', state(kinds[alert.kind], alert.level === 'notice' ? 'idle' : alert.level === 'critical' ? 'bad' : 'warn')),
    el('p', {}, alert.cause),
    el('p', {}, alert.nextStep, way(alert)),
    el('p', { class: 'small' }, [alert.level, `since ${asMoment(alert.at)}`, alert.owner, taken(alert), ...alert.endpoints.slice(0, 5)].filter(Boolean).join(' · ')))));
}

const taken = ({ acknowledged }) => acknowledged && `taken on by ${acknowledged.by}: ${acknowledged.reason}`;

/** The rollout that a next step speaks of. */
function way({ nextStep }) {
  const id = /\/api\/rollouts\/([0-9a-z]{26})\b/.exec(nextStep)?.[1];
  return id ? [' ', el('a', { href: `#/rollouts/${id}` }, 'Open the rollout'), '.'] : null;
}

const subject = (alert) => (alert.kind.startsWith('certificate.')
  ? el('a', { href: `#/certificates/${alert.subject}` }, alert.subject)
  : el('strong', {}, alert.subject));
