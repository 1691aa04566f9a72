import { Button, NumberInput, SegmentedControl } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { encode } from 'uqr';
import { accessApi, type MadeCode } from '../api/access-api.ts';
import { CopyLine } from '../app/copy-line.tsx';
import { exactTime } from '../words/duration.ts';
import styles from './join-sheet.module.css';

const systems = ['Linux', 'macOS', 'Windows'] as const;
type System = (typeof systems)[number];
const HOUR = 3600;

/** The command with which other computers join, for their systems, and as a picture for a camera. */
export function JoinSheet() {
  const [system, setSystem] = useState<System>('Linux');
  const [uses, setUses] = useState(1);
  const [hours, setHours] = useState(24);
  const make = useMutation({ mutationFn: accessApi.makeCode, gcTime: 0 });
  const revoke = useMutation({ mutationFn: accessApi.revokeCode, gcTime: 0 });
  const { mutate } = make;
  useEffect(() => mutate({ uses: 1, expiresSeconds: 24 * HOUR }), [mutate]);
  const again = () => {
    revoke.reset();
    // One that was not used is not left behind.
    if (make.data && !revoke.data) revoke.mutate(make.data.id, { onSettled: () => revoke.reset() });
    make.mutate({ uses, expiresSeconds: hours * HOUR });
  };
  return (
    <div className={styles.sheet}>
      <SegmentedControl
        fullWidth
        aria-label="The system of that computer"
        data={[...systems]}
        value={system}
        onChange={(value) => setSystem(value as System)}
      />
      <p>In the Akashganga folder of that computer{system === 'Windows' && ', in PowerShell'}, run:</p>
      {(make.error ?? revoke.error) && <p role="alert">{(make.error ?? revoke.error)?.message}</p>}
      {make.data && !revoke.data && <Code made={make.data} system={system} />}
      {revoke.data && <p role="status">The code is revoked: nobody joins with it.</p>}
      <div className={styles.wishes}>
        <Count label="Computers" value={uses} most={1000} onChange={setUses} />
        <Count label="Hours" value={hours} most={8000} onChange={setHours} />
        <Button variant="default" loading={make.isPending} onClick={again}>
          Make another code
        </Button>
        {make.data && !revoke.data && (
          <Button variant="subtle" color="gray" onClick={() => revoke.mutate(make.data.id)}>
            Revoke
          </Button>
        )}
      </div>
    </div>
  );
}

function Code({ made, system }: { made: MadeCode; system: System }) {
  const computers = made.uses === 1 ? 'one computer' : `${made.uses} computers`;
  const command = `${starts[system]} join ${made.code}`;
  return (
    <>
      <CopyLine text={command} what="the join command" />
      <Picture text={command} />
      <p className={styles.note}>
        It lets {computers} into the farm, until {exactTime(made.expiresAt)}. Treat it like a password.
      </p>
    </>
  );
}

const starts: Readonly<Record<System, string>> = {
  Linux: './akashganga',
  macOS: './akashganga',
  Windows: 'node scripts/start.mjs',
};

/** A QR code: dark on light in either scheme, since cameras expect that. */
function Picture({ text }: { text: string }) {
  const { data, size } = encode(text, { ecc: 'L', border: 3 });
  const path = data
    .flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : '')))
    .join('');
  return (
    <svg
      className={styles.code}
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label="The same command as a QR code"
    >
      <path d={path} shapeRendering="crispEdges" />
    </svg>
  );
}

function Count(props: { label: string; value: number; most: number; onChange: (value: number) => void }) {
  return (
    <NumberInput
      label={props.label}
      min={1}
      max={props.most}
      allowDecimal={false}
      value={props.value}
      onChange={(value) => props.onChange(typeof value === 'number' && value >= 1 ? value : 1)}
    />
  );
}
