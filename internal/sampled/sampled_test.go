package sampled_test

import (
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/internal/sampled"
)

func TestEvents(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var summaries []string
		events := sampled.New(func(kind string, left int) {
			mu.Lock()
			defer mu.Unlock()
			summaries = append(summaries, fmt.Sprintf("%s %d", kind, left))
		})
		logged := map[string]int{}
		happen := func(kind string, times int) {
			for range times {
				if events.Log(kind) {
					logged[kind]++
				}
			}
		}
		happen("often", 1000)
		happen("seldom", 10)
		time.Sleep(1100 * time.Millisecond)
		happen("often", 11)
		time.Sleep(1100 * time.Millisecond)
		happen("often", 3)
		time.Sleep(1100 * time.Millisecond)
		synctest.Wait()
		if diff := cmp.Diff(map[string]int{"often": 10 + 10 + 3, "seldom": 10}, logged); diff != "" {
			t.Errorf("logged (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"often 990", "often 1"}, summaries); diff != "" {
			t.Errorf("summaries (-want +got):\n%s", diff)
		}
	})
}
