import { type CSSVariablesResolver, createTheme, type MantineColorsTuple, Menu, Modal } from '@mantine/core';

// The night between the stars: Mantine's dark greys, turned to indigo.
const night: MantineColorsTuple = [
  '#e3e7f6',
  '#b6bdd9',
  '#99a2c6',
  '#6d769e',
  '#333b5e',
  '#262d4b',
  '#191f37',
  '#121729',
  '#0d1120',
  '#080b16',
];

const star: MantineColorsTuple = [
  '#eef1ff',
  '#dce2ff',
  '#b7c3ff',
  '#93a5ff',
  '#7a90fb',
  '#6880f4',
  '#5a72ee',
  '#4a60d6',
  '#3f53bf',
  '#3245a5',
];

const rose: MantineColorsTuple = [
  '#ffeef1',
  '#ffd9df',
  '#ffb0bd',
  '#ff8ba0',
  '#fb6c86',
  '#f2566f',
  '#e0425f',
  '#c4304d',
  '#a82643',
  '#8d1a37',
];

export const theme = createTheme({
  primaryColor: 'star',
  // White words on it have a contrast of at least 4.5.
  primaryShade: 7,
  colors: { dark: night, star, rose },
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif',
  fontFamilyMonospace:
    'ui-monospace, "Cascadia Mono", "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace',
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  focusRing: 'auto',
  components: {
    // The cross of a dialog has no words of its own to be read aloud.
    Modal: Modal.extend({ defaultProps: { closeButtonProps: { 'aria-label': 'Close' } } }),
    // The placeholder for the first focus is an element that a menu may not have in it.
    Menu: Menu.extend({ defaultProps: { withInitialFocusPlaceholder: false } }),
  },
});

/** Mantine's own surfaces take the colours of `sky.css`. */
export const surfaces: CSSVariablesResolver = () => {
  const shared = {
    '--mantine-color-body': 'var(--ag-ground)',
    '--mantine-color-text': 'var(--ag-text)',
    '--mantine-color-dimmed': 'var(--ag-dim)',
    '--mantine-color-default-border': 'var(--ag-line)',
    '--mantine-color-default': 'var(--ag-card)',
    '--mantine-color-default-hover': 'var(--ag-hover)',
    '--mantine-color-error': 'var(--ag-failed-text)',
  };
  return { variables: {}, light: shared, dark: shared };
};
