// A vitest reporter that ends a run with one plain line, before it the tests that passed at their second go only.
export class ClosingLine {
  onTestRunEnd(modules) {
    const counts = { passed: 0, failed: 0, skipped: 0 };
    const second = [];
    for (const module of modules) {
      // A file that does not even load is a failure of its own.
      if (module.errors().length > 0) counts.failed += 1;
      for (const test of module.children.allTests()) {
        const { state, errors } = test.result();
        counts[state === 'pending' ? 'skipped' : state] += 1;
        if (test.diagnostic()?.flaky)
          second.push(`${module.relativeModuleId}: ${test.fullName}\n${whatWentWrong(errors?.[0])}`);
      }
    }
    process.on('exit', () => {
      for (const test of second) process.stdout.write(`passed at its second go only: ${test}\n`);
      const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
      process.stdout.write(`${counts.passed} passed, ${counts.failed} failed${skipped}\n`);
    });
  }
}

function whatWentWrong(error) {
  const lines = (error?.stack ?? '').split('\n').filter((line) => !line.includes('/node_modules/'));
  return lines.map((line) => `  ${line}`).join('\n');
}
