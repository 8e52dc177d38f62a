package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/flowserver/flowserver/exchange/token"
	"github.com/flowserver/flowserver/secret"
)

type tokenCommands struct {
	Mint   tokenMintCommand   `cmd:"" group:"Commands:" help:"Create a signed flow token, to send as flow_token."`
	Verify tokenVerifyCommand `cmd:"" group:"Commands:" help:"Verify a flow token and show its content."`
}

// tokenSecrets are the secrets that sign flow tokens.
type tokenSecrets struct {
	TokenSecretFile []string `required:"" placeholder:"FILE" help:"File with one or more secrets of at least 32 bytes, one per line. Can be repeated: the first secret signs, any verifies."`
}

func (t tokenSecrets) signer() (*token.Signer, error) {
	var secrets secret.List
	for _, path := range t.TokenSecretFile {
		lines, err := secret.ReadLines(path)
		if err != nil {
			return nil, err
		}
		for _, line := range lines { // as the configuration does, or serve would refuse what mint takes
			if err := secret.Check(line); err != nil {
				return nil, fmt.Errorf("%s: %w", path, err)
			}
			if len(line) < token.MinSecret {
				return nil, hint(fmt.Errorf("%s: has a secret of less than %d bytes", path, token.MinSecret), "openssl rand -hex 32 generates one")
			}
		}
		secrets = append(secrets, lines...)
	}
	return token.NewSigner(token.Config{Secrets: secrets})
}

type tokenMintCommand struct {
	tokenSecrets
	Flow     string        `required:"" placeholder:"ID" help:"ID of the Flow that the token is for."`
	Subject  string        `required:"" placeholder:"ID" help:"ID of the user that the token is for. Phones can read it, so use one that means nothing to others."`
	Lifetime time.Duration `default:"72h" placeholder:"DURATION" help:"How long the token is valid. Meta advises two or three days."`
}

// Run prints the token alone, for scripts.
func (c tokenMintCommand) Run(p *Program) error {
	if c.Lifetime <= 0 {
		return usagef("--lifetime must be positive, for example 72h")
	}
	signer, err := c.signer()
	if err != nil {
		return err
	}
	text, err := signer.Mint(token.Claims{Subject: c.Subject, Flow: c.Flow, ExpiresAt: time.Now().Add(c.Lifetime)})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(p.Stdout, text)
	return err
}

type tokenVerifyCommand struct {
	tokenSecrets
	Token string `arg:"" help:"The token."`
	Flow  string `placeholder:"ID" help:"Fail unless the token is for this Flow."`
	JSON  bool   `name:"json" help:"Print the content as JSON."`
}

// Run prints the content of a token that we signed, and fails if it is not valid.
func (c tokenVerifyCommand) Run(p *Program) error {
	signer, err := c.signer()
	if err != nil {
		return err
	}
	claims, err := signer.Verify(c.Token, c.Flow)
	if c.Flow == "" && errors.Is(err, token.ErrFlow) {
		err = nil // any flow will do
	}
	if err != nil && !errors.Is(err, token.ErrExpired) && !errors.Is(err, token.ErrFlow) {
		return err
	}
	if printErr := c.print(p, claims, err == nil); printErr != nil {
		return printErr
	}
	return err
}

func (c tokenVerifyCommand) print(p *Program, claims token.Claims, valid bool) error {
	if c.JSON {
		return json.NewEncoder(p.Stdout).Encode(struct {
			Valid bool `json:"valid"`
			token.Claims
		}{valid, claims})
	}
	_, err := fmt.Fprintf(p.Stdout, "valid    %t\nsubject  %s\nflow     %s\nissued   %s\nexpires  %s\n",
		valid, claims.Subject, claims.Flow, claims.IssuedAt.UTC().Format(time.RFC3339), claims.ExpiresAt.UTC().Format(time.RFC3339))
	return err
}
