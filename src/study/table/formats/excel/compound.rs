//! The chains of sectors in a compound file ([MS-CFB]), and the cells of the workbook in it ([MS-XLS]): whether all of them end.
//!
//! Whoever reads such a file follows chains to their end, and makes room for a sheet up to its furthest cell. A chain that comes
//! back to itself, or a cell where no sheet has one, would take all memory, so they are looked for first.

/// Numbers from here on are no sectors: ends of chains, free sectors and the file's own tables.
const RESERVED: u32 = 0xffff_fffa;

/// Columns of a sheet until 2003.
const COLUMNS: u16 = 256;

/// The records that are a cell or a row of them: row and column come first.
const CELLS: &[u16] = &[
    0x0006, 0x00bd, 0x00be, 0x00d6, 0x00fd, 0x0201, 0x0203, 0x0204, 0x0205, 0x027e,
];

/// A compound file's sectors and which of them follow each other.
struct Compound<'a> {
    bytes: &'a [u8],
    /// Bytes of a sector
    size: usize,
    /// The sector after each one
    next: Vec<u32>,
}

/// What keeps a workbook in a compound file from being read, if something does; other faults are left to who reads it.
pub fn fault(bytes: &[u8]) -> Option<&'static str> {
    const ENDLESS: &str = "a chain of its sectors comes back to itself";
    let compound = match Compound::new(bytes) {
        Ok(compound) => compound?,
        Err(fault) => return Some(fault),
    };
    if has_circle(&compound.next) {
        return Some(ENDLESS);
    }
    // Streams of few bytes have a table of their own, if there are any.
    if word(bytes, 64)? > 0 && has_circle(&words(&compound.content(word(bytes, 60)?, &compound.next))) {
        return Some(ENDLESS);
    }
    let directory = compound.content(word(bytes, 48)?, &compound.next);
    let far = (directory.chunks_exact(128))
        .filter(|entry| ["Workbook", "Book"].iter().any(|name| is_called(entry, name)))
        .filter_map(|entry| Some(compound.content(word(entry, 116)?, &compound.next)))
        .any(|stream| has_far_cell(&stream));
    far.then_some("it has a cell beyond the last column that a sheet can have")
}

impl<'a> Compound<'a> {
    /// The file's sectors; none where its header is none, an error where its tables have more of them than the file.
    fn new(bytes: &'a [u8]) -> Result<Option<Self>, &'static str> {
        const TOO_MANY: &str = "it names more sectors than it has";
        let size = match bytes.get(30..32) {
            Some([9, 0]) => 512,
            Some([12, 0]) => 4096,
            _ => return Ok(None),
        };
        let (Some(first_tables), Some(mut more)) = (bytes.get(76..512), word(bytes, 68)) else {
            return Ok(None);
        };
        let most = bytes.len() / size + 1;
        let mut compound = Self {
            bytes,
            size,
            next: Vec::new(),
        };
        let mut tables = words(first_tables);
        while more < RESERVED {
            tables.extend(words(compound.sector(more)));
            let Some(following) = tables.pop() else { return Ok(None) };
            more = following;
            if tables.len() > most.saturating_mul(2) + 109 + size / 4 {
                return Err(TOO_MANY);
            }
        }
        for table in tables.into_iter().filter(|&table| table < RESERVED) {
            let part = words(compound.sector(table));
            compound.next.extend(part);
            if compound.next.len() > most.saturating_mul(2) + size {
                return Err(TOO_MANY);
            }
        }
        Ok(Some(compound))
    }

    /// A sector; cut short, or nothing, where the file ends.
    fn sector(&self, number: u32) -> &'a [u8] {
        let begin = (number as usize + 1).saturating_mul(self.size);
        let end = begin.saturating_add(self.size).min(self.bytes.len());
        self.bytes.get(begin..end).unwrap_or_default()
    }

    /// The bytes of a chain without a circle.
    fn content(&self, first: u32, next: &[u32]) -> Vec<u8> {
        let mut content = Vec::new();
        let mut sector = first;
        while sector < RESERVED {
            content.extend_from_slice(self.sector(sector));
            match next.get(sector as usize) {
                Some(&following) => sector = following,
                None => break,
            }
        }
        content
    }
}

/// Whether a chain comes back to itself.
fn has_circle(next: &[u32]) -> bool {
    // From where each one was reached first.
    let mut reached = vec![usize::MAX; next.len()];
    (0..next.len()).any(|begin| {
        let mut at = begin;
        while let Some(&following) = next.get(at) {
            if reached[at] != usize::MAX {
                return reached[at] == begin;
            }
            reached[at] = begin;
            if following >= RESERVED {
                return false;
            }
            at = following as usize;
        }
        false
    })
}

/// Whether a workbook's stream has a cell beyond the last column.
fn has_far_cell(stream: &[u8]) -> bool {
    let mut rest = stream;
    while let [kind_low, kind_high, length_low, length_high, after @ ..] = rest {
        let kind = u16::from_le_bytes([*kind_low, *kind_high]);
        let length = usize::from(u16::from_le_bytes([*length_low, *length_high]));
        let (record, following) = after.split_at(length.min(after.len()));
        if let (true, [_, _, low, high, ..]) = (CELLS.contains(&kind), record)
            && u16::from_le_bytes([*low, *high]) >= COLUMNS
        {
            return true;
        }
        rest = following;
    }
    false
}

/// Whether a directory's entry has a name, in whatever case.
fn is_called(entry: &[u8], name: &str) -> bool {
    let letters: Vec<u8> = (entry.chunks_exact(2).take(32))
        .map_while(|pair| (pair[1] == 0 && pair[0] != 0).then_some(pair[0]))
        .collect();
    letters.eq_ignore_ascii_case(name.as_bytes())
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at + 4)?;
    Some(u32::from_le_bytes(four.try_into().ok()?))
}

fn words(bytes: &[u8]) -> Vec<u32> {
    (bytes.chunks_exact(4))
        .map(|four| u32::from_le_bytes([four[0], four[1], four[2], four[3]]))
        .collect()
}
