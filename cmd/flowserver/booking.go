package main

import (
	"context"
	"log/slog"
	"time"

	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/exchange/session"
	"github.com/flowserver/flowserver/exchange/token"
	"github.com/flowserver/flowserver/protocol"
	"github.com/flowserver/flowserver/store"
)

// The screens, what they show and what they submit follow from booking.json. It has
// no word for the form of a phone number.
//
//go:generate go run . generate booking.json --package main --out booking_screens.go --rule DETAILS.phone=e164

const (
	flowID = "booking"
	// repeats is how long a second tap on "Confirm" gets the answer of the first one.
	repeats = 10 * time.Minute

	wrongMessage = "We cannot take a booking from this message. Please ask us for a new one."
	oldMessage   = "This message is too old to book from. Please ask us for a new one."
	complete     = "This booking is complete. To make another one, please ask us for a new message."
)

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
	store  store.KeyValue
	drafts *session.Sessions[appointment] // by flow token
	tokens exchange.Middleware
}

// newBooking returns the demo. tokens verifies flow tokens; if it is nil, the salon
// signs none and accepts any token that a message does not share with others.
//
// Drafts are kept in memory, so a restart loses them. A Flow on several replicas
// keeps them in a Redis, see package store/redis.
func newBooking(now func() time.Time, tokens *token.Signer) *booking {
	b := &booking{diary: newDiary(now), store: store.NewMemory(store.MemoryOptions{MaxBytes: 4 << 20}), tokens: ownToken}
	if tokens != nil {
		b.tokens = token.Middleware(tokens, token.Options{Flow: flowID, Expired: oldMessage, Invalid: wrongMessage})
	}
	var err error
	if b.drafts, err = session.New[appointment](b.store, session.Config{Flow: flowID}); err != nil {
		panic(err) // a mistake above
	}
	return b
}

// Routes returns the handlers.
func (b *booking) Routes() *exchange.Registry {
	r := exchange.NewRegistry(exchange.WithFlow(flowJSON))
	r.Use(b.tokens, b.loadDraft, keepOrder)
	exchange.HandleInit(r, b.start)
	exchange.Handle(r, Service, b.chooseService, exchange.Reload(b.reloadService))
	exchange.Handle(r, SlotDaySelected, b.showTimes, exchange.Reload(b.reloadDay))
	exchange.Handle(r, Slot, b.chooseSlot, exchange.Reload(b.reloadSlot))
	exchange.Handle(r, Details, b.enterDetails, exchange.Reload(b.reloadDetails))
	exchange.HandleBack(r, Details, b.backToSlot)
	exchange.Handle(r, Confirm, exchange.Once(b.store, repeats, b.book), exchange.Reload(b.reloadConfirm))
	return r
}

// ownToken refuses requests that have no token or the shared one. A message that was sent
// without a token has "unused": all who got one would share a draft and see each
// other's names, so the Flow ends before the first screen.
func ownToken(next exchange.Handler) exchange.Handler {
	return exchange.HandlerFunc(func(ctx context.Context, msg *exchange.Message) (*exchange.Response, error) {
		if msg.FlowToken == "" || msg.FlowToken == protocol.TokenUnused {
			return nil, exchange.ExpireToken(wrongMessage)
		}
		return next.ServeFlow(ctx, msg)
	})
}

type draftKey struct{}

// draftOf returns the appointment as it was when the request arrived, which loadDraft
// put into the context.
func draftOf(ctx context.Context) appointment {
	a, _ := ctx.Value(draftKey{}).(appointment)
	return a
}

// loadDraft loads the draft of a request, and ends the Flow of a message that has done
// its work. Only a repeated confirmation passes: it gets the receipt again.
func (b *booking) loadDraft(next exchange.Handler) exchange.Handler {
	return exchange.HandlerFunc(func(ctx context.Context, msg *exchange.Message) (*exchange.Response, error) {
		a, _, err := b.drafts.Load(ctx, msg.FlowToken)
		if err != nil {
			return nil, err
		}
		confirms := msg.Action == exchange.ActionDataExchange && msg.Screen == Confirm.ID()
		if a.Reference != "" && !confirms {
			return nil, exchange.ExpireToken(complete)
		}
		return next.ServeFlow(context.WithValue(ctx, draftKey{}, a), msg)
	})
}

// keepOrder sends users back to the first screen if an earlier choice is missing, for
// example after a restart of this program. An answer may step back along a route, but
// over one only: hence the routes from SERVICE to each of these screens in booking.json.
func keepOrder(next exchange.Handler) exchange.Handler {
	return exchange.HandlerFunc(func(ctx context.Context, msg *exchange.Message) (*exchange.Response, error) {
		a := draftOf(ctx)
		if msg.Screen == Slot.ID() && a.Service.ID == "" ||
			msg.Screen == Details.ID() && a.Start.IsZero() ||
			msg.Screen == Confirm.ID() && a.Customer.Name == "" {
			return Service.ShowError(ServiceData{Services: offers}, "Sorry, we lost your choices. Please start again."), nil
		}
		return next.ServeFlow(ctx, msg)
	})
}

// update changes the draft of a flow token. Handlers change only what their screen asks
// for, so that requests that come at the same time do not undo each other.
func (b *booking) update(ctx context.Context, flowToken string, change func(*appointment)) (appointment, error) {
	return b.drafts.Update(ctx, flowToken, func(a *appointment) error {
		change(a)
		return nil
	})
}

func (b *booking) start(context.Context, *exchange.Request[exchange.NoData]) (*exchange.Response, error) {
	return Service.Show(ServiceData{Services: offers}), nil
}

func (b *booking) chooseService(ctx context.Context, req *exchange.Request[ServiceForm]) (*exchange.Response, error) {
	chosen, ok := findOffer(req.Data.Service)
	if !ok {
		return nil, exchange.Reject("We do not offer that. Please choose another service.")
	}
	if _, err := b.update(ctx, req.FlowToken, func(a *appointment) { a.Service = chosen }); err != nil {
		return nil, err
	}
	return Slot.Show(b.times("")), nil
}

func (b *booking) showTimes(_ context.Context, req *exchange.Request[SlotDaySelectedForm]) (*exchange.Response, error) {
	data := b.times(req.Data.Day)
	if !data.SlotsEnabled {
		return nil, exchange.Reject("There is no free time on that day. Please choose another one.")
	}
	return Slot.Show(data), nil
}

func (b *booking) chooseSlot(ctx context.Context, req *exchange.Request[SlotForm]) (*exchange.Response, error) {
	start, ok := b.diary.find(req.Data.Day, req.Data.Slot)
	if !ok {
		return nil, exchange.Reject("That time is not free. Please choose another one.")
	}
	a, err := b.update(ctx, req.FlowToken, func(a *appointment) { a.Start = start })
	if err != nil {
		return nil, err
	}
	return Details.Show(DetailsData{Summary: a.summary()}), nil
}

func (b *booking) enterDetails(ctx context.Context, req *exchange.Request[DetailsForm]) (*exchange.Response, error) {
	a, err := b.update(ctx, req.FlowToken, func(a *appointment) { a.Customer = req.Data })
	if err != nil {
		return nil, err
	}
	return Confirm.Show(newConfirmData(a)), nil
}

func (b *booking) backToSlot(ctx context.Context, _ *exchange.Request[exchange.NoData]) (*exchange.Response, error) {
	return Slot.Show(b.times(dayID(draftOf(ctx).Start))), nil
}

// book runs once for each confirmation, see [exchange.Once].
func (b *booking) book(ctx context.Context, req *exchange.Request[ConfirmForm]) (*exchange.Response, error) {
	a := draftOf(ctx)
	if a.Reference != "" { // the booking is done, and its receipt has expired
		return nil, exchange.ExpireToken(complete)
	}
	reference, ok := b.diary.book(req.FlowToken, a)
	if !ok {
		return Slot.ShowError(b.times(dayID(a.Start)), "Sorry, that time has just been taken. Please choose another one."), nil
	}
	if _, err := b.update(ctx, req.FlowToken, func(a *appointment) { a.Reference = reference }); err != nil {
		return nil, err // the diary gives the same reference when the user tries again
	}
	exchange.Logger(ctx).Info("the appointment is booked", slog.String("reference", reference))
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

func (b *booking) reloadDetails(ctx context.Context, req *exchange.Request[DetailsForm]) (DetailsData, error) {
	a, _, err := b.drafts.Load(ctx, req.FlowToken) // Reload runs outside of the middleware
	return DetailsData{Summary: a.summary()}, err
}

func (b *booking) reloadConfirm(ctx context.Context, req *exchange.Request[ConfirmForm]) (ConfirmData, error) {
	a, _, err := b.drafts.Load(ctx, req.FlowToken)
	return newConfirmData(a), err
}

func newConfirmData(a appointment) ConfirmData {
	return ConfirmData{Summary: a.summary() + ", for " + a.Customer.Name, Price: a.Service.Metadata}
}

// times is what SLOT shows once the day of that id has been chosen.
func (b *booking) times(day string) SlotData {
	var data SlotData
	for _, d := range b.diary.days() {
		data.Days = append(data.Days, Item{ID: dayID(d), Title: d.Format("Monday, 2 January")})
	}
	for _, start := range b.diary.free(day) {
		data.Slots = append(data.Slots, Item{ID: slotID(start), Title: slotID(start)})
	}
	data.SlotsEnabled = len(data.Slots) > 0
	if !data.SlotsEnabled { // a Dropdown must have an option (Meta, "Components", April 14, 2026)
		data.Slots = []Item{{ID: "none", Title: "Choose a day first"}}
	}
	return data
}
