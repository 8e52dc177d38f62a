package backend

import (
	"crypto/rsa"
	"errors"
	"testing"

	"github.com/flowserver/flowserver/crypto/internal/multirsa"
	"github.com/flowserver/flowserver/internal/vectortest"
)

// opened returns a Backend whose code for several ciphertexts is fake, as if every CPU could
// run it, and the faults that it reports.
func opened(several func(*rsa.PrivateKey, *multirsa.Switch) (*multirsa.Key, error)) (b *Backend, faults *[]error) {
	faults = new([]error)
	b = Open(Batch, func(err error) { *faults = append(*faults, err) })
	b.unused, b.several = nil, several
	return b, faults
}

func TestSelfTestFails(t *testing.T) {
	t.Parallel()
	key := vectortest.Key(t, "a")
	b, faults := opened(func(_ *rsa.PrivateKey, power *multirsa.Switch) (*multirsa.Key, error) {
		if power.Off() {
			return nil, multirsa.ErrUnsupported
		}
		return nil, multirsa.ErrSelfTest
	})
	if status := b.Status(); status.Name != "multirsa" || status.BatchSize != 4 {
		t.Errorf("before: %+v", status)
	}
	for range 2 { // the second key is not tested any more
		if got, err := b.New(key); got != key || err != nil {
			t.Errorf("got a %T, %v; want the key itself", got, err)
		}
	}
	status := b.Status()
	if status.Name != "crypto/rsa" || status.BatchSize != 1 || status.Faults != 1 || !errors.Is(status.Fault, ErrFault) || !errors.Is(status.Unused, ErrFault) {
		t.Errorf("after: %+v", status)
	}
	if len(*faults) != 1 || !errors.Is((*faults)[0], multirsa.ErrSelfTest) {
		t.Errorf("reported %v, want the self-test that failed, once", *faults)
	}
}

func TestFaultInUse(t *testing.T) {
	t.Parallel()
	b, faults := opened(multirsa.New)
	b.power.TurnOff() // as the switch itself does
	b.power.OnFault()
	if status := b.Status(); status.Name != "crypto/rsa" || status.BatchSize != 1 || !errors.Is(status.Fault, ErrFault) {
		t.Errorf("got %+v", status)
	}
	if len(*faults) != 1 || !errors.Is((*faults)[0], ErrFault) {
		t.Errorf("reported %v, want one fault", *faults)
	}
	key := vectortest.Key(t, "a")
	if got, err := b.New(key); got != key || err != nil {
		t.Errorf("a new key after the fault: got a %T, %v; want the key itself", got, err)
	}
}

func TestUnsupportedKeyIsNoFault(t *testing.T) {
	t.Parallel()
	b, faults := opened(func(*rsa.PrivateKey, *multirsa.Switch) (*multirsa.Key, error) { return nil, multirsa.ErrUnsupported })
	key := vectortest.Key(t, "a")
	if got, err := b.New(key); got != key || err != nil {
		t.Errorf("got a %T, %v; want the key itself", got, err)
	}
	if status := b.Status(); status.Name != "multirsa" || status.Faults > 0 || len(*faults) > 0 {
		t.Errorf("%+v, reported %v", status, *faults)
	}
}
