//! Mutants of seeds: bytes changed, cut, doubled and spliced; in text, numbers replaced by extreme ones and lines moved.

/// A small generator (xorshift64*), so that a run can be repeated.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }
}

/// Numbers that break what was not thought of.
const NUMBERS: &[&str] = &[
    "0", "-1", "1", "2", "1e308", "-1e308", "1e-320", "NaN", "inf", "9223372036854775807", "-9223372036854775808",
    "18446744073709551615", "4294967296", "65536", "1e18", "0.1", "999999999999", "1_0", "null", "true", "[]", "{}", "''",
    "[1, 2, 3]",
];

/// A mutant of one of the seeds.
pub fn mutant(seeds: &[Vec<u8>], random: &mut Random, text: bool) -> Vec<u8> {
    let mut bytes = seeds[random.below(seeds.len())].clone();
    for _ in 0..1 + random.below(4) {
        if bytes.is_empty() {
            return bytes;
        }
        let at = random.below(bytes.len());
        match random.below(if text { 10 } else { 7 }) {
            0 => bytes[at] ^= 1 << random.below(8),
            1 => bytes[at] = random.next() as u8,
            2 => bytes[at] = [0, 1, 0x7f, 0x80, 0xff, b'\n', b' '][random.below(7)],
            3 => bytes.truncate(at),
            4 => {
                let end = (at + random.below(64)).min(bytes.len());
                bytes.drain(at..end);
            }
            5 => {
                let end = (at + random.below(64)).min(bytes.len());
                let part = bytes[at..end].to_vec();
                bytes.splice(at..at, part);
            }
            6 => {
                let other = &seeds[random.below(seeds.len())];
                let from = random.below(other.len().max(1)).min(other.len());
                let part = other[from..(from + random.below(200)).min(other.len())].to_vec();
                bytes.splice(at..at, part);
            }
            7 | 8 => replace_number(&mut bytes, random),
            _ => move_line(&mut bytes, random),
        }
    }
    bytes
}

fn replace_number(bytes: &mut Vec<u8>, random: &mut Random) {
    let is_part = |byte: &u8| byte.is_ascii_digit() || b".-+".contains(byte);
    let starts: Vec<usize> = (0..bytes.len())
        .filter(|&at| bytes[at].is_ascii_digit() && (at == 0 || !is_part(&bytes[at - 1])))
        .collect();
    if starts.is_empty() {
        return;
    }
    let start = starts[random.below(starts.len())];
    let length = bytes[start..].iter().take_while(|byte| is_part(byte)).count();
    bytes.splice(start..start + length, NUMBERS[random.below(NUMBERS.len())].bytes());
}

fn move_line(bytes: &mut Vec<u8>, random: &mut Random) {
    let mut lines: Vec<Vec<u8>> = bytes.split_inclusive(|&byte| byte == b'\n').map(<[u8]>::to_vec).collect();
    let (from, to) = (random.below(lines.len()), random.below(lines.len()));
    let line = lines[from].clone();
    lines.insert(to, line);
    *bytes = lines.concat();
}
