import { clockTime } from '../words/duration.ts';
import styles from './stretch-chart.module.css';
import { type Columns, highest, stretchWords } from './stretch-words.ts';

const [WIDE, HIGH] = [1000, 100];
/** So high is a column in which nothing happened, so that it does not look like one that nobody measured. */
const LEAST = 2;

interface StretchChartProps {
  readonly title: string;
  readonly columns: Columns;
  /** Drawn as a line above the columns: what there could have been. */
  readonly line?: { readonly says: string; readonly values: readonly (number | null)[] };
  /** A value with its unit. */
  readonly say: (value: number) => string;
}

/** A stretch of time as columns, in words, and as a table. Shapes tell everything: there is but one colour. */
export function StretchChart({ title, columns, line, say }: StretchChartProps) {
  const { from, eachMs, values } = columns;
  const most = Math.max(highest(values), highest(line?.values ?? []), Number.MIN_VALUE);
  const wide = WIDE / values.length;
  const y = (value: number) => HIGH - LEAST - (value / most) * (HIGH - 2 * LEAST);
  const words = stretchWords(columns, say);
  return (
    <figure className={styles.chart}>
      <figcaption>
        <strong>{title}</strong> {words} {line?.says}
      </figcaption>
      <svg
        viewBox={`0 0 ${WIDE} ${HIGH}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${title}: ${words}`}
      >
        {values.map((value, index) => {
          const x = index * wide;
          const key = from + index * eachMs;
          if (value === null)
            return <path key={key} d={`M${x} ${HIGH - 1}h${wide * 0.4}`} className={styles.none} />;
          return (
            <rect
              key={key}
              {...{ x: x + wide * 0.08, y: y(value), width: wide * 0.84, height: HIGH - y(value) }}
              className={styles.column}
            />
          );
        })}
        {line && <path d={stepsOf(line.values, wide, y)} className={styles.line} />}
      </svg>
      <p aria-hidden="true">
        <span>{clockTime(from)}</span>
        <span>now</span>
      </p>
      <details>
        <summary>As numbers</summary>
        <Numbers title={title} columns={columns} say={say} />
      </details>
    </figure>
  );
}

/** A line that is level over each column and broken where nothing is known. */
function stepsOf(values: readonly (number | null)[], wide: number, y: (value: number) => number): string {
  let isDown = false;
  return values
    .map((value, index) => {
      const moves = value === null ? '' : `${isDown ? 'L' : 'M'}${index * wide} ${y(value)}h${wide}`;
      isDown = value !== null;
      return moves;
    })
    .join('');
}

function Numbers({ title, columns: { from, eachMs, values }, say }: Omit<StretchChartProps, 'line'>) {
  const rows = values.map((value, index) => ({ at: from + index * eachMs, value }));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    <section className={styles.numbers} aria-label={`${title} as numbers`} tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">From</th>
            <th scope="col">{title}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ at, value }) => (
            <tr key={at}>
              <th scope="row">{clockTime(at)}</th>
              <td>{value === null ? 'not measured' : say(value)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
