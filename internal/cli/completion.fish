# fish completion for flowserver. To complete in all shells:
#
#   flowserver completion fish > ~/.config/fish/completions/flowserver.fish
function __flowserver_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l program (string replace -r '^~' $HOME -- $words[1])
    set -l candidates ($program __complete $words[2..] $current 2>/dev/null)
    if test "$candidates[1]" = :files
        set -l flag (string match -r -- '^--[^=]*=' $current)
        __fish_complete_path (string replace -- "$flag" '' $current) | string replace -r -- '^' "$flag"
    else
        printf '%s\n' $candidates
    end
end
complete -c flowserver -f -a '(__flowserver_complete)'
