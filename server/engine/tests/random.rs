//! A small generator of random numbers, so that a failure can be had again from its printed seed.

/// xorshift64*.
pub struct Random {
    state: u64,
    pub seed: u64,
}

impl Random {
    pub fn new(seed: u64) -> Random {
        Random { state: seed | 1, seed }
    }

    /// Seeded by `HARDEN_SEED`, or by a fixed number; printed.
    pub fn from_env(test: &str) -> Random {
        let seed = std::env::var("HARDEN_SEED").map_or(0x5eed, |seed| seed.parse().unwrap());
        println!("{test}: seed {seed}");
        Random::new(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        self.state.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// Below `limit`, which is not 0.
    pub fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }
}
