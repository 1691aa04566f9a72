import { z } from 'zod';
import { DisplayName, Time } from './ids.ts';

/** What a token lets its bearer do; see `rights.ts`. */
export const TokenRole = z.enum(['admin', 'artist', 'viewer']);
export type TokenRole = z.infer<typeof TokenRole>;

/** What a certificate lets its holder be. The manager's own is not handed out. */
export type MemberRole = 'manager' | 'worker' | 'frames';
export const JoinRole = z.enum(['worker', 'frames']);
export type JoinRole = z.infer<typeof JoinRole>;

export type Role = TokenRole | MemberRole;

/** Of a token, a join code or a member. */
export const AccessId = z.string().regex(/^[a-z0-9][a-z0-9-]{3,63}$/, 'an id is letters, digits and hyphens');

/** Seconds; a year at most. */
const Lifetime = z
  .number()
  .int()
  .min(1)
  .max(366 * 86_400);

export const NewJoinCode = z
  .object({
    for: JoinRole.default('worker').meta({ description: 'What the computers that join become' }),
    uses: z.number().int().min(1).max(10_000).default(1).meta({ description: 'How many computers may join' }),
    expiresSeconds: Lifetime.default(86_400),
    rendersOnly: z
      .boolean()
      .default(false)
      .meta({ description: 'People on the computers that join get no token to submit jobs with' }),
  })
  .meta({ id: 'NewJoinCode' });
export type NewJoinCode = z.infer<typeof NewJoinCode>;

export const JoinCode = z
  .object({
    id: AccessId,
    for: JoinRole,
    uses: z.number().int(),
    used: z.number().int(),
    rendersOnly: z.boolean(),
    createdAt: Time,
    createdBy: z.string(),
    expiresAt: Time,
    revokedAt: Time.nullable(),
  })
  .meta({ id: 'JoinCode' });
/** A join code as it is listed: what it was made of, never the secret. */
export type JoinCode = z.infer<typeof JoinCode>;

export const JoinRequest = z
  .object({
    secret: z.string().min(16).max(200),
    name: DisplayName.meta({ description: 'What people call this computer' }),
    publicKey: z
      .string()
      .max(2000)
      .meta({ description: 'PEM, a key on the curve P-256; its private half stays where it was made' }),
    id: AccessId.nullable().meta({ description: 'What a frame server was called before it had a key' }),
  })
  .meta({ id: 'JoinRequest' });
export type JoinRequest = z.infer<typeof JoinRequest>;

export const JoinReply = z
  .object({
    id: AccessId,
    role: JoinRole,
    certificate: z.string(),
    token: z
      .string()
      .nullable()
      .meta({ description: 'For the people of that computer, to submit jobs with' }),
  })
  .meta({ id: 'JoinReply' });
export type JoinReply = z.infer<typeof JoinReply>;

export const FarmMember = z
  .object({
    id: AccessId,
    role: JoinRole,
    name: z.string(),
    joinCode: AccessId,
    joinedAt: Time,
    revokedAt: Time.nullable(),
  })
  .meta({ id: 'FarmMember' });
/** A computer that joined. */
export type FarmMember = z.infer<typeof FarmMember>;

export const NewToken = z
  .object({
    role: TokenRole,
    name: DisplayName.meta({ description: 'Whose it is; two that hold at a time have different names' }),
    expiresSeconds: Lifetime.nullable().default(null),
    allJobs: z
      .boolean()
      .default(false)
      .meta({ description: 'An artist who may change the jobs of others, too' }),
  })
  .meta({ id: 'NewToken' });
export type NewToken = z.infer<typeof NewToken>;

export const Token = z
  .object({
    id: AccessId,
    role: TokenRole,
    name: z.string(),
    allJobs: z.boolean(),
    createdAt: Time,
    createdBy: z.string(),
    expiresAt: Time.nullable(),
    lastUsedAt: Time.nullable(),
    revokedAt: Time.nullable(),
  })
  .meta({ id: 'Token' });
/** A token as it is listed: whose it is, never its text. */
export type Token = z.infer<typeof Token>;
