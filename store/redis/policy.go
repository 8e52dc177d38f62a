package redis

import (
	"context"
	"errors"
	"strings"

	goredis "github.com/redis/go-redis/v9"
)

// EvictionPolicy returns the maxmemory-policy under which Redis may drop values before
// their time; empty if it drops none, because the policy is noeviction or there is no limit
// on memory. It returns an error if Redis does not say.
func (s *redisStore) EvictionPolicy(ctx context.Context) (string, error) {
	info := goredis.NewStringCmd(ctx, "info", "memory")
	if err := s.do(ctx, "info", info); err == nil {
		fields := infoFields(info.Val())
		if policy := fields["maxmemory_policy"]; policy != "" {
			return evicting(policy, fields["maxmemory"]), nil
		}
	}
	limit, err := s.configured(ctx, "maxmemory")
	if err != nil {
		return "", err
	}
	policy, err := s.configured(ctx, "maxmemory-policy")
	return evicting(policy, limit), err
}

func (s *redisStore) configured(ctx context.Context, name string) (string, error) {
	cmd := goredis.NewMapStringStringCmd(ctx, "config", "get", name)
	if err := s.do(ctx, "config", cmd); err != nil {
		return "", err
	}
	value, ok := cmd.Val()[name]
	if !ok {
		return "", errors.New("store: config: redis does not know its " + name)
	}
	return value, nil
}

func evicting(policy, limit string) string {
	if policy == "noeviction" || limit == "0" {
		return ""
	}
	return policy
}

// infoFields parses what INFO answers: lines of name:value.
func infoFields(text string) map[string]string {
	fields := make(map[string]string)
	for line := range strings.Lines(text) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), ":"); ok {
			fields[name] = value
		}
	}
	return fields
}
