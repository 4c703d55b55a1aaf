/** Calls `look` again and again until the signal or an answer of null; each answer is the time in ms until the next look. A hidden tab does not look. */
export async function poll(look, first, signal) {
  for (let delay = first; delay !== null && !signal.aborted;) {
    await pause(delay, signal);
    if (document.hidden) {
      await shown(signal);
    }
    if (!signal.aborted) {
      delay = await look();
    }
  }
}

function pause(time, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, time);
    signal.addEventListener('abort', () => { clearTimeout(timer); resolve(); }, { once: true });
  });
}

function shown(signal) {
  return new Promise((resolve) => {
    const look = () => { if (!document.hidden) { resolve(); } };
    document.addEventListener('visibilitychange', look, { signal });
    signal.addEventListener('abort', resolve, { once: true });
  });
}
