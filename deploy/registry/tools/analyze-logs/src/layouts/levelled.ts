import { severityOfWord } from '../severity.ts';
import { clearDraft, type Draft, type Layout } from './draft.ts';
import { readHttp } from './header.ts';

const LEVEL_FIRST =
  /^(?:[a-z]{2,12} )?[[(<]?(EMERG(?:ENCY)?|ALERT|CRIT(?:ICAL)?|FATAL|SEVERE|PANIC|ERROR|ERR!?|WARN(?:ING)?|NOTICE|INFO|DEBUG|TRACE|[Ee]rror(?=:)|[Ww]arning(?=:)|[Ff]atal(?=:)|[Ii]nfo(?=:)|[Dd]ebug(?=:))[\])>]?(?=[\s:|-])[\s:|-]*/;

/** No time, but a level first (Python's default logging, build tools, `npm ERR!`) or a request with its status. */
export class LevelledLayout implements Layout {
  name = 'text with levels, no times';

  read(line: string, draft: Draft): boolean {
    clearDraft(draft);
    const match = LEVEL_FIRST.exec(line);
    if (match === null) return this.#readRequest(line, draft);
    this.name = 'text with levels, no times';
    const message = line.slice(match[0].length);
    if (!readHttp(message, draft)) draft.level = severityOfWord((match[1] ?? '').replace('!', ''));
    draft.message = message;
    return true;
  }

  #readRequest(line: string, draft: Draft): boolean {
    if (!readHttp(line, draft)) return false;
    this.name = 'access log without times';
    draft.message = line;
    return true;
  }
}
