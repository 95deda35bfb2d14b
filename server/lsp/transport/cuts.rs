//! Bytes that come in pieces, and bytes that are wrong: the next good frame is read.

use std::io::Read;

use super::front;

fn frame(body: &str) -> Vec<u8> {
    format!("Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

fn ping(id: &str) -> String {
    format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"test/ping"}}"#)
}

/// Input that comes in these pieces.
struct Pieces(std::vec::IntoIter<Vec<u8>>);

impl Read for Pieces {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let Some(piece) = self.0.next() else {
            return Ok(0);
        };
        into[..piece.len()].copy_from_slice(&piece);
        Ok(piece.len())
    }
}

fn read(pieces: Vec<Vec<u8>>) -> Vec<String> {
    let mut messages = front::start(Pieces(pieces.into_iter()));
    std::iter::from_fn(|| messages.blocking_recv())
        .map(|message| format!("{message:?}"))
        .collect()
}

#[test]
fn it_does_not_matter_how_bytes_are_cut() {
    let mut bytes = b"\xef\xbb\xbf".to_vec();
    bytes.extend(frame(&ping("1")));
    bytes.extend(b"content-type: application/vscode-jsonrpc; charset=latin-9\nCONTENT-LENGTH :  46\nX: y\n\n");
    bytes.extend(ping("22").as_bytes());
    bytes.extend(b"rubbish\r\n\r\nContent-Length: x\r\n\r\n");
    bytes.extend(ping("3").as_bytes());
    // Too short, and too long.
    bytes.extend(format!("Content-Length: 5\r\n\r\n{}", ping("4")).as_bytes());
    bytes.extend(format!("Content-Length: 60\r\n\r\n{}", ping("5")).as_bytes());
    bytes.extend(frame("{\"id\": 6, \"method\": \"a\", \"params\": [}"));
    bytes.extend(
        format!(
            "Content-Length: 9999999999999999999999\r\n\r\n{}",
            ping("7")
        )
        .as_bytes(),
    );
    bytes.extend(frame(&format!("\u{feff}[{},{}]", ping("8"), ping("1.5"))));
    bytes.extend(frame(r#"{"method": "\ud83d", "id": "\ud83d\ude00\ude00"}"#));
    bytes.extend(b"Content-Length: 30\r\n\r\n{\"cut\":");

    let whole = read(vec![bytes.clone()]);
    let has = |part: &str| whole.iter().any(|message| message.contains(part));
    for id in ["1", "22", "3", "4", "5", "6", "7", "8", "1.5"] {
        let (good, refused) = (format!("Number({id})"), format!("\"id\": Number({id})"));
        assert!(has(&good) || has(&refused), "{id}: {whole:#?}");
    }
    assert!(has("\u{fffd}") && has("\u{1f600}\u{fffd}"), "{whole:#?}");
    for at in 1..bytes.len() {
        let (head, tail) = bytes.split_at(at);
        assert_eq!(
            read(vec![head.to_vec(), tail.to_vec()]),
            whole,
            "cut at {at}"
        );
    }
    let single = bytes.iter().map(|byte| vec![*byte]).collect();
    assert_eq!(read(single), whole);
}

/// Numbers that are the same in every run.
fn random(state: &mut usize, limit: usize) -> usize {
    *state = state
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    (*state >> 33) % limit
}

#[test]
fn behind_any_rubbish_the_next_frame_is_read() {
    let good = [
        frame(&ping("1")),
        frame("{\"method\": \"a\", \"params\": [\"\u{1f600}\\n\\\\\", {}]}"),
        b"Content-Type: a\r\ncontent-length: 2\r\n\r\n{}".to_vec(),
    ];
    let good = good.concat();
    let last = frame(&ping("4711"));
    let mut state = 1;
    for round in 0..3000 {
        let mut bytes = good.clone();
        for _ in 0..=random(&mut state, 4) {
            let at = random(&mut state, bytes.len());
            match random(&mut state, 4) {
                0 => bytes[at] = b"\r\n\"{}[]:\\0919\xff\xed-Cc"[random(&mut state, 18)],
                1 => drop(bytes.drain(at..(at + random(&mut state, 30)).min(bytes.len()))),
                2 => bytes.truncate(at.max(1)),
                _ => {
                    let piece = bytes[at..(at + random(&mut state, 30)).min(bytes.len())].to_vec();
                    let to = random(&mut state, bytes.len());
                    bytes.splice(to..to, piece);
                }
            }
            if bytes.is_empty() {
                break;
            }
        }
        let rubbish = String::from_utf8_lossy(&bytes).into_owned();
        let read = read(vec![[bytes, b"\r\n".to_vec(), last.clone()].concat()]);
        let found = read
            .last()
            .is_some_and(|message| message.contains("Some(Number(4711))"));
        assert!(found, "round {round}: {rubbish:?} {read:#?}");
    }
}
