package providers_test

import (
	"net/url"

	"github.com/flowserver/flowserver/internal/standin"
	"github.com/flowserver/flowserver/providers"
	"github.com/flowserver/flowserver/providers/internal/providertest"
)

func meta() providertest.Adapter {
	const uri = "/v24.0/106540352242922/whatsapp_business_encryption"
	return providertest.Adapter{
		Provider: "meta",
		Account:  standin.Account{"access_token": "EAAGqT7nXw|Zk0BA9/vLr2+u4==", "phone_number_id": "106540352242922"},
		Get: providertest.Request{Method: "GET", URI: uri, Header: map[string][]string{
			"Authorization": {"Bearer EAAGqT7nXw|Zk0BA9/vLr2+u4=="}, "Accept": {"application/json"}, "User-Agent": {"flowserver"}, "Content-Type": {},
		}},
		Set: func(publicPEM string) providertest.Request {
			return providertest.Request{
				Method: "POST", URI: uri, Body: "business_public_key=" + url.QueryEscape(publicPEM),
				Header: map[string][]string{
					"Authorization": {"Bearer EAAGqT7nXw|Zk0BA9/vLr2+u4=="}, "Accept": {"application/json"}, "User-Agent": {"flowserver"},
					"Content-Type": {"application/x-www-form-urlencoded"},
				},
			}
		},
		Faults: map[standin.Fault]providertest.Expectation{
			standin.Forbidden: {Kind: providers.ErrForbidden, Status: 403, Reads: 1},
			standin.ErrorInOK: {Kind: providers.ErrUnauthorized, Status: 200, Reads: 1},
		},
	}
}
