package multirsa

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// instructions are all that may occur in the kernels. A new one must be looked up in the
// processor vendors' lists of instructions whose time does not depend on their operands; what
// was found there is in docs/rsa.md.
var instructions = map[string]bool{
	"MOVQ": true, "ADDQ": true, "DECQ": true, "JNZ": true, "RET": true, "VZEROUPPER": true,
	"VMOVDQU64": true, "VMOVDQA64": true, "VPBROADCASTQ": true, "VPCMPEQQ": true, "VPXORQ": true, "VPADDQ": true,
	"VPANDQ": true, "VPSRLQ": true, "VPMADD52LUQ": true, "VPMADD52HUQ": true,
}

// Operands of instructions. BP, SP, R14 and R15 are not among the registers: without a
// frame, Go's ABI leaves them to others.
var (
	generalOperand = regexp.MustCompile(`^(AX|BX|CX|DX|SI|DI|R8|R9|R1[0-3])$`)
	vectorOperand  = regexp.MustCompile(`^[XYZ]([0-9]|[12][0-9]|3[01])$`)
	maskOperand    = regexp.MustCompile(`^K[1-7]$`)
	numberOperand  = regexp.MustCompile(`^\$0x[0-9a-f]+$`)
	paramOperand   = regexp.MustCompile(`^[a-z0-9]+\+\d+\(FP\)$`)
	constOperand   = regexp.MustCompile(`^\w+<>\+0\(SB\)$`)
	memoryOperand  = regexp.MustCompile(`^(?:\d+)?\(([A-Z0-9]+)\)$`) // one base, no index
	textLine       = regexp.MustCompile(`^TEXT ·(\w+)\(SB\), NOSPLIT, \$0-\d+$`)
	labelLine      = regexp.MustCompile(`^(\w+):$`)
)

// A checker follows generated assembly from top to bottom. It is right to ignore loops since
// all jumps go back: what was public or written above a label still is after a jump to it.
type checker struct {
	function    string
	public      map[string]bool // general registers whose value does not come from memory
	written     map[string]bool // vector registers, by number, and mask registers
	labels      map[string]bool // above the line
	flags       bool            // set from public values
	previous    string          // instruction
	functions   []string
	count       int
	findings    []string
	line        int
	instruction string
}

// checkConstantTime returns the functions of assembly, the number of its instructions, and
// everything for which it cannot show that time and addresses depend on arguments alone,
// that nothing is read before it is written and that Go's ABI is respected. What is read
// through a pointer is secret; the arguments are public.
func checkConstantTime(source string) *checker {
	c := &checker{}
	for i, line := range strings.Split(source, "\n") {
		c.line, c.instruction = i+1, strings.TrimSpace(line)
		switch fields := strings.Fields(line); {
		case len(fields) == 0, strings.HasPrefix(c.instruction, "//"):
		case slices.Contains([]string{"#include", "DATA", "GLOBL"}, fields[0]):
		case fields[0] == "TEXT":
			c.text()
		case labelLine.MatchString(c.instruction):
			c.labels[labelLine.FindStringSubmatch(c.instruction)[1]] = true
		default:
			c.count++
			operands := strings.Split(strings.Join(fields[1:], ""), ",")
			if len(fields) == 1 {
				operands = nil
			}
			c.check(fields[0], operands)
			c.previous = fields[0]
		}
	}
	c.end()
	return c
}

func (c *checker) find(format string, args ...any) {
	c.findings = append(c.findings, fmt.Sprintf("line %d, %s: %s: %s", c.line, c.function, fmt.Sprintf(format, args...), c.instruction))
}

func (c *checker) text() {
	c.end()
	c.public, c.written, c.labels, c.flags, c.previous = map[string]bool{}, map[string]bool{}, map[string]bool{}, false, ""
	c.function = c.instruction
	if match := textLine.FindStringSubmatch(c.instruction); match != nil {
		c.function = match[1]
	} else {
		c.find("a frame or a stack check, code that is not in the file")
	}
	c.functions = append(c.functions, c.function)
}

// end checks that a function does not fall through into the next one.
func (c *checker) end() {
	if c.function != "" && c.previous != "RET" {
		c.find("the function before does not end in RET")
	}
}

func (c *checker) check(op string, operands []string) {
	if !instructions[op] {
		c.find("%s is not on the list of instructions", op)
		return
	}
	for _, operand := range operands {
		c.checkOperand(op, operand)
	}
	switch op {
	case "VZEROUPPER":
	case "RET":
		if c.previous != "VZEROUPPER" {
			c.find("RET without VZEROUPPER makes later SSE code slow")
		}
	case "JNZ":
		if !c.flags {
			c.find("a branch on what is not public")
		}
		if len(operands) != 1 || !c.labels[operands[0]] {
			c.find("not a jump back")
		}
	case "MOVQ", "ADDQ", "DECQ":
		c.general(op, operands)
	default:
		c.vector(op, operands)
	}
}

// checkOperand checks that an operand is of a known form, and an address public.
func (c *checker) checkOperand(op, operand string) {
	if match := memoryOperand.FindStringSubmatch(operand); match != nil {
		if !c.public[match[1]] {
			c.find("an address that is not public")
		}
		return
	}
	for _, known := range []*regexp.Regexp{vectorOperand, generalOperand, maskOperand, numberOperand, paramOperand, constOperand} {
		if known.MatchString(operand) {
			return
		}
	}
	if op != "JNZ" {
		c.find("operand %s has an unknown form, or is not ours to use", operand)
	}
}

// general checks an instruction on general registers, which never see memory or vectors.
func (c *checker) general(op string, operands []string) {
	result := operands[len(operands)-1]
	if !generalOperand.MatchString(result) {
		c.find("%s writes what is not a general register", op)
		return
	}
	sources := operands
	if op == "MOVQ" {
		sources = operands[:len(operands)-1]
	}
	public := true
	for _, source := range sources {
		if !c.public[source] && !numberOperand.MatchString(source) && !paramOperand.MatchString(source) {
			c.find("a general register receives what is not public")
			public = false
		}
	}
	c.public[result] = public
	if op != "MOVQ" {
		c.flags = public
	}
}

// vector checks an instruction on vectors: it may not write a general register, access
// memory under a mask, or read what was not written.
func (c *checker) vector(op string, operands []string) {
	if len(operands) < 2 {
		c.find("too few operands")
		return
	}
	sources, result := operands[:len(operands)-1], operands[len(operands)-1]
	if op == "VPXORQ" && sources[0] == result && sources[1] == result {
		sources = nil // zero, whatever it was
	}
	masked := slices.ContainsFunc(sources, maskOperand.MatchString)
	if masked && slices.ContainsFunc(operands, memoryOperand.MatchString) {
		c.find("a memory access under a mask")
	}
	if masked || strings.HasPrefix(op, "VPMADD52") {
		sources = append(slices.Clone(sources), result) // they also read it
	}
	for _, source := range sources {
		switch {
		case vectorOperand.MatchString(source), maskOperand.MatchString(source):
			if !c.written[register(source)] {
				c.find("%s is read before it is written", source)
			}
		case generalOperand.MatchString(source) && !c.public[source]:
			c.find("%s is not public", source)
		}
	}
	switch {
	case vectorOperand.MatchString(result), maskOperand.MatchString(result):
		c.written[register(result)] = true
	case memoryOperand.MatchString(result):
		if op != "VMOVDQU64" || !vectorOperand.MatchString(operands[0]) {
			c.find("%s writes memory", op)
		}
	default:
		c.find("%s writes neither a vector, a mask nor memory", op)
	}
}

// register returns the name of a register without its width.
func register(operand string) string { return strings.TrimLeft(operand, "XYZ") }

func TestConstantTime(t *testing.T) {
	t.Parallel()
	c := checkConstantTime(kernelSource(t))
	for _, finding := range c.findings {
		t.Error(finding)
	}
	if want := []string{"mul4", "square4", "pick4", "mul8", "square8", "pick8"}; !slices.Equal(c.functions, want) || c.count < 2000 {
		t.Errorf("checked %d instructions of %v, want some 2400 of %v", c.count, c.functions, want)
	}
}

func kernelSource(t *testing.T) string {
	t.Helper()
	source, err := os.ReadFile("kernel_amd64.s")
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(source), "\r\n", "\n")
}

// TestConstantTimeFindsMutants breaks one thing at a time.
func TestConstantTimeFindsMutants(t *testing.T) {
	t.Parallel()
	source, _, _ := strings.Cut(kernelSource(t), "// func mul8") // the rest is alike
	row, entry := "\nrow:\n", "\nentry:\n"
	for _, c := range []struct{ name, old, mutant, finding string }{
		{"a digit in a general register", row, row + "MOVQ (CX), R8\n", "receives what is not public"},
		{"a branch on a digit", row, row + "MOVQ (CX), R8\nDECQ R8\nJNZ row\n", "a branch on what is not public"},
		{"an address from a digit", row, row + "MOVQ (CX), R8\nVMOVDQU64 (R8), Y31\n", "an address that is not public"},
		{"a digit added to an address", row, row + "ADDQ (CX), DX\n", "receives what is not public"},
		{"a vector in a general register", row, row + "VMOVQ X1, R8\n", "VMOVQ is not on the list"},
		{"a move of a vector to a general register", row, row + "MOVQ X1, R8\n", "receives what is not public"},
		{"a mask in a general register", entry, entry + "KMOVW K1, R8\n", "KMOVW is not on the list"},
		{"a move of a mask to a general register", entry, entry + "MOVQ K1, R8\n", "receives what is not public"},
		{"a comparison with a general result", entry, entry + "VPCMPEQQ Y0, Y21, R8\n", "writes neither"},
		{"a gather", entry, entry + "VPGATHERQQ (CX)(Y0*8), K1, Y1\n", "VPGATHERQQ is not on the list"},
		{"an index", entry, entry + "VMOVDQU64 (CX)(DX*8), Y31\n", "unknown form"},
		{"a load under a mask", "K1, Y1\n", "K1, Y1\nVMOVDQU64 (CX), K1, Y1\n", "a memory access under a mask"},
		{"a store under a mask", "K1, Y1\n", "K1, Y1\nVMOVDQU64 Y1, K1, (AX)\n", "a memory access under a mask"},
		{"a blend from memory", "K1, Y1\n", "K1, Y1\nVPBLENDMQ (CX), Y1, K1, Y1\n", "VPBLENDMQ is not on the list"},
		{"a division", row, row + "DIVQ R8\n", "DIVQ is not on the list"},
		{"an accumulator that is not zero", "VPXORQ    Y1, Y1, Y1\n", "", "Y1 is read before it is written"}, //nolint:dupword // assembly
		{"a register that was never written", row, row + "VPADDQ Y31, Y1, Y1\n", "Y31 is read before it is written"},
		{"a half that is XORed", row, row + "VPXORQ Y1, Y31, Y31\n", "Y31 is read before it is written"},
		{"a mask that was never written", entry, entry + "VMOVDQA64 Y1, K7, Y2\n", "K7 is read before it is written"},
		{"a merge into what was never written", "K1, Y1\n", "K1, Y1\nVMOVDQA64 Y1, K1, Y31\n", "Y31 is read before it is written"},
		{"a general register that was never written", row, row + "ADDQ R9, DX\n", "receives what is not public"},
		{"a jump on unknown flags", "\tMOVQ      dst+0(FP), AX\n", "again:\nJNZ again\n", "a branch on what is not public"},
		{"a jump forward", "\tDECQ         SI\n", "\tDECQ SI\nJNZ done\n", "not a jump back"},
		{"another jump", "\tJNZ          row\n", "\tJC row\n", "JC is not on the list"},
		{"a frame", "TEXT ·mul4(SB), NOSPLIT, $0-40", "TEXT ·mul4(SB), NOSPLIT, $8-40", "a frame or a stack check"},
		{"a stack check", "TEXT ·square4(SB), NOSPLIT, $0-40", "TEXT ·square4(SB), $0-40", "a frame or a stack check"},
		{"the goroutine's register", row, row + "MOVQ $0x01, R14\n", "not ours to use"},
		{"the frame pointer", row, row + "MOVQ AX, BP\n", "not ours to use"},
		{"a store of a general register", row, row + "MOVQ DX, (AX)\n", "writes what is not a general register"},
		{"the upper halves", "\tVZEROUPPER\n\tRET\n", "\tRET\n", "RET without VZEROUPPER"},
		{"no end", "\tVZEROUPPER\n\tRET\n", "", "does not end in RET"},
	} {
		if !strings.Contains(source, c.old) {
			t.Errorf("%s: the generated file has no %q any more", c.name, c.old)
			continue
		}
		findings := checkConstantTime(strings.Replace(source, c.old, c.mutant, 1)).findings
		if !slices.ContainsFunc(findings, func(f string) bool { return strings.Contains(f, c.finding) }) {
			t.Errorf("%s: got %q, want %q", c.name, findings, c.finding)
		}
	}
}
