import { open } from 'node:fs/promises';

/** Makes the names in a folder survive a power cut: without it a rename can be lost. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => null);
  if (!handle) return;
  try {
    await handle.sync();
  } catch {
    // Windows and some network file systems cannot sync a folder; their promise is weaker.
  } finally {
    await handle.close();
  }
}
