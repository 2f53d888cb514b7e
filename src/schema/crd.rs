//! CustomResourceDefinitions, as files, charts and `kubectl get crd -o yaml` give them.
use super::structural::Schema;
use crate::source::line_column;
use crate::view;
use crate::yaml::draft::Draft;
use crate::yaml::value::to_json;
use serde::Deserialize;
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// The kinds that a cluster knows by a CustomResourceDefinition.
#[derive(Debug, Clone, Default)]
pub struct Crds {
    /// By group and kind.
    kinds: BTreeMap<(String, String), Crd>,
}

/// One kind.
#[derive(Debug, Clone, PartialEq)]
pub struct Crd {
    pub group: String,
    pub kind: String,
    versions: Vec<Version>,
}

/// One version of a kind.
#[derive(Debug, Clone, PartialEq)]
pub struct Version {
    /// `v1beta1`.
    pub name: String,
    served: bool,
    /// None: anything goes.
    pub(super) schema: Option<Schema>,
    /// Fields that nobody names are kept everywhere, as old definitions may ask.
    pub(super) keeps_unknown: bool,
    /// Its `status` is written by a controller alone: the API server does not read that of a file.
    pub(super) status_apart: bool,
}

/// What was found in a text.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Read {
    pub found: usize,
    /// 1-based line and column, and what has to be told of that place.
    pub said: Vec<(usize, usize, String)>,
    /// It could not be read: what it defines is not known.
    pub unread: bool,
}

impl Crds {
    pub fn is_empty(&self) -> bool {
        self.kinds.is_empty()
    }

    pub fn of(&self, group: &str, kind: &str) -> Option<&Crd> {
        self.kinds.get(&(group.to_owned(), kind.to_owned()))
    }

    /// Takes in the definitions of a text: documents and items of lists, in templates as well. All else in it is passed over.
    pub fn read(&mut self, text: &str) -> Read {
        let mut read = Read::default();
        let parsed = match view::read(text, false, 0) {
            Ok(parsed) => parsed,
            Err(error) => {
                let (line, column) = line_column(text, error.at);
                read.said.push((line, column, format!("it cannot be read: {}", error.message)));
                read.unread = true;
                return read;
            }
        };
        let draft = Draft::new(text, parsed);
        for root in &draft.docs {
            let (line, column) = line_column(text, draft.file_span(*root).map_or(0, |span| span.start));
            let document = to_json(&draft.data(*root));
            let items = document["items"].as_array().filter(|_| document["kind"].as_str().is_some_and(|k| k.ends_with("List")));
            for one in items.map_or(std::slice::from_ref(&document), Vec::as_slice) {
                if one["kind"] == "CustomResourceDefinition" {
                    let said = match definition(one) {
                        Ok(crd) => self.add(crd, &mut read.found),
                        Err(why) => {
                            let name = one["metadata"]["name"].as_str().unwrap_or("without a name");
                            Some(format!("the CustomResourceDefinition {name} is left out: {why}"))
                        }
                    };
                    read.said.extend(said.map(|said| (line, column, said)));
                }
            }
        }
        read
    }

    /// Takes one in; says so where it stands in for another one.
    fn add(&mut self, crd: Crd, found: &mut usize) -> Option<String> {
        *found += 1;
        let name = format!("{} of {}", crd.kind, crd.group);
        let same = crd.clone();
        let before = self.kinds.insert((crd.group.clone(), crd.kind.clone()), crd)?;
        (before != same).then(|| format!("{name} was already defined differently: this definition counts"))
    }
}

impl Crd {
    /// A version that is served.
    pub fn served(&self, version: &str) -> Option<&Version> {
        self.versions.iter().find(|known| known.served && known.name == version)
    }

    /// Names of the versions that are served.
    pub fn all_served(&self) -> Vec<&str> {
        self.versions.iter().filter(|version| version.served).map(|version| version.name.as_str()).collect()
    }
}

/// The parts of a definition that matter here.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Spec {
    group: String,
    names: Names,
    #[serde(default)]
    versions: Vec<SpecVersion>,
    /// Of the first format, where one version stands here, and a schema and subresources for all of them.
    version: Option<String>,
    validation: Option<Validation>,
    subresources: Option<Json>,
    preserve_unknown_fields: Option<bool>,
}

#[derive(Deserialize)]
struct Names {
    kind: String,
}

#[derive(Deserialize)]
struct SpecVersion {
    name: String,
    #[serde(default)]
    served: bool,
    schema: Option<Validation>,
    subresources: Option<Json>,
}

#[derive(Deserialize, Clone)]
struct Validation {
    #[serde(rename = "openAPIV3Schema")]
    schema: Option<Json>,
}

fn definition(json: &Json) -> Result<Crd, String> {
    let spec = Spec::deserialize(&json["spec"]).map_err(|e| e.to_string())?;
    let first_format = json["apiVersion"] == "apiextensions.k8s.io/v1beta1";
    let keeps_unknown = spec.preserve_unknown_fields.unwrap_or(first_format);
    let mut versions = spec.versions;
    if versions.is_empty() {
        versions.extend(spec.version.map(|name| SpecVersion { name, served: true, schema: None, subresources: None }));
    }
    let one = |version: SpecVersion| {
        let schema = version.schema.or_else(|| spec.validation.clone()).and_then(|validation| validation.schema);
        let schema = schema.map(|json| Schema::deserialize(json).map_err(|e| format!("the schema of {}: {e}", version.name)));
        let subresources = version.subresources.as_ref().or(spec.subresources.as_ref());
        Ok(Version {
            status_apart: subresources.is_some_and(|all| !all["status"].is_null()),
            name: version.name,
            served: version.served,
            schema: schema.transpose()?,
            keeps_unknown,
        })
    };
    let versions = versions.into_iter().map(one).collect::<Result<Vec<_>, String>>()?;
    let crd = Crd { group: spec.group, kind: spec.names.kind, versions };
    let names = [&crd.group, &crd.kind].into_iter().chain(crd.versions.iter().map(|version| &version.name));
    let computed = names.into_iter().find(|name| name.contains("{{"));
    computed.map_or(Ok(()), |name| Err(format!("a template computes `{name}`")))?;
    Ok(crd)
}

#[cfg(test)]
mod tests {
    use super::*;

    const THING: &str = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: things.demo.dev}\nspec:\n  group: demo.dev\n  names: {kind: Thing}\n  versions:\n  - name: v1\n    served: true\n    schema: {openAPIV3Schema: {type: object}}\n    subresources: {status: {}}\n  - {name: v0, served: false}\n";

    #[test]
    fn documents_lists_and_templates() {
        let item = THING.replace('\n', "\n  ");
        let list = format!("kind: List\napiVersion: v1\nitems:\n- {}\n", item.trim_end());
        let template = format!("{{{{- if .Values.crds }}}}\n{THING}{{{{- end }}}}\n");
        for text in [THING, &format!("a: 1\n---\n{THING}"), &list, &template] {
            let mut crds = Crds::default();
            let read = crds.read(text);
            assert_eq!((read.found, read.said), (1, vec![]), "{text}");
            let crd = crds.of("demo.dev", "Thing").unwrap();
            assert_eq!(crd.all_served(), ["v1"]);
            assert!(crd.served("v0").is_none() && crd.served("v1").unwrap().status_apart);
        }
    }

    #[test]
    fn the_first_format() {
        let text = "apiVersion: apiextensions.k8s.io/v1beta1\nkind: CustomResourceDefinition\nspec:\n  group: demo.dev\n  names: {kind: Thing}\n  version: v1\n  validation: {openAPIV3Schema: {properties: {spec: {type: object}}}}\n";
        let mut crds = Crds::default();
        assert_eq!(crds.read(text).found, 1);
        let version = crds.of("demo.dev", "Thing").unwrap().served("v1").unwrap();
        assert!(version.keeps_unknown && version.schema.as_ref().unwrap().properties.contains_key("spec"));
    }

    #[test]
    fn what_is_left_out_is_said() {
        let said = |text: &str| {
            let mut crds = Crds::default();
            let read = crds.read(text);
            let said = read.said.into_iter().map(|(line, column, said)| format!("{line}:{column} {said}")).collect::<String>();
            (read.found, said)
        };
        assert!(said("a: [\n").1.starts_with("1:4 it cannot be read: "), "{:?}", said("a: [\n"));
        let odd = format!("a: 1\n---\n{}", THING.replace("type: object", "type: [object]"));
        let (found, why) = said(&odd);
        assert!(
            found == 0 && why.starts_with("3:1 the CustomResourceDefinition things.demo.dev is left out: the schema of v1: "),
            "{why}"
        );
        let computed = THING.replace("group: demo.dev", "group: {{ .Values.group }}");
        assert!(said(&computed).1.ends_with("a template computes `{{ .Values.group }}`"), "{:?}", said(&computed));
        let twice = format!("{THING}---\n{THING}---\n{}", THING.replace("name: v1", "name: v2"));
        let (found, why) = said(&twice);
        assert!(
            found == 3 && why.ends_with("Thing of demo.dev was already defined differently: this definition counts"),
            "{why}"
        );
        assert_eq!(why.matches("already defined").count(), 1);
    }
}
