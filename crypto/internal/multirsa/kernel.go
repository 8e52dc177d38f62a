package multirsa

// A kernel computes on the numbers of all its lanes at once: in lane l modulo the l-th
// modulus, in Montgomery form with R = 2^1040.
//
// Every digit that it reads is below 2^52, and so is every digit that it writes, except
// that the last digit of a result would also hold what is above 2^1040. The bounds below
// exclude such a result. dst may be one of the operands. The time of a call depends on n
// alone, and no address that it reads or writes depends on anything else.
type kernel struct {
	name   string
	lanes  int // two for each operation: one mod p, one mod q
	window int // bits of the exponent that one multiplication handles

	// mul sets dst = a·b/R mod m, less than 2m if a·b < R·m. k0 is -m⁻¹ mod 2^52.
	mul func(dst, a, b, m *vector, k0 *row)

	// square sets dst = a·a/R mod m, less than 2m if a·a < R·m. It may use product, room
	// for 40 digits for each lane, and expects nothing of what is there.
	square func(dst, a, m *vector, k0 *row, product *product)

	// pick sets dst = table[index], with an index below n for each lane, and reads all of
	// the first n entries.
	pick func(dst *vector, table *table, index *row, n int)
}

// maxLanes is the number of lanes of the widest kernel.
const maxLanes = 8

// maxBatch is the most ciphertexts that a kernel decrypts at once.
const maxBatch = maxLanes / 2

// A vector is a number of 20 digits for each lane, the least significant digit first.
// Digit j of lane l is at j*lanes + l, so that a kernel loads digit j of all lanes at
// once. Fewer than 8 lanes leave the end of a vector unused.
type vector [digits * maxLanes]uint64

// A row is one digit for each lane.
type row [maxLanes]uint64

// A product is what a vector is squared in.
type product [2 * digits * maxLanes]uint64

// A table has the first 2^window powers of a vector, one behind the other and without
// gaps. Both 32 entries of 4 lanes and 16 entries of 8 lanes are 20 KB, which leaves room
// in the first-level cache for what else is in use. With 40 KB, a pick took three times
// as long.
type table [32 * digits * 4]uint64

// operations returns how many private-key operations the kernel does at once.
func (k *kernel) operations() int { return k.lanes / 2 }

// entries returns the number of entries of a table.
func (k *kernel) entries() int { return 1 << k.window }

// entry returns the part of t that is its i-th entry.
func (k *kernel) entry(t *table, i int) []uint64 {
	size := digits * k.lanes
	return t[i*size : (i+1)*size]
}

// scratch is what a batch computes on; all of it is secret. It has no pointers, and its
// size is a multiple of 64 bytes, as are those of its vectors. The allocator therefore
// aligns the vectors to cache lines. Kernels are slower without that, but as correct.
type scratch struct {
	table     table
	product   product
	low, high vector // the ciphertexts: high·2^1040 + low
	base      vector // the ciphertexts modulo p and q
	acc       vector // their power, as far as it has been computed
	factor    vector // the entry of the table that acc is multiplied by
	index     row    // which entry that is
	messages  [maxBatch][modulusSize]byte
}

// clear wipes what a batch leaves behind.
func (s *scratch) clear() { *s = scratch{} }
