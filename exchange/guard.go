package exchange

import (
	"fmt"

	"github.com/flowserver/flowserver/exchange/guard"
	"github.com/flowserver/flowserver/flowjson"
)

// Guard determines what an [Endpoint] does with an answer that does not fit the Flow JSON.
type Guard = guard.Mode

// The modes of the guard. The zero value is GuardWarn.
const (
	GuardEnforce = guard.Enforce // refuses the answer: status 500, with the reason in the log
	GuardWarn    = guard.Warn    // sends the answer, with a line in the log
	GuardOff     = guard.Off     // checks nothing
)

// admit checks the answer to a message, encoded as it is to be sent. The error is an
// [ErrAnswer] and a [*guard.Error] if the answer must not be sent.
func (e *Endpoint) admit(msg *Message, screen string, answer []byte) ([]flowjson.Violation, error) {
	move := flowjson.Move{Action: msg.Action, From: msg.Screen, To: screen, AllowMissing: e.cfg.AllowMissing}
	found, err := e.guard.Check(move, answer)
	if err != nil {
		return found, fmt.Errorf("%w: %w", ErrAnswer, err)
	}
	return found, nil
}
