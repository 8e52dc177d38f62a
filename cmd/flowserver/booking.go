package main

import (
	"context"
	"time"

	"github.com/flowserver/flowserver/exchange"
)

// The screens, what they show and what they submit follow from booking.json. It has
// no word for the form of a phone number.
//
//go:generate go run . generate booking.json --package main --out booking_screens.go --rule DETAILS.phone=e164

// receipt comes back to the salon in the chat, when the Flow ends.
type receipt struct {
	Reference string `json:"reference"`
	Service   string `json:"service"`
	Day       string `json:"day"`
	Slot      string `json:"slot"`
}

// booking is the demo: a Flow that books an appointment at a hair salon.
type booking struct {
	diary  *diary
	drafts *drafts
}

func newBooking(now func() time.Time) *booking {
	return &booking{diary: newDiary(now), drafts: newDrafts(10_000)}
}

// Routes says who answers what.
func (b *booking) Routes() *exchange.Registry {
	r := exchange.NewRegistry(exchange.WithFlow(flowJSON))
	r.Use(b.checkToken, b.keepOrder)
	exchange.HandleInit(r, b.start)
	exchange.Handle(r, Service, b.chooseService, exchange.Reload(b.reloadService))
	exchange.Handle(r, SlotDaySelected, b.showTimes, exchange.Reload(b.reloadDay))
	exchange.Handle(r, Slot, b.chooseSlot, exchange.Reload(b.reloadSlot))
	exchange.Handle(r, Details, b.enterDetails, exchange.Reload(b.reloadDetails))
	exchange.HandleBack(r, Details, b.backToSlot)
	exchange.Handle(r, Confirm, b.book, exchange.Reload(b.reloadConfirm))
	return r
}

// checkToken refuses flow tokens that no booking can be made with.
func (b *booking) checkToken(next exchange.Handler) exchange.Handler {
	return exchange.HandlerFunc(func(ctx context.Context, msg *exchange.Message) (*exchange.Response, error) {
		// A message that was sent without a token has "unused" (Meta, "Sending a Flow",
		// June 16, 2026). All who got one would share a draft and see each other's
		// names, so it ends before the first screen.
		if msg.FlowToken == "" || msg.FlowToken == "unused" {
			return nil, exchange.ExpireToken("We cannot take a booking from this message. Please ask us for a new one.")
		}
		if b.drafts.get(msg.FlowToken).Reference != "" {
			return nil, exchange.ExpireToken("This booking is complete. To make another one, please ask us for a new message.")
		}
		return next.ServeFlow(ctx, msg)
	})
}

// keepOrder starts again whoever submits a screen without the choices of those
// before it, as after a restart of this program, which forgets all drafts. An
// answer may step back along a route, but over one only: hence the routes from
// SERVICE to each of these screens in booking.json.
func (b *booking) keepOrder(next exchange.Handler) exchange.Handler {
	return exchange.HandlerFunc(func(ctx context.Context, msg *exchange.Message) (*exchange.Response, error) {
		a := b.drafts.get(msg.FlowToken)
		if msg.Screen == Slot.ID() && a.Service.ID == "" ||
			msg.Screen == Details.ID() && a.Start.IsZero() ||
			msg.Screen == Confirm.ID() && a.Customer.Name == "" {
			return Service.ShowError(ServiceData{Services: offers}, "Sorry, we lost your choices. Please start again."), nil
		}
		return next.ServeFlow(ctx, msg)
	})
}

func (b *booking) start(context.Context, *exchange.Request[exchange.NoData]) (*exchange.Response, error) {
	return Service.Show(ServiceData{Services: offers}), nil
}

func (b *booking) chooseService(_ context.Context, req *exchange.Request[ServiceForm]) (*exchange.Response, error) {
	chosen, ok := findOffer(req.Data.Service)
	if !ok {
		return nil, exchange.Reject("We do not offer that. Please choose another service.")
	}
	b.drafts.update(req.FlowToken, func(a *appointment) { a.Service = chosen })
	return Slot.Show(b.times("")), nil
}

func (b *booking) showTimes(_ context.Context, req *exchange.Request[SlotDaySelectedForm]) (*exchange.Response, error) {
	data := b.times(req.Data.Day)
	if !data.SlotsEnabled {
		return nil, exchange.Reject("There is no free time on that day. Please choose another one.")
	}
	return Slot.Show(data), nil
}

func (b *booking) chooseSlot(_ context.Context, req *exchange.Request[SlotForm]) (*exchange.Response, error) {
	start, ok := b.diary.find(req.Data.Day, req.Data.Slot)
	if !ok {
		return nil, exchange.Reject("That time is not free. Please choose another one.")
	}
	a := b.drafts.update(req.FlowToken, func(a *appointment) { a.Start = start })
	return Details.Show(DetailsData{Summary: a.summary()}), nil
}

func (b *booking) enterDetails(_ context.Context, req *exchange.Request[DetailsForm]) (*exchange.Response, error) {
	a := b.drafts.update(req.FlowToken, func(a *appointment) { a.Customer = req.Data })
	return Confirm.Show(newConfirmData(a)), nil
}

func (b *booking) backToSlot(_ context.Context, req *exchange.Request[exchange.NoData]) (*exchange.Response, error) {
	return Slot.Show(b.times(dayID(b.drafts.get(req.FlowToken).Start))), nil
}

func (b *booking) book(_ context.Context, req *exchange.Request[ConfirmForm]) (*exchange.Response, error) {
	a := b.drafts.get(req.FlowToken)
	reference, ok := b.diary.book(a)
	if !ok {
		return Slot.ShowError(b.times(dayID(a.Start)), "Sorry, that time has just been taken. Please choose another one."), nil
	}
	b.drafts.update(req.FlowToken, func(a *appointment) { a.Reference = reference })
	return exchange.Complete(receipt{
		Reference: reference,
		Service:   a.Service.ID,
		Day:       a.Start.Format(time.DateOnly),
		Slot:      slotID(a.Start),
	}), nil
}

func (b *booking) reloadService(context.Context, *exchange.Request[ServiceForm]) (ServiceData, error) {
	return ServiceData{Services: offers}, nil
}

func (b *booking) reloadDay(_ context.Context, req *exchange.Request[SlotDaySelectedForm]) (SlotData, error) {
	return b.times(req.Data.Day), nil
}

func (b *booking) reloadSlot(_ context.Context, req *exchange.Request[SlotForm]) (SlotData, error) {
	return b.times(req.Data.Day), nil
}

func (b *booking) reloadDetails(_ context.Context, req *exchange.Request[DetailsForm]) (DetailsData, error) {
	return DetailsData{Summary: b.drafts.get(req.FlowToken).summary()}, nil
}

func (b *booking) reloadConfirm(_ context.Context, req *exchange.Request[ConfirmForm]) (ConfirmData, error) {
	return newConfirmData(b.drafts.get(req.FlowToken)), nil
}

func newConfirmData(a appointment) ConfirmData {
	return ConfirmData{Summary: a.summary() + ", for " + a.Customer.Name, Price: a.Service.Metadata}
}

// times is what SLOT shows once the day of that id has been chosen.
func (b *booking) times(day string) SlotData {
	var data SlotData
	for _, d := range b.diary.days() {
		data.Days = append(data.Days, SlotDaysItem{ID: dayID(d), Title: d.Format("Monday, 2 January")})
	}
	for _, start := range b.diary.free(day) {
		data.Slots = append(data.Slots, SlotSlotsItem{ID: slotID(start), Title: slotID(start)})
	}
	data.SlotsEnabled = len(data.Slots) > 0
	if !data.SlotsEnabled { // a Dropdown must have an option (Meta, "Components", April 14, 2026)
		data.Slots = []SlotSlotsItem{{ID: "none", Title: "Choose a day first"}}
	}
	return data
}
