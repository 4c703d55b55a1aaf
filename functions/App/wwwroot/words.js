// Moments and states as people say them.

export const day = 86_400_000;

const date = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
const short = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const moment = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit' });
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

export const asDate = (when) => date.format(new Date(when));
export const asShortDate = (when) => short.format(new Date(when));
export const asMoment = (when) => moment.format(new Date(when));
export const asClock = (when) => clock.format(new Date(when));

/** "1 certificate", "2 certificates". */
export const count = (number, one, many = `${one}s`) => `${number.toLocaleString('en')} ${number === 1 ? one : many}`;

/** How long a certificate has still to live. */
export function left(notAfter, now = Date.now()) {
  const rest = new Date(notAfter) - now;
  if (rest < 0) {
    return `expired ${span(-rest)} ago`;
  }
  return `${span(rest)} left`;
}

function span(time) {
  if (time < 2 * day) {
    return count(Math.floor(time / 3_600_000), 'hour');
  }
  return count(Math.floor(time / day), 'day');
}

/** The tone of what is left: when only a third of the life is left, and that is a month at most, it is time to act. */
export function urgency(notBefore, notAfter, now = Date.now()) {
  const end = new Date(notAfter);
  if (end < now) {
    return 'bad';
  }
  return end - now < Math.min((end - new Date(notBefore)) / 3, 30 * day) ? 'warn' : 'good';
}

/** The first characters of a fingerprint. */
export const brief = (fingerprint) => fingerprint.slice(0, 8);

const tones = {
  running: 'wait', waiting: 'idle', reading: 'wait', deploying: 'wait', pending: 'wait', verifying: 'wait', restoring: 'warn',
  verified: 'good', bound: 'good', partial: 'warn', blocked: 'bad', failed: 'bad', 'rolled-back': 'warn', 'rollback-failed': 'bad',
  superseded: 'idle', cancelled: 'idle', error: 'bad', warning: 'warn', info: 'idle', notice: 'idle', critical: 'bad',
};

export const toneOf = (state) => tones[state] ?? 'idle';

const meanings = {
  waiting: 'Not begun.',
  reading: 'What is there now is read; nothing is changed.',
  deploying: 'The certificate is brought to the target.',
  pending: 'The vendor works on it.',
  verifying: 'Handshakes look for the new certificate.',
  restoring: 'What was there before is brought back.',
  verified: 'The new certificate was seen at every address.',
  bound: 'Bound; no endpoint is declared where it could be seen.',
  partial: 'Seen at some addresses only; watched on.',
  blocked: 'Refused before anything was changed.',
  failed: 'Failed before anything was changed.',
  'rolled-back': 'What was there before is back.',
  'rollback-failed': 'What was there before could not be brought back.',
  superseded: 'A later rollout took the target over.',
  cancelled: 'Called off before anything was changed.',
};

export const meaningOf = (state) => meanings[state] ?? '';
