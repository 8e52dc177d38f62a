package main

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestDiaryDays(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		now  time.Time
		want []string
	}{
		"on a Saturday":        {saturday(), []string{"mon 23", "tue 24", "wed 25", "thu 26", "fri 27", "sat 28"}},
		"on a Sunday":          {saturday().AddDate(0, 0, 1), []string{"mon 23", "tue 24", "wed 25", "thu 26", "fri 27", "sat 28"}},
		"on a Wednesday":       {saturday().AddDate(0, 0, 4), []string{"thu 26", "fri 27", "sat 28", "mon 30", "tue 1", "wed 2"}},
		"just before midnight": {time.Date(2026, time.November, 21, 23, 59, 59, 0, time.UTC), []string{"mon 23", "tue 24", "wed 25", "thu 26", "fri 27", "sat 28"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDiary(func() time.Time { return tt.now })
			var got []string
			for _, day := range d.days() {
				got = append(got, dayID(day)+day.Format(" 2"))
				if free := d.free(dayID(day)); len(free) != 9 || slotID(free[0]) != "09:00" || slotID(free[8]) != "17:00" {
					t.Errorf("free on %s: %v, want the hours from 09:00 to 17:00", dayID(day), free)
				}
			}
			if diff := cmp.Diff(got, tt.want); diff != "" {
				t.Errorf("days (-got +want):\n%s", diff)
			}
		})
	}
}

func TestDiaryBook(t *testing.T) {
	t.Parallel()
	d := newDiary(saturday)
	ada := appointment{Start: d.free("fri")[0]}
	first, ok := d.book("ada", ada)
	if !ok || first != "20261127-0900" {
		t.Fatalf("reference %q, %v, want 20261127-0900, true", first, ok)
	}
	if again, ok := d.book("ada", ada); !ok || again != first {
		t.Errorf("a repeat: reference %q, %v, want the first one", again, ok)
	}
	if _, ok := d.book("grace", ada); ok {
		t.Error("a taken hour was booked by somebody else")
	}
	if _, ok := d.book("grace", appointment{}); ok {
		t.Error("an hour in the past was booked")
	}
}
