package mediacdn

// NewSmall returns a CDN that keeps fewer bytes than [MaxBytes].
func NewSmall(maxBytes int) *CDN {
	c := New("http://127.0.0.1:1")
	c.maxBytes = maxBytes
	return c
}
