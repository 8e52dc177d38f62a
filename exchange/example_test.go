package exchange_test

import (
	"context"
	"fmt"
	"net/http"

	"github.com/flowserver/flowserver/exchange"
)

type slotForm struct {
	Date string `json:"date" validate:"required,datetime=2006-01-02"`
}

type slotData struct {
	Slots         []string          `json:"slots"`
	ErrorMessages map[string]string `json:"error_messages"`
}

var slot = exchange.NewScreen[slotData, slotForm]("SLOT")

// Diary answers the screens of a small Flow.
type diary struct{ free []string }

func (d *diary) start(context.Context, *exchange.Request[exchange.NoData]) (*exchange.Response, error) {
	return slot.Show(slotData{Slots: d.free}), nil
}

func (d *diary) pickSlot(_ context.Context, req *exchange.Request[slotForm]) (*exchange.Response, error) {
	if req.Data.Date == "2027-01-01" {
		return nil, exchange.Reject("We are closed on that day.")
	}
	return exchange.Complete(map[string]string{"date": req.Data.Date}), nil
}

func (d *diary) slots(context.Context, *exchange.Request[slotForm]) (slotData, error) {
	return slotData{Slots: d.free}, nil
}

func Example() {
	d := &diary{free: []string{"2027-01-04"}}
	r := exchange.NewRegistry()
	exchange.HandleInit(r, d.start)
	exchange.Handle(r, slot, d.pickSlot, exchange.Reload(d.slots))

	endpoint, err := exchange.NewEndpoint(exchange.Config{
		Flow: "diary", Handler: r, Keys: keys{exampleKey}, AppSecrets: [][]byte{[]byte("the Meta app's secret")},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	http.Handle("/flows/diary", endpoint) // or any other router

	// what goes in and out, without the encryption around it
	for _, request := range []string{
		`{"version":"3.0","action":"INIT","flow_token":"t"}`,
		`{"version":"3.0","action":"data_exchange","screen":"SLOT","data":{"date":"tomorrow"},"flow_token":"t"}`,
		`{"version":"3.0","action":"data_exchange","screen":"SLOT","data":{"date":"2027-01-01"},"flow_token":"t"}`,
		`{"version":"3.0","action":"data_exchange","screen":"SLOT","data":{"date":"2027-01-04"},"flow_token":"t"}`,
	} {
		status, answer, _ := endpoint.AnswerClear(context.Background(), []byte(request))
		fmt.Printf("%d %s\n", status, answer)
	}
	// Output:
	// 200 {"screen":"SLOT","data":{"slots":["2027-01-04"],"error_messages":{}}}
	// 200 {"screen":"SLOT","data":{"error_message":"Please check: Date","error_messages":{"date":"Enter a valid date"},"slots":["2027-01-04"]}}
	// 200 {"screen":"SLOT","data":{"error_message":"We are closed on that day.","error_messages":{},"slots":["2027-01-04"]}}
	// 200 {"screen":"SUCCESS","data":{"extension_message_response":{"params":{"date":"2027-01-04","flow_token":"t"}}}}
}

func ExampleTrigger() {
	type departmentForm struct {
		Department string `json:"department" validate:"required"`
	}
	type bookForm struct {
		Department string `json:"department" validate:"required"`
		Date       string `json:"date" validate:"required"`
	}
	type appointmentData struct {
		Dates []string `json:"dates"`
	}
	appointment := exchange.NewScreen[appointmentData, bookForm]("APPOINTMENT")
	department := exchange.Trigger[departmentForm](appointment, "trigger", "department_selected")
	none := appointmentData{Dates: []string{}}

	r := exchange.NewRegistry()
	exchange.Handle(r, department, func(_ context.Context, req *exchange.Request[departmentForm]) (*exchange.Response, error) {
		return appointment.Show(appointmentData{Dates: []string{"2027-01-04 for " + req.Data.Department}}), nil
	}, exchange.Reload(func(context.Context, *exchange.Request[departmentForm]) (appointmentData, error) { return none, nil }))
	exchange.Handle(r, appointment, func(context.Context, *exchange.Request[bookForm]) (*exchange.Response, error) {
		return exchange.Complete(nil), nil
	}, exchange.Reload(func(context.Context, *exchange.Request[bookForm]) (appointmentData, error) { return none, nil }))

	for _, data := range []string{
		`{"trigger":"department_selected","department":"beauty"}`,
		`{"department":"beauty","date":"2027-01-04"}`,
	} {
		resp, err := r.ServeFlow(context.Background(), &exchange.Message{Action: exchange.ActionDataExchange, Screen: "APPOINTMENT", Data: []byte(data)})
		fmt.Println(resp.Screen(), resp.Data(), err)
	}
	// Output:
	// APPOINTMENT {[2027-01-04 for beauty]} <nil>
	// SUCCESS <nil> <nil>
}

func ExampleScreen_ShowError() {
	resp := slot.ShowError(slotData{Slots: []string{"2027-01-05"}}, "That day has just been taken.")
	fmt.Println(resp.Screen(), resp.Data(), resp.ErrorMessage())
	// Output: SLOT {[2027-01-05] map[]} That day has just been taken.
}
