//! Carriers: documents that name charts, and hold their values.
use super::{Base, Search, Section, has_shape, section};
use crate::index::ValuesOwner;
use crate::migrate::chart::{Reference, are_values};
use crate::migrate::document::Object;
use crate::migrate::lens::{Hit, Lens, Reading};
use crate::pack::path::{Path, Segment};
use crate::pack::target::{Carrier, last_part};
use crate::yaml::draft::{Draft, Id};
use std::rc::Rc;

impl Search<'_> {
    /// The values of a chart in the documents that name it.
    pub(super) fn carried(&mut self, draft: &mut Draft, chart: &str, shape: &[Path]) -> Vec<Base> {
        let mut out = Vec::new();
        let reading = Reading::default();
        for carrier in self.carriers {
            for (index, object) in self.objects.iter().enumerate() {
                let holds = carrier.chart_name.is_some() || carrier.chart_named.is_some();
                if !holds || !carrier.speaks_of(object.kind.as_deref(), object.group.as_deref(), self.path) {
                    continue;
                }
                for base in carrier_bases(draft, object.root, carrier) {
                    let lens = Lens::new(draft, base, &reading);
                    let sections = self.sections(draft, &lens, object, carrier, chart);
                    if sections.as_ref().map_or(shape.is_empty(), Vec::is_empty) {
                        continue;
                    }
                    for (path, embedded) in &carrier.values {
                        let found = lens.query(draft, &reading, &path.source).unwrap_or_default();
                        for located in found {
                            let open = if *embedded {
                                self.open(draft, located.hit.id, true, "")
                            } else {
                                Some(located.hit.id).filter(|id| are_values(draft, *id))
                            };
                            let Some(root) = open else { continue };
                            let Some(sections) = &sections else {
                                let guessed = Some("nothing says which chart these values are for");
                                let shaped = has_shape(draft, Hit::node(root), shape);
                                out.extend(shaped.then(|| Base { guessed, ..Base::whole(Hit::node(root), index) }));
                                continue;
                            };
                            out.extend(sections.iter().filter_map(|(keys, only)| section(draft, root, index, keys, *only)));
                        }
                    }
                }
            }
        }
        out
    }

    /// The sections that a chart has in the values that a carrier holds: all of them, where the carrier names the chart; what
    /// the index knows, where it names a chart of the repository, or is a patch that names none. None where nothing tells.
    fn sections(&self, draft: &Draft, lens: &Lens, object: &Object, carrier: &Carrier, chart: &str) -> Option<Vec<Section>> {
        let texts = |at: &Option<Path>| texts(draft, lens, at);
        let of_chart = |owners: &[ValuesOwner]| -> Vec<Section> {
            owners.iter().filter(|o| o.chart == chart).map(|o| (o.section.clone(), o.only)).collect()
        };
        if carrier.chart_named.is_some() {
            return Some(texts(&carrier.chart_named).iter().flat_map(|name| of_chart(self.repo.config_map(name))).collect());
        }
        let (names, path) = (texts(&carrier.chart_name), texts(&carrier.chart_path));
        let path = carrier.local(path.first().map(String::as_str), names.first().map(String::as_str));
        let local = path.and_then(|path| self.repo.chart_at(carrier.folder(self.path), path));
        // A patch need not say what the object that it is for says.
        let unnamed = names.is_empty() && path.is_none();
        let patched = || self.repo.carrier(object.kind.as_deref().unwrap_or_default(), &object.name);
        if let Some(owners) = local.or_else(|| unnamed.then(patched)) {
            return (!unnamed || !owners.is_empty()).then(|| of_chart(owners));
        }
        let objects = carrier.chart_object.iter().flat_map(|kind| names.iter().map(move |name| self.repo.carrier(kind, name)));
        let by_object: Vec<Section> = objects.flat_map(of_chart).collect();
        if !by_object.is_empty() {
            return Some(by_object);
        }
        let named = |name: &String| last_part(name) == chart;
        Some(if names.iter().any(named) { vec![(Vec::new(), None)] } else { Vec::new() })
    }

    /// The places that name one of `charts`: dependencies of a chart of the repository, and carriers.
    pub(super) fn references(&mut self, draft: &mut Draft, charts: &[String]) -> Vec<Base> {
        let own = self.is_chart().then(Carrier::dependencies);
        let mut out = Vec::new();
        for carrier in self.carriers.iter().chain(&own).filter(|carrier| carrier.chart_name.is_some()) {
            for (index, object) in self.objects.iter().enumerate() {
                if !carrier.speaks_of(object.kind.as_deref(), object.group.as_deref(), self.path) {
                    continue;
                }
                for base in carrier_bases(draft, object.root, carrier) {
                    if self.names_one(draft, base, carrier, charts) {
                        let values = self.values_at(draft, base, carrier);
                        let chart = Reference::new(draft, base, carrier, values);
                        out.push(Base { chart: Some(Rc::new(chart)), ..Base::whole(base, index) });
                    }
                }
            }
        }
        out
    }

    /// Whether the file says what a chart depends on.
    fn is_chart(&self) -> bool {
        match self.path.rsplit('/').next().unwrap_or_default() {
            "Chart.yaml" => true,
            // Of a chart of the first format.
            "requirements.yaml" => self.repo.exists(&format!("{}Chart.yaml", self.path.trim_end_matches("requirements.yaml"))),
            _ => false,
        }
    }

    /// Whether one of `charts` is named at `base`. A folder of the repository is no name: the chart in it has its own.
    fn names_one(&self, draft: &Draft, base: Hit, carrier: &Carrier, charts: &[String]) -> bool {
        let lens = Lens::new(draft, base, &Reading::default());
        let (names, path) = (texts(draft, &lens, &carrier.chart_name), texts(draft, &lens, &carrier.chart_path));
        let path = carrier.local(path.first().map(String::as_str), names.first().map(String::as_str));
        let local = path.is_some_and(|path| self.repo.chart_at(carrier.folder(self.path), path).is_some());
        !local && names.iter().any(|name| charts.iter().any(|chart| chart == last_part(name)))
    }

    /// How one gets from `base` to the values there, a text that holds them being opened.
    fn values_at(&mut self, draft: &mut Draft, base: Hit, carrier: &Carrier) -> Option<Vec<Segment>> {
        let lens = Lens::new(draft, base, &Reading::default());
        for (path, embedded) in &carrier.values {
            let found = lens.query(draft, &Reading::default(), &path.source).unwrap_or_default();
            for (located, way) in found.into_iter().zip(lens.ways(path)) {
                let id = located.hit.id;
                if if *embedded { self.open(draft, id, true, "").is_some() } else { are_values(draft, id) } {
                    return Some(way);
                }
            }
        }
        None
    }
}

fn carrier_bases(draft: &Draft, root: Id, carrier: &Carrier) -> Vec<Hit> {
    let reading = Reading::default();
    let lens = Lens::new(draft, Hit::node(root), &reading);
    if carrier.each.is_empty() {
        return vec![Hit::node(root)];
    }
    let found = carrier.each.iter().flat_map(|path| lens.query(draft, &reading, &path.source).unwrap_or_default());
    found.map(|l| l.hit).collect()
}

fn texts(draft: &Draft, lens: &Lens, at: &Option<Path>) -> Vec<String> {
    let found = at.iter().flat_map(|at| lens.query(draft, &Reading::default(), &at.source)).flatten();
    found.filter_map(|located| located.value.as_str().map(str::to_owned)).collect()
}
