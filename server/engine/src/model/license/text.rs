//! Which licence a text is.

/// Phrases that all stand in the text of a licence, in lower case, blanks as one; and phrases of which none does.
const TEXTS: &[(&str, &[&str], &[&str])] = &[
    (
        "MIT",
        &[
            "permission is hereby granted, free of charge, to any person obtaining a copy",
            "this permission notice shall be included",
        ],
        &[],
    ),
    (
        "MIT-0",
        &["permission is hereby granted, free of charge, to any person obtaining a copy"],
        &[
            "this permission notice shall be included",
            "shall be included in all copies",
        ],
    ),
    (
        "Apache-2.0",
        &["apache license version 2.0, january 2004"],
        &[],
    ),
    (
        "BSD-3-Clause",
        &[
            "redistribution and use in source and binary forms",
            "endorse or promote",
        ],
        &["all advertising materials mentioning"],
    ),
    (
        "BSD-2-Clause",
        &[
            "redistribution and use in source and binary forms",
            "in binary form must reproduce",
        ],
        &["endorse or promote"],
    ),
    (
        "ISC",
        &[
            "distribute this software for any purpose with or without fee is hereby granted",
            "provided that the above copyright notice",
        ],
        &[],
    ),
    (
        "0BSD",
        &["distribute this software for any purpose with or without fee is hereby granted"],
        &["provided that the above copyright notice"],
    ),
    (
        "GPL-2.0",
        &["gnu general public license version 2, june 1991"],
        &[],
    ),
    (
        "GPL-3.0",
        &["gnu general public license version 3, 29 june 2007"],
        &[],
    ),
    (
        "LGPL-2.1",
        &["gnu lesser general public license version 2.1, february 1999"],
        &[],
    ),
    (
        "LGPL-3.0",
        &["gnu lesser general public license version 3, 29 june 2007"],
        &[],
    ),
    (
        "AGPL-3.0",
        &["gnu affero general public license version 3, 19 november 2007"],
        &[],
    ),
    (
        "MPL-2.0",
        &["mozilla public license version 2.0 1. definitions"],
        &[],
    ),
    (
        "MPL-2.0",
        &["mozilla public license version 2.0 ===", "1. definitions"],
        &[],
    ),
    ("EPL-2.0", &["eclipse public license - v 2.0"], &[]),
    (
        "EUPL-1.2",
        &["european union public licence", "v. 1.2"],
        &[],
    ),
    ("BSL-1.0", &["boost software license - version 1.0"], &[]),
    ("BUSL-1.1", &["business source license 1.1"], &[]),
    ("SSPL-1.0", &["server side public license version 1"], &[]),
    ("Elastic-2.0", &["elastic license 2.0"], &[]),
    (
        "Unlicense",
        &["this is free and unencumbered software released into the public domain"],
        &[],
    ),
    (
        "CC0-1.0",
        &["cc0 1.0 universal", "statement of purpose"],
        &[],
    ),
    (
        "PSF-2.0",
        &["python software foundation license version 2"],
        &[],
    ),
    (
        "Zlib",
        &["altered source versions must be plainly marked"],
        &[],
    ),
];

/// The ids of the licences whose texts a text holds, without what says whether later versions are let in.
pub fn licenses_of(text: &str) -> Vec<&'static str> {
    /// Bytes in which the first licence stands; what comes later is that of bundled code.
    const MOST: usize = 64 * 1024;
    let head = &text[..text.floor_char_boundary(MOST)];
    let mut plain = String::with_capacity(head.len());
    for word in head.split_whitespace() {
        if !plain.is_empty() {
            plain.push(' ');
        }
        plain.extend(word.chars().map(|c| c.to_ascii_lowercase()));
    }
    let plain = plain.replace(['"', '“', '”', '*', '#'], "");
    let mut found: Vec<&'static str> = Vec::new();
    for (id, all, none) in TEXTS {
        let is = all.iter().all(|phrase| plain.contains(phrase));
        if is && !none.iter().any(|phrase| plain.contains(phrase)) && !found.contains(id) {
            found.push(id);
        }
    }
    // The text of the lesser licence leans on that of the other.
    if found.contains(&"LGPL-3.0") {
        found.retain(|id| *id != "GPL-3.0");
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_told_apart() {
        let mit = "MIT License\n\nCopyright (c) 2026 me\n\nPermission is hereby granted, free of charge, to any person\nobtaining a copy of this software […]\nThe above copyright notice and this permission notice shall be included in all\ncopies.";
        assert_eq!(licenses_of(mit), ["MIT"]);
        let gpl = "                    GNU GENERAL PUBLIC LICENSE\n                       Version 3, 29 June 2007\n\n […] the GNU Affero General Public License";
        assert_eq!(licenses_of(gpl), ["GPL-3.0"]);
        let bsd = "Redistribution and use in source and binary forms, with or without […] in binary form must reproduce";
        assert_eq!(licenses_of(bsd), ["BSD-2-Clause"]);
        assert_eq!(
            licenses_of(&format!("{bsd} Neither the name […] to endorse or promote")),
            ["BSD-3-Clause"]
        );
        assert!(licenses_of("All rights reserved.").is_empty());
    }
}
