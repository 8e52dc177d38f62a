package providers_test

import (
	"encoding/json"

	"github.com/flowserver/flowserver/internal/standin"
	"github.com/flowserver/flowserver/providers"
	"github.com/flowserver/flowserver/providers/internal/providertest"
)

func chakra() providertest.Adapter {
	const uri = "/v1/whatsapp/v24.0/106540352242922/whatsapp_business_encryption"
	return providertest.Adapter{
		Provider: "chakra",
		Account:  standin.Account{"access_token": "EAAGqT7nXw|Zk0BA9/vLr2+u4==", "phone_number_id": "106540352242922"},
		Get: providertest.Request{Method: "GET", URI: uri, Header: map[string][]string{
			"Authorization": {"Bearer EAAGqT7nXw|Zk0BA9/vLr2+u4=="}, "Accept": {"application/json"}, "User-Agent": {"flowserver"}, "Content-Type": {},
		}},
		Set: func(publicPEM string) providertest.Request {
			body, err := json.Marshal(map[string]string{"business_public_key": publicPEM})
			if err != nil {
				panic(err)
			}
			return providertest.Request{Method: "POST", URI: uri, Body: string(body), Header: map[string][]string{
				"Authorization": {"Bearer EAAGqT7nXw|Zk0BA9/vLr2+u4=="}, "Accept": {"application/json"}, "User-Agent": {"flowserver"},
				"Content-Type": {"application/json"},
			}}
		},
		Faults: map[standin.Fault]providertest.Expectation{
			standin.Forbidden: {Kind: providers.ErrForbidden, Status: 403, Reads: 1},
			standin.ErrorInOK: {Kind: providers.ErrNotFound, Status: 200, Reads: 1},
		},
	}
}
