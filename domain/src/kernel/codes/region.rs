//! 行政区划: where an address lies, from its text.

/// A region as the register knows it.
#[derive(Clone, Debug)]
pub struct Region {
    pub code: String,
    pub name: String,
}

/// The county and its neighbours, and the county's townships.
#[derive(Clone, Debug)]
pub struct Gazetteer {
    home: Region,
    counties: Vec<Region>,
    townships: Vec<Region>,
}

/// Where an object lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub region_code: String,
    pub township_code: Option<String>,
}

impl Gazetteer {
    /// `home` is the county served; `regions` are all known (code, name).
    pub fn new(home: &str, regions: impl IntoIterator<Item = Region>) -> Self {
        let mut gazetteer = Self {
            home: Region { code: home.to_owned(), name: String::new() },
            counties: Vec::new(),
            townships: Vec::new(),
        };
        for region in regions {
            if region.code == home {
                gazetteer.home.name.clone_from(&region.name);
            }
            match region.code.len() {
                9 if region.code.starts_with(home) => gazetteer.townships.push(region),
                6 if !region.code.ends_with("00") => gazetteer.counties.push(region),
                _ => {}
            }
        }

        gazetteer
    }

    /// Finds the county named in the texts (name and address), else the area of the code; then the township.
    pub fn locate(&self, texts: &[&str], area: Option<&str>) -> Option<Place> {
        let named = self.counties.iter().find(|county| texts.iter().any(|text| names(text, &county.name)));
        let area = area.filter(|area| area.len() == 6 && area.starts_with(&self.home.code[..2]));
        let region_code = named.map(|county| county.code.as_str()).or(area)?.to_owned();
        let township_code = (region_code == self.home.code)
            .then(|| {
                let hit = self.townships.iter().find(|town| texts.iter().any(|text| names(text, &town.name)));
                hit.map(|town| town.code.clone())
            })
            .flatten();
        Some(Place { region_code, township_code })
    }
}

/// `旺苍县` is named by `旺苍县嘉川镇…` and by `旺苍嘉川…`: the generic last character may be left out of counties.
fn names(text: &str, name: &str) -> bool {
    if text.contains(name) {
        return true;
    }
    let is_county = name.ends_with('县') || name.ends_with('区');
    let stem = name.trim_end_matches(['县', '区']);
    is_county && stem.chars().count() >= 2 && text.contains(stem)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gazetteer() -> Gazetteer {
        let regions = [("510800", "广元市"), ("510821", "旺苍县"), ("510823", "剑阁县"), ("510821101", "嘉川镇")];
        Gazetteer::new("510821", regions.map(|(code, name)| Region { code: code.to_owned(), name: name.to_owned() }))
    }

    #[test]
    fn address_names_county_and_township() {
        let place = gazetteer().locate(&["旺苍县嘉川镇石桥村四社"], Some("510800"));
        assert_eq!(place, Some(Place { region_code: "510821".into(), township_code: Some("510821101".into()) }));
    }

    #[test]
    fn the_code_helps_where_the_address_does_not() {
        let place = gazetteer().locate(&["开封镇龙桥村"], Some("510823"));
        assert_eq!(place, Some(Place { region_code: "510823".into(), township_code: None }));
        assert_eq!(gazetteer().locate(&["某地"], None), None);
    }
}
