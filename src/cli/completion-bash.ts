// biome-ignore-all lint/suspicious/noTemplateCurlyInString: lines of shell
import {appFlags, type Command, commands, commandsOf, nouns} from './commands.ts';
import {flagValue, flagWords, namesWord, nounsWithVerbs, padded, valueFlags, verbOf} from './completion-words.ts';
import type {FlagName} from './flags.ts';

export function bashScript(): string {
  return [
    '_pai_tui() {',
    "  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} words='' noun='' verb='' value='' word",
    '  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do',
    // The value of a flag is no noun. bash makes three words of --source=DIR.
    '    if [ -n "$value" ] && [ "$word" != = ]; then value=; continue; fi',
    '    case $word in',
    `      ${valueFlags().flatMap(flagWords).join('|')}) value=yes ;;`,
    '      -*|=) ;;',
    '      *) if [ -z "$noun" ]; then noun=$word; elif [ -z "$verb" ]; then verb=$word; fi ;;',
    '    esac',
    '  done',
    '  if [ "$current" = = ]; then current=; elif [ "$previous" = = ]; then previous=${COMP_WORDS[COMP_CWORD-2]}; fi',
    '  case $previous in',
    ...valueFlags().map((name) => `    ${flagWords(name).join('|')}) ${offerValue(name)}return ;;`),
    '  esac',
    '  case "$noun $verb" in',
    ...commands.map((command) => `    '${padded(command)}') ${offerFiles(command)}words="${offered(command)}" ;;`),
    ...nounsWithVerbs().map((noun) => `    '${noun} '*) words='${commandsOf(noun).map(verbOf).join(' ')}' ;;`),
    `    ' ') words='${[...Object.keys(nouns), ...appFlags.flatMap(flagWords)].join(' ')}' ;;`,
    '  esac',
    '  COMPREPLY=($(compgen -W "$words" -- "$current"))',
    '}',
    'complete -F _pai_tui pai-tui',
  ].join('\n');
}

function offerValue(name: FlagName): string {
  const value = flagValue(name);
  if (value === undefined || value.kind === 'nothing') return '';
  if (value.kind === 'choices') return `COMPREPLY=($(compgen -W '${value.words.join(' ')}' -- "$current")); `;
  return offerPaths(value.kind === 'folder' ? '-d' : '-f');
}

/** Files for a command that takes one, unless a flag is begun. */
function offerFiles({argument}: Command): string {
  return argument?.of === 'files' ? `if [[ $current != -* ]]; then ${offerPaths('-f')}return; fi; ` : '';
}

/** As paths: spaces stay in them, and behind a folder comes its slash and not a space. */
function offerPaths(paths: '-d' | '-f'): string {
  return `compopt -o filenames 2>/dev/null; local IFS=$'\\n'; COMPREPLY=($(compgen ${paths} -- "$current")); `;
}

function offered({argument, flags}: Command): string {
  const names =
    argument === undefined || argument.of === 'files'
      ? []
      : typeof argument.of === 'string'
        ? // The words typed so far may name the tree and the state folder; they are called as the program was.
          [
            `$("\${COMP_WORDS[0]/#\\~/$HOME}" ${namesWord} ${argument.of} "\${COMP_WORDS[@]:1:COMP_CWORD-1}" 2>/dev/null)`,
          ]
        : argument.of;
  return [...names, ...flags.flatMap(flagWords)].join(' ');
}
