import { type Finding, finding, type Rule } from '../finding.ts';
import type { ReviewedFile } from '../reviewed-file.ts';
import { findPatterns, type Pattern } from './pattern.ts';

const patterns: readonly Pattern[] = [
  {
    looksLike: /["']?0\.0\.0\.0\/0|["']::\/0["']/,
    severity: 'high',
    says: 'The rule now covers every address of the internet.',
  },
  {
    looksLike: /\bpublic-read(-write)?\b|\ballUsers\b|\ballAuthenticatedUsers\b|"Principal"\s*:\s*"\*"/,
    severity: 'high',
    says: 'Everybody may now reach the stored data.',
  },
  {
    looksLike: /publicly_accessible["']?\s*[:=]\s*true|block_public_(acls|policy)["']?\s*[:=]\s*false/i,
    severity: 'high',
    says: 'It can now be reached from the internet.',
  },
  {
    looksLike: /\bchmod\s+(-R\s+)?(0?777|a\+rwx|o\+w)\b|\b0o?777\b/,
    severity: 'medium',
    says: 'Every user of the machine may now write here.',
  },
  {
    looksLike:
      /Access-Control-Allow-Origin["']?\s*[:,=]?\s*["']?\*|\bcors\(\s*\)|allow_origins\s*=\s*\[\s*["']\*|\borigin\s*:\s*["']\*["']/i,
    severity: 'medium',
    says: 'Every web site may now call this from a visitor’s browser.',
  },
  {
    looksLike: /@PermitAll\b|\.permitAll\(\)|\bAllowAny\b|\[AllowAnonymous\]/,
    severity: 'high',
    says: 'This may now be called without signing in.',
  },
  {
    looksLike:
      /\bprivileged["']?\s*[:=]\s*true\b|\bhostNetwork\s*:\s*true\b|\brunAsUser\s*:\s*0\b|\ballowPrivilegeEscalation\s*:\s*true\b/,
    severity: 'high',
    says: 'The container now has the rights of its host.',
  },
  {
    looksLike: /\bgrant\s+(all|insert|update|delete)\b.*\bto\s+public\b/i,
    severity: 'high',
    says: 'Every database user now has these rights.',
  },
  {
    looksLike: /["'](Action|Resource)["']\s*:\s*\[?\s*["']\*["']/,
    severity: 'medium',
    says: 'The permission now covers everything.',
  },
];

/** A guard before a handler: gone, anybody gets in. */
const guard =
  /@UseGuards\b|@login_required\b|@permission_required\b|@PreAuthorize\b|@Secured\b|@RolesAllowed\b|\b(require|ensure|verify|check)_?(auth\w*|login|user|session|permissions?|admin|role)\b|\b(isAuthenticated|authenticate|authorize)\s*\(|\bpermission_classes\b/i;

const widened = 'access-widened';

/** Access that the change opens to more people than before, or a guard that it takes away. */
export const accessWidened: Rule = {
  name: widened,
  check(file) {
    if (file.isTest || file.language === 'prose' || file.language === 'generated') return [];
    return [...findPatterns(widened, file, patterns), ...boundWider(file), ...guardsLost(file)];
  },
};

/** `127.0.0.1` that became `0.0.0.0`: reachable from other machines. */
const boundWider = (file: ReviewedFile): Finding[] =>
  file.hunks.flatMap((hunk) =>
    hunk.rewritten
      .filter(
        ({ before, after }) =>
          /127\.0\.0\.1|localhost|\[::1\]/.test(before.code) && /0\.0\.0\.0(?!\/0)|["'\s]::["'\s:]/.test(after.code),
      )
      .map(({ before, after }) =>
        finding(widened, 'high', file, 'The service listened on this machine only; now other machines can reach it.', [
          after.line,
          before.line,
        ]),
      ),
  );

const guardsLost = (file: ReviewedFile): Finding[] =>
  file.hunks.flatMap((hunk) => {
    const gone = hunk.before.filter(
      (line) => line.isChanged && guard.test(line.bare) && !/^\s*(import|from|const .*require)\b/.test(line.bare),
    );
    const still = hunk.after.filter((line) => line.isChanged && guard.test(line.bare));
    const surviving = hunk.after.some((line) => line.bare.trim().length > 3);
    if (gone.length <= still.length || !surviving) return [];
    return gone
      .slice(still.length)
      .map((line) =>
        finding(
          widened,
          'high',
          file,
          `\`${line.code.trim().slice(0, 80)}\` checked who may do this; the change takes it away.`,
          [line.line],
        ),
      );
  });
