package main

import (
	"strings"
	"sync"
	"time"
)

// The salon is open from Monday to Saturday, and one customer comes each hour.
const (
	firstHour = 9
	lastHour  = 17
)

// offer is what the salon does for its customers, as the screen SERVICE lists it:
// Metadata is the price.
type offer = ServiceServicesItem

var offers = []offer{
	{ID: "haircut", Title: "Haircut", Description: "Wash, cut and blow-dry", Metadata: "£32"},
	{ID: "colour", Title: "Colour", Description: "One colour, roots to ends", Metadata: "£54"},
	{ID: "beard", Title: "Beard", Description: "Trim with a hot towel", Metadata: "£18"},
}

func findOffer(id string) (offer, bool) {
	for _, o := range offers {
		if o.ID == id {
			return o, true
		}
	}
	return offer{}, false
}

// appointment is a draft until it has a reference, which it gets in the diary. The
// session of its flow token keeps it as JSON.
type appointment struct {
	Service   offer
	Start     time.Time
	Customer  DetailsForm
	Reference string
}

func (a appointment) summary() string {
	return a.Service.Title + " on " + a.Start.Format("Monday, 2 January") + " at " + slotID(a.Start)
}

// diary has the appointments of the salon. Safe for concurrent use.
type diary struct {
	now func() time.Time

	mu           sync.Mutex
	appointments map[string]entry // by reference
}

// entry is an appointment and the flow token that it was made with.
type entry struct {
	flowToken string
	appointment
}

func newDiary(now func() time.Time) *diary {
	return &diary{now: now, appointments: map[string]entry{}}
}

// days returns the first hour of the next six days that the salon is open,
// today not among them.
func (d *diary) days() []time.Time {
	now := d.now()
	var days []time.Time
	for ahead := 1; ahead <= 7; ahead++ {
		day := time.Date(now.Year(), now.Month(), now.Day()+ahead, firstHour, 0, 0, 0, now.Location())
		if day.Weekday() != time.Sunday {
			days = append(days, day)
		}
	}
	return days
}

// free returns the hours of a day that are not taken; none of an unknown day.
func (d *diary) free(day string) []time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	var free []time.Time
	for _, first := range d.days() {
		if dayID(first) != day {
			continue
		}
		for hour := range lastHour - firstHour + 1 {
			start := first.Add(time.Duration(hour) * time.Hour)
			if _, taken := d.appointments[reference(start)]; !taken {
				free = append(free, start)
			}
		}
	}
	return free
}

// find returns the free hour that has these ids.
func (d *diary) find(day, slot string) (start time.Time, ok bool) {
	for _, start := range d.free(day) {
		if slotID(start) == slot {
			return start, true
		}
	}
	return time.Time{}, false
}

// book enters an appointment and returns its reference. It is not ok if the hour is
// taken or past. The flow token that has taken it gets the same reference again.
func (d *diary) book(flowToken string, a appointment) (ref string, ok bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	ref = reference(a.Start)
	if holder, taken := d.appointments[ref]; taken {
		return ref, holder.flowToken == flowToken
	}
	if !a.Start.After(d.now()) {
		return "", false
	}
	a.Reference = ref
	d.appointments[ref] = entry{flowToken, a}
	return ref, true
}

// reference names an hour of the diary, and so the one appointment in it.
func reference(start time.Time) string { return start.Format("20060102-1504") }

// dayID and slotID are the ids of the options in SLOT: mon, 09:00.
func dayID(day time.Time) string    { return strings.ToLower(day.Format("Mon")) }
func slotID(start time.Time) string { return start.Format("15:04") }
