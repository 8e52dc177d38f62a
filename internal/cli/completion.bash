# bash completion for flowserver. To complete in this shell:
#
#   source <(flowserver completion bash)
#
# It works with the bash 3.2 of macOS, and without the package bash-completion.
_flowserver() {
	# bash splits words at = and : as well. Join what has no space between.
	local words=() n=0 i line=$COMP_LINE trimmed
	for ((i = 0; i <= COMP_CWORD; i++)); do
		trimmed=${line#"${line%%[![:space:]]*}"}
		if ((i > 0)) && [[ $trimmed == "$line" && -n $line ]]; then
			words[n - 1]+=${COMP_WORDS[i]}
		else
			words[n++]=${COMP_WORDS[i]}
		fi
		line=${trimmed#"${COMP_WORDS[i]}"}
	done

	# Only the text behind the last = or : is replaced.
	local current=${words[n - 1]} fixed candidate
	fixed=${current%"${current##*[=:]}"}
	COMPREPLY=()
	while IFS= read -r candidate; do
		[[ $candidate == :files ]] && { COMPREPLY=(); return; } # -o default completes files
		candidate=${candidate%%$'\t'*}
		COMPREPLY+=("${candidate#"$fixed"}")
	done < <("${words[0]/#\~/$HOME}" __complete "${words[@]:1}" 2>/dev/null)
}
complete -o default -F _flowserver flowserver
