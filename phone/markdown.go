package phone

func markdownBlocks(source string) []Block {
	return []Block{{Kind: "p", Runs: []Run{{Text: source}}}}
}
