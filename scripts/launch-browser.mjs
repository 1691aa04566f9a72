// The browser of the tests, of bench/page.ts and of make-pictures.mjs.
import { chromium } from 'playwright-core';

/** Debian's chromium without a graphics card, that asks nobody outside for anything. */
export function launchBrowser(...more) {
  return chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
      ...more,
    ],
  });
}
