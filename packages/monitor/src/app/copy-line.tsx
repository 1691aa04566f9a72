import { Button } from '@mantine/core';
import { useRef, useState } from 'react';
import { Icon } from '../icons/icon.tsx';
import styles from './copy-line.module.css';

/** One line to take along, with a button that copies it. `what` names it for screen readers. */
export function CopyLine({ text, what }: { text: string; what: string }) {
  const line = useRef<HTMLElement>(null);
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    if (!(await copyText(text, line.current))) return;
    setCopied(true);
    setTimeout(() => setCopied(false), 2000);
  };
  return (
    <div className={styles.line}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
      <code ref={line} tabIndex={0}>
        {text}
      </code>
      <Button
        variant="light"
        size="compact-md"
        aria-label={`Copy ${what}`}
        leftSection={<Icon name={copied ? 'check' : 'copy'} size={16} />}
        onClick={() => void copy()}
      >
        <span aria-live="polite">{copied ? 'Copied' : 'Copy'}</span>
      </Button>
    </div>
  );
}

/**
 * Browsers give the clipboard only to https and localhost. On a farm's plain http address the line is
 * selected and copied the old way; when that fails too it stays selected, for the person's own Ctrl+C.
 */
async function copyText(text: string, line: HTMLElement | null): Promise<boolean> {
  if (window.isSecureContext) {
    const done = await navigator.clipboard.writeText(text).then(
      () => true,
      () => false,
    );
    if (done) return true;
  }
  if (line) window.getSelection()?.selectAllChildren(line);
  return document.execCommand('copy');
}
