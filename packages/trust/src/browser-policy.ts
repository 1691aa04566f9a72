/**
 * What browsers are told of the page, and of answers that one could show: it loads nothing from elsewhere and is framed by
 * nobody. As Hono's `secureHeaders` takes it; the same for the manager and for the role `monitor`.
 */
export const BROWSER_POLICY = {
  contentSecurityPolicy: {
    defaultSrc: ["'self'"],
    styleSrc: ["'self'", "'unsafe-inline'"],
    imgSrc: ["'self'", 'data:', 'blob:'],
    mediaSrc: ["'self'", 'blob:'],
    frameAncestors: ["'none'"],
    objectSrc: ["'none'"],
    baseUri: ["'self'"],
  },
  crossOriginResourcePolicy: 'same-origin',
};
