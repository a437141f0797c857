//! The encoding of a text: what its first bytes say, else what its bytes can be.

use encoding_rs::{Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// The encoding of a text; none if it is no text.
pub fn encoding_of(bytes: &[u8]) -> Option<&'static Encoding> {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return Some(encoding);
    }
    if bytes.contains(&0) {
        return utf_16(bytes);
    }
    if std::str::from_utf8(bytes).is_ok() {
        return Some(UTF_8);
    }
    if is_chinese(bytes) {
        return Some(GB18030);
    }
    // Bytes that Windows' Western code page leaves undefined.
    let undefined = |byte: &u8| matches!(byte, 0x81 | 0x8d | 0x8f | 0x90 | 0x9d);
    (!bytes.iter().any(undefined)).then_some(WINDOWS_1252)
}

/// UTF-16 without a byte-order mark: of a table's digits, separators and line ends every other byte is zero.
fn utf_16(bytes: &[u8]) -> Option<&'static Encoding> {
    let zeros = |from: usize| bytes.iter().skip(from).step_by(2).filter(|&&byte| byte == 0).count();
    let enough = |zeros: usize| 8 * zeros > bytes.len();
    match (zeros(0), zeros(1)) {
        (0, low) if enough(low) => Some(UTF_16LE),
        (high, 0) if enough(high) => Some(UTF_16BE),
        _ => None,
    }
}

/// Whether bytes are GB 18030 and not Western text that happens to be: a Chinese character is two bytes with the high bit,
/// an accented letter mostly stands alone between letters without it.
fn is_chinese(bytes: &[u8]) -> bool {
    if GB18030
        .decode_without_bom_handling_and_without_replacement(bytes)
        .is_none()
    {
        return false;
    }
    let (mut characters, mut others) = (0, 0);
    let mut at = 0;
    while let Some(&first) = bytes.get(at) {
        if first < 0x80 {
            at += 1;
            continue;
        }
        match bytes.get(at + 1) {
            Some(0xa1..=0xfe) => characters += 1,
            _ => others += 1,
        }
        at += 2;
    }
    characters > others
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_say_which_encoding_they_are() {
        for (text, encoding) in [
            ("id,姓名\n1,李雷\n", GB18030),
            ("病例号,转移,年龄\nP_001,有,53\n", GB18030),
            ("Größe;Läsion\n1;2\n", WINDOWS_1252),
            ("âge,sexe,décès\n1,2,3\n", WINDOWS_1252),
            ("id,年龄\n", UTF_8),
        ] {
            let (bytes, _, broken) = encoding.encode(text);
            assert!(!broken);
            assert_eq!(encoding_of(&bytes), Some(encoding), "{text}");
        }
        for (bytes, encoding) in [
            (u16::to_le_bytes as fn(u16) -> [u8; 2], UTF_16LE),
            (u16::to_be_bytes, UTF_16BE),
        ] {
            for text in ["id,age\n1,2\n", "\u{feff}病例号,转移\n"] {
                let bytes: Vec<u8> = text.encode_utf16().flat_map(bytes).collect();
                assert_eq!(encoding_of(&bytes), Some(encoding), "{text}");
            }
        }
        assert_eq!(encoding_of(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\0\x03\x02"), None);
    }
}
