// Command flow is a WhatsApp Flow behind flowserver, with nothing but Go's standard library.
package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

type object = map[string]any

type message struct {
	Action, Screen string
	Data           object
	FlowToken      string `json:"flow_token"`
}

var titles = map[string]string{"mon": "Monday", "sun": "Sunday"}

var days = []object{{"id": "mon", "title": "Monday"}, {"id": "sun", "title": "Sunday"}}

// genuine verifies a message by Standard Webhooks: one of the signatures fits, and the
// message is at most five minutes old.
func genuine(key []byte, h http.Header, body []byte) bool {
	sent, err := strconv.ParseUint(h.Get("webhook-timestamp"), 10, 40)
	if err != nil || time.Since(time.Unix(int64(sent), 0)).Abs() > 5*time.Minute {
		return false
	}
	mac := hmac.New(sha256.New, key)
	fmt.Fprintf(mac, "%s.%s.%s", h.Get("webhook-id"), h.Get("webhook-timestamp"), body)
	want := []byte("v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	for _, signature := range strings.Split(h.Get("webhook-signature"), " ") {
		if hmac.Equal(want, []byte(signature)) {
			return true
		}
	}
	return false
}

// answer returns a status and what becomes the JSON body.
func answer(m message) (status int, content object) {
	day, _ := m.Data["day"].(string)
	title := titles[day]
	switch {
	case m.Action == "error": // the phone could not use one of our answers: look into it
		return 200, object{}
	case m.FlowToken == "used":
		return 427, object{"error_msg": "You have booked already. Write to us to change it."}
	case m.Action == "INIT", m.Action == "BACK":
		return 200, object{"screen": "DAY", "data": object{"days": days}}
	case m.Screen == "DAY" && day == "sun":
		return 200, object{"screen": "DAY", "data": object{"days": days, "error_message": "We are closed on Sundays."}}
	case m.Screen == "DAY" && title != "":
		return 200, object{"screen": "CONFIRM", "data": object{"day": day, "title": title}}
	case m.Screen == "CONFIRM" && title != "":
		params := object{"day": day}
		return 200, object{"screen": "SUCCESS", "data": object{"extension_message_response": object{"params": params}}}
	default:
		return 404, object{}
	}
}

func main() {
	secret := os.Getenv("FLOWSERVER_UPSTREAM_SECRET") // whsec_ and base64, or any other text, used as is
	key := []byte(secret)
	if encoded, ok := strings.CutPrefix(secret, "whsec_"); ok {
		key, _ = base64.StdEncoding.DecodeString(encoded)
	}
	if len(key) == 0 {
		log.Fatal("FLOWSERVER_UPSTREAM_SECRET is not set")
	}
	http.HandleFunc("/flow", func(w http.ResponseWriter, r *http.Request) {
		var m message
		status, content := 400, object{}
		switch body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20)); {
		case r.Method != http.MethodPost:
			status = 501
		case err != nil:
		case !genuine(key, r.Header, body):
			status = 401
		case json.Unmarshal(body, &m) == nil:
			status, content = answer(m)
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		json.NewEncoder(w).Encode(content)
	})
	port := os.Getenv("PORT")
	if port == "" {
		port = "3000"
	}
	listener, err := net.Listen("tcp", "127.0.0.1:"+port)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("listening on http://%s/flow\n", listener.Addr())
	log.Fatal(http.Serve(listener, nil))
}
