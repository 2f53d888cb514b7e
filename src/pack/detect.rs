//! `detect:` of a pack: where it can be read which version runs, and what a text there says.
use super::PackError;
use super::author::{Fields, Page};
use super::needles::{self, Needles};
use super::path::Path;
use super::target::{self, On, Target};
use super::version::Version;
use crate::expr;
use crate::yaml::draft::Id;
use std::collections::BTreeMap;

/// An entry of `detect:`.
#[derive(Debug, Clone)]
pub struct Detector {
    /// Of one place, without a name.
    pub target: Target,
    /// The texts, from the place.
    pub value: Path,
    /// Names of images: the text is one of theirs, and says its version as a tag. Empty: the text says it itself.
    images: Vec<String>,
    /// Its group is the version; numbers of it may be parted by anything.
    pattern: Option<String>,
    pub needles: Needles,
}

/// Files that say which images are others.
const KUSTOMIZATION: &str = "{kustomization.yaml,kustomization.yml,Kustomization}";

/// The entries of `detect:`.
pub fn read(page: &Page, node: Id, targets: &BTreeMap<String, Target>) -> Result<Vec<Detector>, PackError> {
    let mut out = Vec::new();
    for item in page.list(node) {
        let fields = page.fields(item, &["doc", "file", "target", "values-of", "chart", "image", "value", "pattern"])?;
        let pattern = fields.get("pattern").map(|node| pattern(page, node)).transpose()?;
        let found = match fields.get("image") {
            Some(image) => images(page, image, &fields, targets)?,
            None => vec![texts(page, item, &fields, targets)?],
        };
        out.extend(found.into_iter().map(|one| Detector { pattern: pattern.clone(), ..one }));
    }
    Ok(out)
}

/// Texts at a place that say a version.
fn texts(page: &Page, item: Id, fields: &Fields, targets: &BTreeMap<String, Target>) -> Result<Detector, PackError> {
    let value = fields.need("value")?;
    let on = target::on(page, item, fields)?;
    if let Some(name) = on.target().filter(|name| !targets.contains_key(*name)) {
        return Err(page.error(item, format!("there is no target `{name}`")));
    }
    let value = target::plain(page, value, &page.string(value)?)?;
    let needles = needles::of_value(&on, &value, targets);
    if needles.groups.is_empty() {
        let why = "every file would have to be read for this: it names no kind, no chart and no member";
        return Err(PackError { help: Some("name a kind, or a member in `value`".into()), ..page.error(item, why) });
    }
    Ok(Detector { target: Target::of_place(on, page, item)?, value, images: Vec::new(), pattern: None, needles })
}

/// Images, wherever they are named, and what kustomizations make of them.
fn images(page: &Page, image: Id, fields: &Fields, targets: &BTreeMap<String, Target>) -> Result<Vec<Detector>, PackError> {
    if let Some((key, other)) = fields.one_of(&["doc", "file", "target", "values-of", "chart", "value"]) {
        return Err(page.error(other, format!("`{key}` beside `image`: images are looked for in every file")));
    }
    let images = page.strings(image)?;
    let one = |on: On, value: &str, images: Vec<String>, words: Vec<String>| {
        let value = target::plain(page, image, value)?;
        let mut needles = needles::of_value(&on, &value, targets);
        needles.groups.push(words);
        Ok(Detector { target: Target::of_place(on, page, image)?, value, images, pattern: None, needles })
    };
    let tagged = images.iter().map(|image| format!("/{image}:")).collect();
    let any = On::Doc { kinds: Vec::new(), groups: Vec::new(), names: Vec::new() };
    let names = images.iter().map(|image| image.replace('.', "[.]")).collect::<Vec<_>>().join("|");
    let tags = format!("$.images[?match(@.name, '(.*/)?({names})')].newTag");
    Ok(vec![one(any, "$..image", images.clone(), tagged)?, one(On::File(KUSTOMIZATION.into()), &tags, Vec::new(), images)?])
}

fn pattern(page: &Page, node: Id) -> Result<String, PackError> {
    let text = page.string(node)?;
    let mut error = match expr::captured(&text, "") {
        Err(why) => page.error(node, why.0),
        Ok(_) if text.replace("\\(", "").replace("(?", "").contains('(') => return Ok(text),
        Ok(_) => page.error(node, "the pattern has no group that captures the version"),
    };
    error.help = Some("a pattern such as \"^v?(1[.][0-9]+)\"".into());
    Err(error)
}

impl Detector {
    /// The version that a text says, as far as it can be one of the chain's. Of a range it is the lowest that may run.
    pub fn version(&self, text: &str, chain: &[Version]) -> Option<Version> {
        let text = if self.images.is_empty() { text } else { self.tag(text)? };
        let says = |part: &str| match &self.pattern {
            Some(pattern) => numbers(&expr::captured(pattern, part).ok().flatten()?),
            // `1.24.1@sha256:…` is a tag as well.
            None => Version::parse(part.trim_start_matches(['=', '>', '~', '^']).split('@').next()?),
        };
        lower_ends(text).into_iter().filter_map(says).filter_map(|version| of_chain(version, chain)).min()
    }

    /// The tag of an image that is one of ours: `host/name:tag@digest`.
    fn tag<'t>(&self, image: &'t str) -> Option<&'t str> {
        let (name, tag) = target::last_part(image.split('@').next()?).split_once(':')?;
        self.images.iter().any(|ours| ours == name).then_some(tag)
    }
}

fn numbers(text: &str) -> Option<Version> {
    let parts = text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty());
    parts.map(|part| part.parse().ok()).collect::<Option<Vec<u64>>>().filter(|parts| !parts.is_empty()).map(Version)
}

/// The parts of a range that do not bound it from above: of `>=1.24.0 <1.25.0` the first.
fn lower_ends(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut above = false;
    for part in text.split([' ', ',', '|']).filter(|part| !part.is_empty()) {
        let bounds = part.starts_with(['<', '!']);
        let bare = part.trim_start_matches(['<', '>', '=', '!', '~', '^']).is_empty();
        if !bounds && !above && !bare {
            out.push(part);
        }
        // `< 1.25.0` is two parts.
        above = bounds && bare;
    }
    out
}

/// The version as one that the chain may have, or it is a version of something else. With fewer numbers than the chain's it is
/// the only one of the chain within it (`2` is 2.0 between 1.0 and 3.0). The first number is one of the chain's; where the
/// chain has several, it may be the one before or the one behind them as well.
fn of_chain(version: Version, chain: &[Version]) -> Option<Version> {
    let (first, last) = (chain.first()?, chain.last()?);
    if version.0.len() < first.0.len() {
        let mut within = chain.iter().filter(|known| known.is_within(&version));
        return within.next().filter(|_| within.next().is_none()).cloned();
    }
    let several = u64::from(first.0[0] != last.0[0]);
    let firsts = first.0[0].saturating_sub(several)..=last.0[0] + several;
    (first.0.len() == 1 || firsts.contains(&version.0[0])).then_some(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detectors(text: &str) -> Result<Vec<Detector>, PackError> {
        let page = Page::read("pack.yaml", text).expect("YAML");
        read(&page, page.root().expect("a list"), &BTreeMap::new())
    }

    fn says(entry: &str, text: &str) -> String {
        let chain: Vec<Version> = (20..28).map(|minor| Version(vec![1, minor])).collect();
        says_of(entry, text, &chain)
    }

    fn says_of(entry: &str, text: &str, chain: &[Version]) -> String {
        let one = detectors(entry).expect("entries").remove(0);
        one.version(text, chain).map_or("-".into(), |version| version.to_string())
    }

    #[test]
    fn versions_and_ranges() {
        for (text, version) in [
            ("1.26.2", "1.26.2"),
            ("v1.24-latest", "1.24"),
            ("1.24.1-distroless", "1.24.1"),
            ("1.24.x", "1.24"),
            ("~1.24.0", "1.24.0"),
            ("^1.24", "1.24"),
            (">=1.24.0 <1.25.0", "1.24.0"),
            ("< 1.25, >= 1.24", "1.24"),
            ("1.25.1 || 1.24.9", "1.24.9"),
            ("<1.25", "-"),
            ("1.x", "-"),
            ("1", "-"),
            ("*", "-"),
            ("latest", "-"),
            ("{{ .Values.tag }}", "-"),
            // Numbers of somebody's own.
            ("20240101", "-"),
            ("2.3.1", "-"),
            ("1.15.7", "1.15.7"),
            ("1.99.0", "1.99.0"),
            ("1.22.1@sha256:0123", "1.22.1"),
        ] {
            assert_eq!(says("- { doc: { kind: A }, value: $.tag }", text), version, "{text}");
        }
    }

    #[test]
    fn chains_of_majors() {
        let chain: Vec<Version> = ["1.0", "2.0", "3.0"].iter().filter_map(|text| Version::parse(text)).collect();
        for (text, version) in
            [("^2", "2.0"), ("2", "2.0"), ("2.x", "2.0"), ("4.0.0", "4.0.0"), ("0.9.1", "0.9.1"), ("7", "-"), ("2024.1", "-")]
        {
            assert_eq!(says_of("- { doc: { kind: A }, value: $.tag }", text, &chain), version, "{text}");
        }
    }

    #[test]
    fn a_pattern_takes_the_version_out() {
        let entry = "- { doc: { kind: A }, value: $.rev, pattern: '^(?:.*[a-z]-)?(1[-.][0-9]+)(?:-[0-9]+)?$' }";
        for (text, version) in
            [("1-24-1", "1.24"), ("asm-1-23-4", "1.23"), ("1-22", "1.22"), ("default", "-"), ("2024-1-15", "-"), ("", "-")]
        {
            assert_eq!(says(entry, text), version, "{text}");
        }
    }

    #[test]
    fn an_image_has_a_tag() {
        let entry = "- { image: [mesh-pilot, mesh-proxy] }";
        for (text, version) in [
            ("registry.example.com:5000/mesh/mesh-pilot:1.24.1-debug", "1.24.1"),
            ("mesh/mesh-proxy:v1.23.0@sha256:1.2", "1.23.0"),
            ("mesh/mesh-pilot", "-"),
            ("mesh/other:1.24.0", "-"),
            ("mesh/mesh-pilot:latest", "-"),
        ] {
            assert_eq!(says(entry, text), version, "{text}");
        }
        let both = detectors(entry).expect("entries");
        let words = |needles: &[&str]| needles.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>();
        assert_eq!(both[0].needles.groups, [words(&["image"]), words(&["/mesh-pilot:", "/mesh-proxy:"])]);
        assert!(both[1].needles.groups.contains(&words(&["newTag"])), "{:?}", both[1].needles);
    }

    #[test]
    fn slips_are_told() {
        let no = |text: &str| detectors(text).expect_err("refused").message;
        assert!(no("- { doc: { kind: A }, value: version }").contains("starts with `$`"));
        assert!(no("- { doc: any, value: $ }").contains("every file"));
        assert!(no("- { doc: { kind: A } }").contains("`value` is missing"));
        assert!(no("- { target: mesh, value: $.tag }").contains("no target `mesh`"));
        assert!(no("- { doc: { kind: A }, value: $.tag, pattern: '1[.]2' }").contains("no group"));
        assert!(no("- { doc: { kind: A }, value: $.tag, pattern: '(' }").contains("not a regular expression"));
        assert!(no("- { image: [a], value: $.tag }").contains("beside `image`"));
    }
}
