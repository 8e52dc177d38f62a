package providers_test

import (
	"encoding/json"
	"net/url"
	"testing"

	"github.com/flowserver/flowserver/internal/standin"
	"github.com/flowserver/flowserver/providers"
	"github.com/flowserver/flowserver/providers/internal/providertest"
	"github.com/flowserver/flowserver/registration"
)

// TestConformance runs the suite, with the requests spelled out as the vendors
// document them.
func TestConformance(t *testing.T) {
	t.Parallel()
	for _, adapter := range []providertest.Adapter{chakra(), kaleyra(), meta()} {
		t.Run(adapter.Provider, func(t *testing.T) {
			t.Parallel()
			providertest.Run(t, adapter)
		})
	}
}

func chakra() providertest.Adapter {
	const uri = "/v1/whatsapp/v24.0/106540352242922/whatsapp_business_encryption"
	return providertest.Adapter{
		Provider: "chakra",
		Dialect:  standin.Chakra,
		New: func(baseURL string, account standin.Account, transport providers.Transport) (registration.Registrar, error) {
			return providers.NewChakra(providers.ChakraConfig{
				BaseURL: baseURL, AccessToken: account["access_token"], PhoneNumberID: account["phone_number_id"], Transport: transport,
			})
		},
		Get: providertest.Request{Method: "GET", URI: uri, Header: map[string][]string{
			"Authorization": {"Bearer EAAGqT7nXw|Zk0BA9/vLr2+u4=="}, "Accept": {"application/json"}, "User-Agent": {"flowserver"}, "Content-Type": {},
		}},
		Set: func(publicPEM string) providertest.Request {
			body, err := json.Marshal(map[string]string{"business_public_key": publicPEM})
			if err != nil {
				panic(err)
			}
			return providertest.Request{Method: "POST", URI: uri, Body: string(body), Header: map[string][]string{
				"Authorization": {"Bearer EAAGqT7nXw|Zk0BA9/vLr2+u4=="}, "Accept": {"application/json"}, "User-Agent": {"flowserver"}, "Content-Type": {"application/json"},
			}}
		},
	}
}

func kaleyra() providertest.Adapter {
	const uri = "/v2/HXAP16QWERTY97IN/whatsapp/+919900000000/flows_encryption"
	header := map[string][]string{
		"Api-Key": {"A8d1f0c7e2b95463f"}, "Accept": {"application/json"}, "User-Agent": {"flowserver"},
		"Content-Type": {"application/x-www-form-urlencoded"}, "Authorization": {},
	}
	return providertest.Adapter{
		Provider: "kaleyra",
		Dialect:  standin.Kaleyra,
		New: func(baseURL string, account standin.Account, transport providers.Transport) (registration.Registrar, error) {
			return providers.NewKaleyra(providers.KaleyraConfig{
				BaseURL: baseURL, SID: account["sid"], APIKey: account["api_key"], PhoneNumber: account["phone_number"], Transport: transport,
			})
		},
		Get: providertest.Request{Method: "POST", URI: uri, Header: header},
		Set: func(publicPEM string) providertest.Request {
			return providertest.Request{
				Method: "POST", URI: uri, Header: header,
				Body: "business_public_key=" + url.QueryEscape(publicPEM),
			}
		},
	}
}

func meta() providertest.Adapter {
	const uri = "/v24.0/106540352242922/whatsapp_business_encryption"
	return providertest.Adapter{
		Provider: "meta",
		Dialect:  standin.Meta,
		New: func(baseURL string, account standin.Account, transport providers.Transport) (registration.Registrar, error) {
			return providers.NewMeta(providers.MetaConfig{
				BaseURL: baseURL, AccessToken: account["access_token"], PhoneNumberID: account["phone_number_id"], Transport: transport,
			})
		},
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
	}
}
