#compdef flowserver
# zsh completion for flowserver. To complete in this shell, after compinit:
#
#   source <(flowserver completion zsh)
#
# or for all shells: save it as _flowserver in a directory of $fpath.
_flowserver() {
	local -a candidates
	local line
	while IFS= read -r line; do
		if [[ $line == :files ]]; then
			compset -P '--*='
			_files
			return
		fi
		line=${line//:/\\:}
		candidates+=("${line/$'\t'/:}")
	done < <("${${(Q)words[1]}/#\~/$HOME}" __complete "${(@Q)words[2,CURRENT]}" 2>/dev/null)
	_describe flowserver candidates
}

if [[ $funcstack[1] == _flowserver ]]; then
	_flowserver "$@" # loaded from $fpath
else
	compdef _flowserver flowserver
fi
