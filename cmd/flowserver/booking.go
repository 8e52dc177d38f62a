package main

import (
	"context"
	"time"

	"github.com/flowserver/flowserver/exchange"
)

// The screens of testdata/flows/booking.json, each with what it shows and what
// it submits. The fifth, TERMS, asks nothing of us.
var (
	service     = exchange.NewScreen[serviceData, serviceForm]("SERVICE")
	slot        = exchange.NewScreen[slotData, slotForm]("SLOT")
	daySelected = exchange.Trigger[dayForm](slot, "trigger", "day_selected")
	details     = exchange.NewScreen[detailsData, detailsForm]("DETAILS")
	confirm     = exchange.NewScreen[confirmData, confirmForm]("CONFIRM")
)

type serviceData struct {
	Services []offer `json:"services"`
}

type serviceForm struct {
	Service string `json:"service" validate:"required"`
}

type slotData struct {
	Days         []option `json:"days"`
	Slots        []option `json:"slots"`
	SlotsEnabled bool     `json:"slots_enabled"`
}

// option is a line of a Dropdown.
type option struct {
	ID    string `json:"id"`
	Title string `json:"title"`
}

type dayForm struct {
	Day string `json:"day" validate:"required"`
}

type slotForm struct {
	Day  string `json:"day" validate:"required"`
	Slot string `json:"slot" validate:"required"`
}

type detailsData struct {
	Summary       string            `json:"summary"`
	ErrorMessages map[string]string `json:"error_messages"`
}

type detailsForm struct {
	Name  string `json:"name" validate:"required,min=2,max=40"`
	Email string `json:"email" validate:"required,email"`
	Phone string `json:"phone" validate:"omitempty,e164"`
	Note  string `json:"note" validate:"max=200"`
}

type confirmData struct {
	Summary string `json:"summary"`
	Price   string `json:"price"`
}

type confirmForm struct {
	Terms bool `json:"terms" validate:"required"`
}

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
	r := exchange.NewRegistry()
	r.Use(b.checkToken, b.keepOrder)
	exchange.HandleInit(r, b.start)
	exchange.Handle(r, service, b.chooseService, exchange.Reload(b.reloadService))
	exchange.Handle(r, daySelected, b.showTimes, exchange.Reload(b.reloadDay))
	exchange.Handle(r, slot, b.chooseSlot, exchange.Reload(b.reloadSlot))
	exchange.Handle(r, details, b.enterDetails, exchange.Reload(b.reloadDetails))
	exchange.HandleBack(r, details, b.backToSlot)
	exchange.Handle(r, confirm, b.book, exchange.Reload(b.reloadConfirm))
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
		if msg.Screen == slot.ID() && a.Service.ID == "" ||
			msg.Screen == details.ID() && a.Start.IsZero() ||
			msg.Screen == confirm.ID() && a.Customer.Name == "" {
			return service.ShowError(serviceData{Services: offers}, "Sorry, we lost your choices. Please start again."), nil
		}
		return next.ServeFlow(ctx, msg)
	})
}

func (b *booking) start(context.Context, *exchange.Request[exchange.NoData]) (*exchange.Response, error) {
	return service.Show(serviceData{Services: offers}), nil
}

func (b *booking) chooseService(_ context.Context, req *exchange.Request[serviceForm]) (*exchange.Response, error) {
	chosen, ok := findOffer(req.Data.Service)
	if !ok {
		return nil, exchange.Reject("We do not offer that. Please choose another service.")
	}
	b.drafts.update(req.FlowToken, func(a *appointment) { a.Service = chosen })
	return slot.Show(b.times("")), nil
}

func (b *booking) showTimes(_ context.Context, req *exchange.Request[dayForm]) (*exchange.Response, error) {
	data := b.times(req.Data.Day)
	if !data.SlotsEnabled {
		return nil, exchange.Reject("There is no free time on that day. Please choose another one.")
	}
	return slot.Show(data), nil
}

func (b *booking) chooseSlot(_ context.Context, req *exchange.Request[slotForm]) (*exchange.Response, error) {
	start, ok := b.diary.find(req.Data.Day, req.Data.Slot)
	if !ok {
		return nil, exchange.Reject("That time is not free. Please choose another one.")
	}
	a := b.drafts.update(req.FlowToken, func(a *appointment) { a.Start = start })
	return details.Show(detailsData{Summary: a.summary()}), nil
}

func (b *booking) enterDetails(_ context.Context, req *exchange.Request[detailsForm]) (*exchange.Response, error) {
	a := b.drafts.update(req.FlowToken, func(a *appointment) { a.Customer = req.Data })
	return confirm.Show(newConfirmData(a)), nil
}

func (b *booking) backToSlot(_ context.Context, req *exchange.Request[exchange.NoData]) (*exchange.Response, error) {
	return slot.Show(b.times(dayID(b.drafts.get(req.FlowToken).Start))), nil
}

func (b *booking) book(_ context.Context, req *exchange.Request[confirmForm]) (*exchange.Response, error) {
	a := b.drafts.get(req.FlowToken)
	reference, ok := b.diary.book(a)
	if !ok {
		return slot.ShowError(b.times(dayID(a.Start)), "Sorry, that time has just been taken. Please choose another one."), nil
	}
	b.drafts.update(req.FlowToken, func(a *appointment) { a.Reference = reference })
	return exchange.Complete(receipt{
		Reference: reference,
		Service:   a.Service.ID,
		Day:       a.Start.Format(time.DateOnly),
		Slot:      slotID(a.Start),
	}), nil
}

func (b *booking) reloadService(context.Context, *exchange.Request[serviceForm]) (serviceData, error) {
	return serviceData{Services: offers}, nil
}

func (b *booking) reloadDay(_ context.Context, req *exchange.Request[dayForm]) (slotData, error) {
	return b.times(req.Data.Day), nil
}

func (b *booking) reloadSlot(_ context.Context, req *exchange.Request[slotForm]) (slotData, error) {
	return b.times(req.Data.Day), nil
}

func (b *booking) reloadDetails(_ context.Context, req *exchange.Request[detailsForm]) (detailsData, error) {
	return detailsData{Summary: b.drafts.get(req.FlowToken).summary()}, nil
}

func (b *booking) reloadConfirm(_ context.Context, req *exchange.Request[confirmForm]) (confirmData, error) {
	return newConfirmData(b.drafts.get(req.FlowToken)), nil
}

func newConfirmData(a appointment) confirmData {
	return confirmData{Summary: a.summary() + ", for " + a.Customer.Name, Price: a.Service.Price}
}

// times is what SLOT shows once the day of that id has been chosen.
func (b *booking) times(day string) slotData {
	var data slotData
	for _, d := range b.diary.days() {
		data.Days = append(data.Days, option{ID: dayID(d), Title: d.Format("Monday, 2 January")})
	}
	for _, start := range b.diary.free(day) {
		data.Slots = append(data.Slots, option{ID: slotID(start), Title: slotID(start)})
	}
	data.SlotsEnabled = len(data.Slots) > 0
	if !data.SlotsEnabled { // a Dropdown must have an option (Meta, "Components", April 14, 2026)
		data.Slots = []option{{ID: "none", Title: "Choose a day first"}}
	}
	return data
}
