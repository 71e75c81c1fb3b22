namespace Weft.Cli.Completion;

/// <summary>
/// The scripts that shells take. Each hands the words up to the cursor to <c>weft complete</c>. Bash splits words at ':',
/// which NICs and forwards have in their names: the script puts such words together again, and gives bash back the rest
/// behind the last ':' only.
/// </summary>
internal static class CompletionScripts
{
    public static readonly string[] Shells = ["bash", "zsh", "fish"];

    private const string Bash = """
        _weft() {
            local line=${COMP_LINE:0:COMP_POINT} word
            local -a words
            read -ra words <<<"$line"
            case $line in *[[:space:]]) words+=("") ;; esac
            word=${words[-1]}
            local IFS=$'\n'
            COMPREPLY=($("${words[0]}" complete -- "${words[@]:1}" 2>/dev/null))
            case $word in *:*) [[ $COMP_WORDBREAKS == *:* ]] && COMPREPLY=("${COMPREPLY[@]#"${word%"${word##*:}"}"}") ;; esac
            case ${words[1]} in up|apply|plan|validate) [ ${#COMPREPLY[@]} -eq 0 ] && COMPREPLY=($(compgen -f -- "$word")) ;; esac
        }
        complete -F _weft weft

        """;

    private const string Zsh = """
        #compdef weft
        _weft() {
            local -a found
            found=("${(@f)$("${words[1]}" complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}")
            if [[ -n "${found[1]}" ]]; then
                compadd -a found
            else
                _files
            fi
        }
        if [[ "${funcstack[1]}" = _weft ]]; then
            _weft
        else
            compdef _weft weft
        fi

        """;

    private const string Fish = """
        function __weft_complete
            set -l words (commandline -opc) (commandline -ct)
            $words[1] complete -- $words[2..-1] 2>/dev/null
        end
        complete -c weft -f -n 'not __fish_seen_subcommand_from up apply plan validate' -a '(__weft_complete)'
        complete -c weft -n '__fish_seen_subcommand_from up apply plan validate' -a '(__weft_complete)'

        """;

    public static string For(string shell) => shell switch
    {
        "bash" => Bash,
        "zsh" => Zsh,
        _ => Fish,
    };
}
