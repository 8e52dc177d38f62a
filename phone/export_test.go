package phone

// Redrawn returns the View of a phone that has kept nothing from earlier steps to save
// time.
func Redrawn(p *Phone) View {
	p.mu.Lock()
	defer p.mu.Unlock()
	old := p.state
	defer func() { p.state = old }()
	env := p.environment()
	env.savings = newSavings()
	x := &step{state: old.clone(), environment: env}
	x.shown, x.seq = x.draw().view, old.seq
	p.state = x.state
	return p.view()
}
