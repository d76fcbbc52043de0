// biome-ignore-all lint/suspicious/noTemplateCurlyInString: lines of shell
import {appFlags, type Command, commands, commandsOf, flagMeaning, nouns} from './commands.ts';
import {flagValue, flagWords, namesWord, nounsWithVerbs, padded, valueFlags, verbOf} from './completion-words.ts';
import type {FlagName} from './flags.ts';

/** To be sourced, or put into a folder of fpath as _pai-tui. */
export function zshScript(): string {
  return [
    '#compdef pai-tui',
    '_pai_tui() {',
    '  local word noun verb value previous=${words[CURRENT-1]}',
    '  local -a found',
    '  for word in "${(@)words[2,CURRENT-1]}"; do',
    // The value of a flag is no noun.
    '    if [[ -n $value ]]; then value=; continue; fi',
    '    case $word in',
    `      (${valueFlags().flatMap(flagWords).join('|')}) value=yes ;;`,
    '      (-*) ;;',
    '      (*) if [[ -z $noun ]]; then noun=$word; elif [[ -z $verb ]]; then verb=$word; fi ;;',
    '    esac',
    '  done',
    "  if [[ $PREFIX == --*=* ]]; then previous=${PREFIX%%=*}; compset -P '*='; fi",
    '  case $previous in',
    ...valueFlags().map((name) => `    (${flagWords(name).join('|')}) ${offerValue(name)}return ;;`),
    '  esac',
    '  case "$noun $verb" in',
    ...commands.flatMap((command) => [
      `    ('${padded(command)}')`,
      ...offerNames(command),
      ...offer('flag', flagsAbout(command.flags, command)),
      '      ;;',
    ]),
    ...nounsWithVerbs().flatMap((noun) => [
      `    ('${noun} '*)`,
      ...offer(
        'command',
        commandsOf(noun).map((command) => [verbOf(command), command.about]),
      ),
      '      ;;',
    ]),
    "    (' ')",
    ...offer('command', Object.entries(nouns)),
    ...offer('flag', flagsAbout(appFlags)),
    '      ;;',
    '  esac',
    '}',
    // From fpath the file is the function itself; sourced, it registers one, also in a shell without completion yet.
    'if [[ $zsh_eval_context[-1] == loadautofunc ]]; then',
    '  _pai_tui "$@"',
    'else',
    '  (( $+functions[compdef] )) || { autoload -Uz compinit && compinit -i; }',
    '  compdef _pai_tui pai-tui',
    'fi',
  ].join('\n');
}

function offerValue(name: FlagName): string {
  const value = flagValue(name);
  if (value === undefined || value.kind === 'nothing') return '';
  if (value.kind === 'choices') return `compadd -- ${value.words.join(' ')}; `;
  return value.kind === 'folder' ? '_files -/; ' : '_files; ';
}

function offerNames({argument}: Command): string[] {
  if (argument === undefined) return [];
  if (argument.of === 'files') return ['      _files'];
  if (typeof argument.of !== 'string') return [`      compadd -- ${argument.of.join(' ')}`];
  // The words typed so far may name the tree and the state folder; they are called as the program was.
  const asked = `"\${words[1]/#\\~\\//$HOME/}" ${namesWord} ${argument.of} "\${(@)words[2,CURRENT-1]}"`;
  return [`      found=(\${(f)"$(${asked} 2>/dev/null)"})`, '      compadd -a found'];
}

/** Words with what they mean; flags are offered once their dash is typed. */
function offer(what: 'command' | 'flag', words: readonly (readonly [word: string, about: string])[]): string[] {
  if (words.length === 0) return [];
  return [
    '      found=(',
    ...words.map(([word, about]) => `        ${quoted(`${word}:${about}`)}`),
    '      )',
    `      _describe ${what === 'flag' ? '-o ' : ''}${what} found`,
  ];
}

function flagsAbout(names: readonly FlagName[], command?: Command): [string, string][] {
  return names.flatMap((name) => flagWords(name).map((word): [string, string] => [word, flagMeaning(name, command)]));
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
