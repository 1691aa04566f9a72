// Whether this browser is to say what happens. People decide by a click, each for their own browser.

const KEY = 'akashganga-tell';
const listeners = new Set<() => void>();

function changed(): void {
  for (const listener of listeners) listener();
}

export function watchTelling(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** True unless the browser cannot show notices, or was told not to. */
export function mayAsk(): boolean {
  return 'Notification' in window && window.isSecureContext && Notification.permission !== 'denied';
}

export function isTold(): boolean {
  return mayAsk() && Notification.permission === 'granted' && localStorage.getItem(KEY) === 'yes';
}

/** Asks the browser's own question, if it was not answered yet. To be called by a click. */
export async function tellMe(): Promise<void> {
  const answer = await Notification.requestPermission();
  if (answer === 'granted') localStorage.setItem(KEY, 'yes');
  changed();
}

export function stopTelling(): void {
  localStorage.removeItem(KEY);
  changed();
}

/** Shows one; the same thing twice is one notice. */
export function show(title: string, body: string, tag: string, href: string): void {
  try {
    const notice = new Notification(title, { body: body.slice(0, 300), tag });
    notice.onclick = () => {
      window.focus();
      window.location.hash = href;
      notice.close();
    };
  } catch {
    // Browsers of phones show notices of service workers only; the page itself still says it.
  }
}
