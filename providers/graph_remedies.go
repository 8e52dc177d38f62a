package providers

import "strings"

// graphRemedies says what to do about codes of the Graph API for which the kind of the
// error does not say enough.
//
// Sources: Meta, "Cloud API error codes", as ChakraHQ, Kaleyra and 360dialog quote it in
// November 2026, and "Flows error codes" (June 16, 2026). That these come for the public
// key, too, is seen in practice and not documented.
var graphRemedies = map[int]string{
	10: "the app or its token lacks the permission whatsapp_business_management, or lost it: look at it in Meta's access token debugger; " +
		"with a permission, check that the number may use Flows with an endpoint",
	33:     "the phone number was deleted: check phone_number_id in WhatsApp Manager, Phone numbers",
	368:    accountRestricted,
	131005: "the permission whatsapp_business_management was not given to the token, or was taken away: look at it in Meta's access token debugger",
	131031: accountRestricted,
	131057: "nothing to repair: the account is in maintenance, for example because its throughput is being raised; try again in some minutes",
	133010: "the number is not registered with the Cloud API: register it first (POST /<phone number id>/register, or in WhatsApp Manager); " +
		"its public key is not the cause",
	139000: "Meta has blocked Flows for the business account for integrity: see the account's quality and restrictions in Business Support Home, " +
		"and verify the business; the public key is not the cause",
}

const accountRestricted = "the WhatsApp Business account is locked or restricted for a violation of policies: see Business Support Home " +
	"(business.facebook.com/business-support-home) and appeal there; the public key is not the cause"

// graphRemedy returns the remedy for the code of an error, or for its message where Meta has
// no code of its own; empty if its kind says enough.
func graphRemedy(e graphError, message string) string {
	if strings.Contains(message, "appsecret_proof") {
		return "the app accepts only calls with an appsecret_proof, which flowserver does not send: " +
			"switch off Require app secret in Meta's App Dashboard, App settings, Advanced"
	}
	code, known := integer(e.Code)
	if !known {
		return ""
	}
	return graphRemedies[code]
}
