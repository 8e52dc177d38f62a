package multirsa

import (
	"os"
	"testing"
)

const (
	requireIFMA = "FLOWSERVER_REQUIRE_IFMA"
	noIFMA      = "NOT TESTED: the assembly. This CPU has no AVX-512 IFMA, or the build has the tag purego. " +
		"Only the twin in plain Go was tested. Set " + requireIFMA + "=1 to make this a failure."
)

// TestAssemblyIsTested says whether the tests of this run are worth something for the
// assembly. A machine that must test it sets FLOWSERVER_REQUIRE_IFMA=1: OpenSSL's heap
// overflow of CVE-2022-2274 was released as no machine of its CI had AVX-512.
func TestAssemblyIsTested(t *testing.T) {
	t.Parallel()
	narrow, wide := hardwareKernels()
	switch {
	case narrow != nil && wide != nil:
		t.Logf("tested: %s; %s", narrow.name, wide.name)
	case os.Getenv(requireIFMA) == "1":
		t.Fatal(noIFMA)
	default:
		t.Skip(noIFMA)
	}
}
