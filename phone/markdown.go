package phone

import (
	"regexp"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// maxMarkdownDepth bounds how deep styles nest. What is deeper is shown without style.
const maxMarkdownDepth = 32

// Bounds of the Markdown in one text: the time to read it grows with the square of both.
const (
	maxMarkdownBytes = 32 << 10 // without pictures
	maxMarkdownSigns = 2000
)

// pictures are the data URLs of a text, in which no sign of Markdown is found.
var pictures = regexp.MustCompile(`data:[a-zA-Z0-9+/=;,.:]*`)

// excessive reports whether a text has more Markdown than the phone reads. It then shows
// the text as it stands.
func excessive(source string) bool {
	if len(source) <= maxMarkdownSigns {
		return false
	}
	size, signs := len(source), 0
	for _, at := range pictures.FindAllStringIndex(source, -1) {
		size -= at[1] - at[0]
	}
	for i := range len(source) {
		if strings.IndexByte("*_~[|-", source[i]) >= 0 {
			signs++
		}
	}
	return size > maxMarkdownBytes || signs > maxMarkdownSigns
}

// markdown reads the Markdown of Flow JSON. It never becomes HTML: what it does not know,
// such as a tag, is text.
type markdown struct {
	source []byte
	// image returns the picture of a source, nil if it is not shown.
	image func(src, alt string) *Image
}

// markdownBlocks returns the blocks of a text: paragraphs and lists with bold, italic,
// struck and linked runs. A rich text, one of a RichText, can have headings, tables and
// images too (Meta, page "Components", 2026-04-14, TextBody and RichText).
func markdownBlocks(source string, rich bool, image func(src, alt string) *Image) []Block {
	if excessive(source) {
		return []Block{{Kind: "p", Runs: []Run{{Text: source}}}}
	}
	m := markdown{source: []byte(source), image: image}
	document := newMarkdownParser(rich).Parse(text.NewReader(m.source))
	var blocks []Block
	for n := document.FirstChild(); n != nil; n = n.NextSibling() {
		blocks = append(blocks, m.blocks(n)...)
	}
	return blocks
}

// newMarkdownParser returns a parser with exactly the elements that Meta lists, so that a
// # in a TextBody stays a #.
func newMarkdownParser(rich bool) parser.Parser {
	blocks := []util.PrioritizedValue{
		util.Prioritized(parser.NewListParser(), 300),
		util.Prioritized(parser.NewListItemParser(), 400),
		util.Prioritized(parser.NewParagraphParser(), 1000),
	}
	inlines := []util.PrioritizedValue{
		util.Prioritized(parser.NewLinkParser(), 200),
		util.Prioritized(parser.NewEmphasisParser(), 500),
		util.Prioritized(extension.NewStrikethroughParser(), 500),
	}
	if !rich {
		return parser.NewParser(parser.WithBlockParsers(blocks...), parser.WithInlineParsers(inlines...))
	}
	return parser.NewParser(
		parser.WithBlockParsers(append(blocks, util.Prioritized(parser.NewATXHeadingParser(), 600))...),
		parser.WithInlineParsers(inlines...),
		parser.WithParagraphTransformers(util.Prioritized(extension.NewTableParagraphTransformer(), 200)),
	)
}

var headingKinds = [...]string{"", "h1", "h2", "h3", "h4", "h5", "h6"}

// blocks returns the blocks of a node of the document. A paragraph becomes several if
// images interrupt it.
func (m markdown) blocks(n ast.Node) []Block {
	switch n := n.(type) {
	case *ast.Heading:
		return m.paragraphs(headingKinds[n.Level], n)
	case *ast.List:
		return m.list(n)
	case *extast.Table:
		return []Block{m.table(n)}
	}
	return m.paragraphs("p", n)
}

// list returns a list, followed by the tables and images that Markdown counts among its
// items.
func (m markdown) list(n *ast.List) []Block {
	list := Block{Kind: "ul"}
	if n.IsOrdered() {
		list.Kind = "ol"
	}
	var after []Block
	for child := n.FirstChild(); child != nil; child = child.NextSibling() {
		item, rest := m.item(child)
		list.Items = append(list.Items, item)
		after = append(after, rest...)
	}
	return append([]Block{list}, after...)
}

// item returns an item of a list, and what an item cannot show. A list within it becomes
// its items.
func (m markdown) item(n ast.Node) (item Block, rest []Block) {
	item = Block{Kind: "p"}
	for child := n.FirstChild(); child != nil; child = child.NextSibling() {
		for _, b := range m.blocks(child) {
			switch {
			case len(b.Items) > 0:
				item.Items = append(item.Items, b.Items...)
				continue
			case b.Kind == "table" || b.Kind == "img":
				rest = append(rest, b)
				continue
			case len(item.Runs) > 0 && len(b.Runs) > 0:
				item.Runs = append(item.Runs, Run{Text: "\n"})
			}
			item.Runs = append(item.Runs, b.Runs...)
		}
	}
	return item, rest
}

func (m markdown) table(n *extast.Table) Block {
	table := Block{Kind: "table"}
	for row := n.FirstChild(); row != nil; row = row.NextSibling() {
		cells := [][]Run{}
		for cell := row.FirstChild(); cell != nil; cell = cell.NextSibling() {
			var runs []Run
			for _, piece := range m.inline(nil, cell, Run{}, 0) {
				if piece.image == nil {
					runs = appendRun(runs, piece.Run)
				}
			}
			cells = append(cells, runs)
		}
		table.Rows = append(table.Rows, cells)
	}
	return table
}

// paragraphs returns what a paragraph or a heading has, with images as blocks between.
func (m markdown) paragraphs(kind string, n ast.Node) []Block {
	var blocks []Block
	var runs []Run
	flush := func() {
		if len(runs) > 0 {
			blocks = append(blocks, Block{Kind: kind, Runs: runs})
		}
		runs = nil
	}
	for _, piece := range m.inline(nil, n, Run{}, 0) {
		if piece.image == nil {
			runs = appendRun(runs, piece.Run)
			continue
		}
		flush()
		blocks = append(blocks, Block{Kind: "img", Image: piece.image})
	}
	flush()
	return blocks
}

// piece is a run or an image.
type piece struct {
	Run
	image *Image
}

// inline appends what a node contains, in the style of what is around it.
func (m markdown) inline(pieces []piece, n ast.Node, style Run, depth int) []piece {
	for child := n.FirstChild(); child != nil; child = child.NextSibling() {
		inner := style
		switch c := child.(type) {
		case *ast.Text:
			inner.Text = m.text(c.Segment.Value(m.source))
			if c.SoftLineBreak() || c.HardLineBreak() {
				inner.Text += "\n"
			}
			pieces = append(pieces, piece{Run: inner})
			continue
		case *ast.Image:
			alt := plainText(m.inline(nil, c, Run{}, depth+1))
			if image := m.image(string(c.Destination), alt); image != nil {
				pieces = append(pieces, piece{image: image})
			}
			continue
		case *ast.Emphasis:
			inner.Bold, inner.Italic = style.Bold || c.Level == 2, style.Italic || c.Level == 1
		case *extast.Strikethrough:
			inner.Strike = true
		case *ast.Link:
			// A phone opens nothing but https.
			if href := string(c.Destination); strings.HasPrefix(href, "https://") {
				inner.Href = href
			}
		}
		if depth < maxMarkdownDepth {
			pieces = m.inline(pieces, child, inner, depth+1)
		}
	}
	return pieces
}

// text resolves what is escaped in Markdown.
func (m markdown) text(raw []byte) string {
	return string(util.UnescapePunctuations(util.ResolveEntityNames(util.ResolveNumericReferences(raw))))
}

func plainText(pieces []piece) string {
	var b strings.Builder
	for _, p := range pieces {
		b.WriteString(p.Text)
	}
	return b.String()
}

// appendRun appends a run, or its text to the last run if that has the same style.
func appendRun(runs []Run, r Run) []Run {
	if r.Text == "" {
		return runs
	}
	if len(runs) > 0 {
		last := &runs[len(runs)-1]
		if same := (Run{last.Text, r.Bold, r.Italic, r.Strike, r.Href}); *last == same {
			last.Text += r.Text
			return runs
		}
	}
	return append(runs, r)
}
