//! Which file of `src` uses which: every path of a file, followed through imports, aliases and re-exports to the file that
//! defines the item.
//!
//! The source is cut into tokens by `proc_macro2`, so comments and strings are no paths, and paths inside macros are. What
//! a method call reaches is not seen. Code under `#[cfg(test)]` is left out: a test may use its whole room.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// A module's path below the crate: `["stats", "lasso"]`.
pub type Module = Vec<String>;

/// One file of `src`, read.
#[derive(Debug, Clone, Default)]
pub struct File {
    /// The file's path below `src`
    pub name: String,
    /// Its lines
    pub lines: usize,
    /// Every identifier in it, tests included
    pub words: BTreeSet<String>,
    /// Its own items
    items: BTreeSet<String>,
    /// Its own names for other things, and what they stand for
    names: BTreeMap<String, Vec<String>>,
    /// What it imports whole: `use path::*`
    pub wholes: Vec<Vec<String>>,
    /// The paths that it writes, from the crate's root
    paths: BTreeSet<Vec<String>>,
    /// The first words of the paths that lead out of the crate
    pub outside: BTreeSet<String>,
}

/// All files of a crate, each under its module's path.
#[derive(Debug, Default)]
pub struct Crate(pub BTreeMap<Module, File>);

impl Crate {
    /// Reads every file below `src`.
    pub fn read(src: &Path) -> Crate {
        let mut files = Vec::new();
        collect(src, src, &mut files);
        Crate::of(files.iter().map(|(name, text)| (name.as_str(), text.as_str())))
    }

    /// A crate of files given as (path below `src`, text).
    pub fn of<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Crate {
        let mut read = BTreeMap::new();
        let mut tests: Vec<Module> = Vec::new();
        for (name, text) in files {
            let stream: TokenStream = text.parse().unwrap_or_else(|error| panic!("src/{name}: {error}"));
            let tokens: Vec<TokenTree> = stream.into_iter().collect();
            let here = module(name);
            let mut file = File {
                name: name.to_owned(),
                lines: text.lines().count(),
                ..File::default()
            };
            words(&tokens, &mut file.words);
            read_items(&tokens, &here, &mut file);
            let File {
                names, paths, outside, ..
            } = &mut file;
            read_paths(&tokens, &here, names, &mut |path, full| match full {
                Some(full) => {
                    paths.insert(full);
                }
                None => outside.extend(path.first().cloned()),
            });
            let mut own_tests = Vec::new();
            for at in 0..tokens.len() {
                if is_for_tests(&tokens, at)
                    && word(tokens.get(at + 2)).is_some_and(|word| word == "mod")
                    && is(tokens.get(at + 4), ';')
                {
                    own_tests.extend(word(tokens.get(at + 3)));
                }
            }
            tests.extend(own_tests.into_iter().map(|name| [here.clone(), vec![name]].concat()));
            read.insert(here, file);
        }
        for module in &tests {
            if let Some(file) = read.get_mut(module) {
                file.paths.clear();
                file.wholes.clear();
            }
        }
        Crate(read)
    }

    /// The modules whose items a module's file uses, itself left out.
    pub fn uses(&self, of: &Module) -> BTreeSet<Module> {
        let mut found: BTreeSet<Module> = self.0[of].paths.iter().filter_map(|path| self.home(path, 0)).collect();
        found.remove(of);
        found
    }

    /// The module whose file defines what a path from the root names, through re-exports.
    fn home(&self, path: &[String], depth: usize) -> Option<Module> {
        let known = (0..=path.len())
            .rev()
            .find(|&length| self.0.contains_key(&path[..length]))?;
        let (at, rest) = path.split_at(known);
        let file = &self.0[at];
        let Some(name) = rest.first().filter(|_| depth < 16) else {
            return Some(at.to_vec());
        };
        if file.items.contains(name) {
            return Some(at.to_vec());
        }
        if let Some(meant) = file.names.get(name) {
            let onward = [meant.as_slice(), &rest[1..]].concat();
            return (onward != path).then(|| self.home(&onward, depth + 1)).flatten();
        }
        for whole in &file.wholes {
            let onward = [whole.as_slice(), rest].concat();
            if let Some(home) = self.home(&onward, depth + 1)
                && self.0[&home].items.contains(name)
            {
                return Some(home);
            }
        }
        Some(at.to_vec())
    }
}

fn collect(root: &Path, folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
            found.push((name, fs::read_to_string(&path).unwrap()));
        }
    }
}

/// The module of a file: `a/mod.rs` and `a.rs` are both `a`; `lib.rs` is the root. `main.rs` is another crate.
fn module(name: &str) -> Module {
    let plain = name.strip_suffix(".rs").unwrap_or(name);
    let plain = plain.strip_suffix("/mod").unwrap_or(plain);
    if plain == "lib" {
        return Module::new();
    }
    plain.split('/').map(str::to_owned).collect()
}

fn word(token: Option<&TokenTree>) -> Option<String> {
    match token {
        Some(TokenTree::Ident(word)) => Some(word.to_string().trim_start_matches("r#").to_owned()),
        _ => None,
    }
}

fn is(token: Option<&TokenTree>, sign: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == sign)
}

fn is_colons(tokens: &[TokenTree], at: usize) -> bool {
    is(tokens.get(at), ':') && is(tokens.get(at.wrapping_add(1)), ':')
}

fn inside(token: &TokenTree) -> Option<Vec<TokenTree>> {
    match token {
        TokenTree::Group(group) => Some(group.stream().into_iter().collect()),
        _ => None,
    }
}

fn is_braces(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
}

fn words(tokens: &[TokenTree], found: &mut BTreeSet<String>) {
    for token in tokens {
        match token {
            TokenTree::Ident(word) => {
                found.insert(word.to_string());
            }
            TokenTree::Group(_) => words(&inside(token).unwrap_or_default(), found),
            _ => {}
        }
    }
}

/// Where the item that begins at `at` ends: past its `;` or its braces; a `use` ends at its `;` alone.
fn end_of_item(tokens: &[TokenTree], at: usize) -> usize {
    let mut use_item = false;
    for (k, token) in tokens.iter().enumerate().skip(at) {
        use_item |= matches!(token, TokenTree::Ident(word) if *word == "use");
        if is(Some(token), ';') || (is_braces(token) && !use_item) {
            return k + 1;
        }
    }
    tokens.len()
}

/// Whether an attribute begins here that keeps the item after it for tests.
fn is_for_tests(tokens: &[TokenTree], at: usize) -> bool {
    is(tokens.get(at), '#')
        && tokens.get(at + 1).is_some_and(|group| {
            let text = group.to_string().replace(' ', "");
            text == "[cfg(test)]" || text.starts_with("[cfg(all(test,")
        })
}

/// Sees the tokens of a group, a place in them and the inline module around it; answers how many it has eaten.
type Take<'a> = dyn FnMut(&[TokenTree], usize, &[String]) -> usize + 'a;

/// Takes a path as it is written, and from the crate's root unless it leads out of the crate.
type Found<'a> = dyn FnMut(&[String], Option<Vec<String>>) + 'a;

/// Walks over all tokens that are not for tests.
fn walk(tokens: &[TokenTree], here: &[String], take: &mut Take) {
    let mut at = 0;
    while at < tokens.len() {
        if is_for_tests(tokens, at) {
            at = end_of_item(tokens, at);
            continue;
        }
        if word(tokens.get(at)).is_some_and(|word| word == "mod")
            && let Some(name) = word(tokens.get(at + 1))
            && let Some(body) = tokens.get(at + 2).filter(|body| is_braces(body))
        {
            let inner = [here, &[name]].concat();
            walk(&inside(body).unwrap_or_default(), &inner, take);
            at += 3;
            continue;
        }
        let eaten = take(tokens, at, here);
        if eaten == 0 {
            if let Some(group) = inside(&tokens[at]) {
                walk(&group, here, take);
            }
            at += 1;
        } else {
            at += eaten;
        }
    }
}

/// The items and imports of a file. A name imported anywhere in the file counts for all of it.
fn read_items(tokens: &[TokenTree], here: &[String], file: &mut File) {
    let mut imports = Vec::new();
    walk(tokens, here, &mut |tokens, at, inner| {
        let Some(keyword) = word(tokens.get(at)) else { return 0 };
        match keyword.as_str() {
            "use" => {
                let end = (at..tokens.len())
                    .find(|&k| is(tokens.get(k), ';'))
                    .unwrap_or(tokens.len());
                read_use(&tokens[at + 1..end], &[], &mut |path, alias| {
                    imports.push((inner.to_vec(), path.to_vec(), alias));
                });
                end - at
            }
            "mod" => {
                if let Some(name) = word(tokens.get(at + 1)) {
                    let path = [inner, std::slice::from_ref(&name)].concat();
                    file.names.insert(name, path);
                }
                0
            }
            "fn" | "struct" | "enum" | "trait" | "type" | "const" | "static" | "union" => {
                if let Some(name) = word(tokens.get(at + 1)) {
                    file.items.insert(name);
                }
                0
            }
            "macro_rules" => {
                if let Some(name) = word(tokens.get(at + 2)) {
                    file.items.insert(name);
                }
                0
            }
            _ => 0,
        }
    });
    // An import may begin with a name that another import has made.
    for _ in 0..2 {
        for (inner, path, alias) in &imports {
            let Some(full) = absolute(path, inner, &file.names) else {
                continue;
            };
            match alias {
                Some(alias) => {
                    file.names.insert(alias.clone(), full);
                }
                None if !file.wholes.contains(&full) => file.wholes.push(full),
                None => {}
            }
        }
    }
}

/// Reads a tree of imports: `a::{b, c::{self, d as e}, f::*}`; the name is none where everything is imported.
fn read_use(tokens: &[TokenTree], before: &[String], found: &mut dyn FnMut(&[String], Option<String>)) {
    for branch in tokens.split(|token| is(Some(token), ',')) {
        let mut path = before.to_vec();
        let mut at = 0;
        let mut open = true;
        while let Some(token) = branch.get(at) {
            if is_colons(branch, at) {
                at += 2;
            } else if is(Some(token), '*') {
                found(&path, None);
                open = false;
                at += 1;
            } else if is_braces(token) {
                read_use(&inside(token).unwrap_or_default(), &path, found);
                open = false;
                at += 1;
            } else if word(Some(token)).is_some_and(|word| word == "as") {
                if let Some(alias) = word(branch.get(at + 1)) {
                    found(&path, Some(alias));
                }
                open = false;
                at += 2;
            } else {
                // `self` at the end of a tree is the tree's own path.
                if let Some(word) = word(Some(token))
                    && (word != "self" || path.is_empty())
                {
                    path.push(word);
                }
                at += 1;
            }
        }
        if open && let Some(last) = path.last().cloned() {
            found(&path, Some(last));
        }
    }
}

/// A path from the crate's root, or none where it leads out of the crate.
fn absolute(path: &[String], here: &[String], names: &BTreeMap<String, Vec<String>>) -> Option<Vec<String>> {
    let (first, rest) = path.split_first()?;
    match first.as_str() {
        "crate" => Some(rest.to_vec()),
        "self" => Some([here, rest].concat()),
        "super" => {
            let above = &here[..here.len().checked_sub(1)?];
            if rest.first().is_some_and(|word| word == "super") {
                absolute(rest, above, names)
            } else {
                Some([above, rest].concat())
            }
        }
        name => names.get(name).map(|meant| [meant.as_slice(), rest].concat()),
    }
}

/// Every path that a file writes outside its tests, in imports (but not in what it only hands on) and elsewhere (but not
/// its children in a registry).
fn read_paths(tokens: &[TokenTree], here: &[String], names: &BTreeMap<String, Vec<String>>, found: &mut Found) {
    walk(tokens, here, &mut |tokens, at, inner| {
        if is(tokens.get(at.wrapping_sub(1)), '.') {
            return 0;
        }
        let Some(first) = word(tokens.get(at)) else { return 0 };
        if first == "use" {
            let end = (at..tokens.len())
                .find(|&k| is(tokens.get(k), ';'))
                .unwrap_or(tokens.len());
            let handed_on = word(tokens.get(at.wrapping_sub(1))).is_some_and(|word| word == "pub")
                || tokens
                    .get(at.wrapping_sub(1))
                    .is_some_and(|token| token.to_string().starts_with('('));
            read_use(&tokens[at + 1..end], &[], &mut |path, _| {
                if !handed_on {
                    found(path, absolute(path, inner, names));
                }
            });
            return end - at;
        }
        if matches!(first.as_str(), "const" | "static") && is(tokens.get(at + 2), ':') {
            // A table in which a folder's own file names its children is a registry.
            let end = (at..tokens.len())
                .find(|&k| is(tokens.get(k), ';'))
                .unwrap_or(tokens.len());
            read_paths(&tokens[at + 1..end], inner, names, &mut |path, full| {
                if full.as_ref().is_none_or(|full| !full.starts_with(inner)) {
                    found(path, full);
                }
            });
            return end - at;
        }
        let mut path = vec![first];
        let mut end = at + 1;
        while is_colons(tokens, end)
            && let Some(next) = word(tokens.get(end + 2))
        {
            path.push(next);
            end += 3;
        }
        // A name alone is an import, read already, or a thing of the file's own.
        if path.len() > 1 && !is_colons(tokens, at.wrapping_sub(2)) {
            found(&path, absolute(&path, inner, names));
        }
        end - at
    });
}
