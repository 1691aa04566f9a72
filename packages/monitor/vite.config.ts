import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// The page is served under `default-src 'self'`, perhaps below a prefix, perhaps with no internet: hence the
// relative base, no inline scripts (the preload polyfill is one) and no inlined assets.
export default defineConfig({
  base: './',
  plugins: [react()],
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 800,
  },
});
