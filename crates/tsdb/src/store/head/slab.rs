//! Bits of open cells, in chained blocks of 64 bytes from one pool: growing never copies, and what a seal frees the next
//! hours use again.

use crate::store::{chunk::bits::BitSink, wire::low_byte};

/// No block.
pub const NONE: u32 = u32::MAX;
/// Bytes of a block beside its link.
const ROOM: usize = 60;
/// The same in bits.
const ROOM_BITS: u32 = 480;

#[derive(Debug, Clone, Copy)]
struct Slab {
    bytes: [u8; ROOM],
    next: u32,
}

/// The pool.
#[derive(Debug)]
pub struct Slabs {
    slabs: Vec<Slab>,
    free: u32,
}

impl Default for Slabs {
    fn default() -> Self {
        Self { slabs: Vec::new(), free: NONE }
    }
}

/// A chain of blocks with its write position.
#[derive(Debug, Clone, Copy)]
pub struct Chain {
    head: u32,
    tail: u32,
    /// Bits used of the tail.
    used: u32,
}

impl Default for Chain {
    fn default() -> Self {
        Self { head: NONE, tail: NONE, used: ROOM_BITS }
    }
}

impl Chain {
    /// Whether nothing was written.
    pub fn is_empty(self) -> bool {
        self.head == NONE
    }
}

impl Slabs {
    fn take(&mut self) -> u32 {
        let empty = Slab { bytes: [0; ROOM], next: NONE };
        if self.free != NONE {
            let at = self.free;
            let slab = &mut self.slabs[at as usize];
            self.free = slab.next;
            *slab = empty;
            return at;
        }
        // 2^32 blocks are 256 GiB: the series limit ends the growth long before.
        let at = u32::try_from(self.slabs.len()).unwrap_or(NONE - 1);
        self.slabs.push(empty);
        at
    }

    /// Gives a chain's blocks back.
    pub fn free(&mut self, chain: &mut Chain) {
        if !chain.is_empty() {
            self.slabs[chain.tail as usize].next = self.free;
            self.free = chain.head;
        }
        *chain = Chain::default();
    }

    /// Copies a chain's bytes to `into`, which is emptied first.
    pub fn copy(&self, chain: &Chain, into: &mut Vec<u8>) {
        into.clear();
        let mut at = chain.head;
        while at != NONE {
            let slab = &self.slabs[at as usize];
            into.extend_from_slice(&slab.bytes);
            if at == chain.tail {
                break;
            }
            at = slab.next;
        }
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.slabs.len() * size_of::<Slab>()
    }

    /// A place to write at the chain's end.
    pub fn writer<'a>(&'a mut self, chain: &'a mut Chain) -> Writer<'a> {
        Writer { slabs: self, chain }
    }
}

/// Writes at a chain's end.
#[derive(Debug)]
pub struct Writer<'a> {
    slabs: &'a mut Slabs,
    chain: &'a mut Chain,
}

impl BitSink for Writer<'_> {
    fn push(&mut self, bits: u64, mut count: u32) {
        while count > 0 {
            if self.chain.used == ROOM_BITS {
                let next = self.slabs.take();
                if self.chain.is_empty() {
                    self.chain.head = next;
                } else {
                    self.slabs.slabs[self.chain.tail as usize].next = next;
                }
                self.chain.tail = next;
                self.chain.used = 0;
            }
            let free = 8 - self.chain.used % 8;
            let now = count.min(free);
            let part = low_byte(bits >> (count - now)) & low_byte((1u64 << now) - 1);
            self.slabs.slabs[self.chain.tail as usize].bytes[(self.chain.used / 8) as usize] |= part << (free - now);
            self.chain.used += now;
            count -= now;
        }
    }
}
