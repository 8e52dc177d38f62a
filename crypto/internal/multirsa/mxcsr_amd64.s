//go:build !purego

#include "textflag.h"

// func swapMXCSR(value uint32) (before uint32)
TEXT ·swapMXCSR(SB), NOSPLIT, $0-12
	LFENCE
	STMXCSR before+8(FP)
	LDMXCSR value+0(FP)
	LFENCE
	RET
