package exchange_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/flowserver/flowserver/exchange"
)

// An endpoint is an http.Handler, so it fits into a program with a router of its own,
// here Echo. Register it for any method: the endpoint itself answers 405.
func ExampleNewEndpoint() {
	r := exchange.NewRegistry()
	exchange.HandleInit(r, func(context.Context, *exchange.Request[exchange.NoData]) (*exchange.Response, error) {
		return exchange.NewResponse("WELCOME", nil), nil
	})
	endpoint, err := exchange.NewEndpoint(exchange.Config{
		Flow:       "welcome",
		Handler:    r,
		Keys:       keys{exampleKey}, // a keystore.Ring
		AppSecrets: [][]byte{[]byte("the Meta app's secret")},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	e := echo.New()
	e.Any("/flows/welcome", echo.WrapHandler(endpoint))

	for _, method := range []string{http.MethodGet, http.MethodPost} {
		answer := httptest.NewRecorder()
		e.ServeHTTP(answer, httptest.NewRequest(method, "/flows/welcome", strings.NewReader("{}")))
		fmt.Println(method, answer.Code) // the POST has no signature
	}
	// Output:
	// GET 405
	// POST 432
}
