package server

import (
	"fmt"

	"github.com/flowserver/flowserver/internal/config"
	"github.com/flowserver/flowserver/providers"
	"github.com/flowserver/flowserver/registration"
)

// NewRegistrar makes the adapter that a number's provider needs; nil if it has
// none. observe is told of each request: operation and outcome.
func NewRegistrar(cfg config.Provider, observe func(op, outcome string)) (registration.Registrar, error) {
	transport := providers.Transport{Observe: observe}
	switch cfg.Name {
	case config.ProviderChakra:
		return providers.NewChakra(providers.ChakraConfig{
			BaseURL: cfg.BaseURL, AccessToken: cfg.AccessToken.Reveal(), GraphVersion: cfg.GraphVersion, PhoneNumberID: cfg.PhoneNumberID, Transport: transport,
		})
	case config.ProviderMeta:
		return providers.NewMeta(providers.MetaConfig{
			BaseURL: cfg.BaseURL, AccessToken: cfg.AccessToken.Reveal(), GraphVersion: cfg.GraphVersion, PhoneNumberID: cfg.PhoneNumberID, Transport: transport,
		})
	case config.ProviderKaleyra:
		return providers.NewKaleyra(providers.KaleyraConfig{
			Pod: cfg.Pod, BaseURL: cfg.BaseURL, SID: cfg.SID, APIKey: cfg.APIKey.Reveal(), PhoneNumber: cfg.PhoneNumber,
			GetMethod: providers.GetMethod(cfg.GetMethod), Transport: transport,
		})
	case config.ProviderNone:
		return nil, nil
	default:
		return nil, fmt.Errorf("provider %q is unknown", cfg.Name)
	}
}
