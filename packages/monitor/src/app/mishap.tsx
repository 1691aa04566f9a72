import { Button } from '@mantine/core';
import { Component, type ReactNode } from 'react';
import { Welcome } from '../session/welcome.tsx';

/** A fault of this page itself ends here: the farm goes on, and one button brings the page back. */
export class Mishap extends Component<{ children: ReactNode }, { error: Error | null }> {
  override state = { error: null };

  static getDerivedStateFromError(error: Error): { error: Error } {
    return { error };
  }

  override render(): ReactNode {
    if (this.state.error === null) return this.props.children;
    return (
      <Welcome title="This page has stumbled">
        <p>The farm itself is not affected. Load the page again to go on watching.</p>
        <Button onClick={() => window.location.reload()}>Load again</Button>
      </Welcome>
    );
  }
}
