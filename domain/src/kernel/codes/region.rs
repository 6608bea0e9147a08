//! 行政区划: where an object lies, from its address, the code of its registration, and its name, in this order.

/// A region as the register knows it.
#[derive(Clone, Debug)]
pub struct Region {
    pub code: String,
    pub name: String,
}

/// The county, its neighbours and its townships, with the names that townships had before.
#[derive(Clone, Debug)]
pub struct Gazetteer {
    home: Region,
    counties: Vec<Region>,
    cities: Vec<Region>,
    townships: Vec<Region>,
    /// 已撤并乡镇: former name and the township that it became part of.
    former: Vec<Region>,
}

/// Where an object lies.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    pub region_code: String,
    pub township_code: Option<String>,
}

/// What a row says of its place.
#[derive(Clone, Copy, Debug, Default)]
pub struct Told<'a> {
    pub address: &'a str,
    pub name: &'a str,
    /// 所在省份 and 地区, where a register has them as columns.
    pub area: &'a str,
    /// The six digits of the registration authority in the USCC.
    pub code: Option<&'a str>,
}

/// What was found, and what is doubtful about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located {
    /// `None` where nothing names a place.
    pub place: Option<Place>,
    pub doubt: Option<Doubt>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// Nothing names a place.
    RegionUnknown,
    /// It lies in the county, and its address names none of the county's townships.
    TownshipUnknown,
    /// The address names another county than the code does: the address counts.
    CodeDisagrees(String),
}

/// 省级行政区 (GB/T 2260), by the name under which addresses know them.
const PROVINCES: [(&str, &str); 34] = [
    ("11", "北京"),
    ("12", "天津"),
    ("13", "河北"),
    ("14", "山西"),
    ("15", "内蒙古"),
    ("21", "辽宁"),
    ("22", "吉林"),
    ("23", "黑龙江"),
    ("31", "上海"),
    ("32", "江苏"),
    ("33", "浙江"),
    ("34", "安徽"),
    ("35", "福建"),
    ("36", "江西"),
    ("37", "山东"),
    ("41", "河南"),
    ("42", "湖北"),
    ("43", "湖南"),
    ("44", "广东"),
    ("45", "广西"),
    ("46", "海南"),
    ("50", "重庆"),
    ("51", "四川"),
    ("52", "贵州"),
    ("53", "云南"),
    ("54", "西藏"),
    ("61", "陕西"),
    ("62", "甘肃"),
    ("63", "青海"),
    ("64", "宁夏"),
    ("65", "新疆"),
    ("71", "台湾"),
    ("81", "香港"),
    ("82", "澳门"),
];

/// What may follow the name of a province.
const PROVINCE_ENDS: [&str; 8] = ["维吾尔自治区", "壮族自治区", "回族自治区", "特别行政区", "自治区", "省", "市", ""];

impl Gazetteer {
    /// `home` is the county served; `regions` are all known (code, name); `former` are names of townships that are no more.
    pub fn new(
        home: &str,
        regions: impl IntoIterator<Item = Region>,
        former: impl IntoIterator<Item = Region>,
    ) -> Self {
        let mut gazetteer = Self {
            home: Region { code: home.to_owned(), name: String::new() },
            counties: Vec::new(),
            cities: Vec::new(),
            townships: Vec::new(),
            former: former.into_iter().collect(),
        };
        for region in regions {
            if region.code == home {
                gazetteer.home.name.clone_from(&region.name);
            }
            match region.code.len() {
                9 if region.code.starts_with(home) => gazetteer.townships.push(region),
                6 if !region.code.ends_with("00") => gazetteer.counties.push(region),
                6 if !region.code.ends_with("0000") => gazetteer.cities.push(region),
                _ => {}
            }
        }

        gazetteer
    }

    /// The place, by what says it best.
    pub fn locate(&self, told: Told<'_>) -> Located {
        let code = told.code.filter(|code| is_area(code));
        let by_address = self.region_in(told.address, code);
        let county = |code: &str| !code.ends_with("00");
        let names_township = self.township_in(told.address).is_some();
        let at_home =
            names_township && by_address.is_none() && code.is_none_or(|code| code == self.home.code || !county(code));

        let region_code = by_address
            .clone()
            .filter(|code| county(code))
            .or_else(|| at_home.then(|| self.home.code.clone()))
            .or_else(|| code.filter(|code| county(code) && agrees(by_address.as_deref(), code)).map(str::to_owned))
            .or_else(|| by_address.clone())
            .or_else(|| self.region_in(told.area, code).filter(|code| county(code)))
            .or_else(|| self.region_in(told.name, code))
            .or_else(|| code.map(str::to_owned))
            .or_else(|| self.region_in(told.area, code));
        let Some(region_code) = region_code else {
            return Located { place: None, doubt: Some(Doubt::RegionUnknown) };
        };
        let at_home = region_code == self.home.code;
        let township_code = self.township_in(told.address).or_else(|| {
            // A name helps where there is no address, not against one.
            told.address.is_empty().then(|| self.township_in(told.name)).flatten()
        });
        let township_code = township_code.filter(|_| at_home);

        let doubt = match (&by_address, code) {
            (Some(by_address), Some(code)) if county(code) && !agrees(Some(by_address), code) => {
                Some(Doubt::CodeDisagrees(code.to_owned()))
            }
            _ if at_home && township_code.is_none() && !told.address.is_empty() => Some(Doubt::TownshipUnknown),
            _ => None,
        };
        Located { place: Some(Place { region_code, township_code }), doubt }
    }

    /// The region that a text names: a county, else a city, else a province, as six digits.
    fn region_in(&self, text: &str, code: Option<&str>) -> Option<String> {
        let (province, rest) = province_of(text);
        let (city, rest) = self.city_of(rest);
        let home_province = &self.home.code[..2];
        if province.is_some_and(|province| province != home_province) {
            let province = province?;
            // Counties of other provinces are not known by name; the code may say which it is.
            let known = code.filter(|code| code.starts_with(province)).map(str::to_owned);
            return Some(known.unwrap_or_else(|| format!("{province}0000")));
        }

        let whole = self.counties.iter().filter_map(|county| Some((text.find(&county.name)?, county)));
        let first = whole.min_by_key(|(at, county)| (*at, usize::MAX - county.name.len()));
        // A county is named without 县 or 区 only where an address begins.
        let stem = self.counties.iter().find(|county| {
            let stem = county.name.trim_end_matches(['县', '区', '市']);
            stem.chars().count() >= 2 && rest.starts_with(stem)
        });
        let county = match (first, stem) {
            // What the text begins with goes before what comes later.
            (Some((at, county)), Some(stem)) => {
                let begins = text.len() - rest.len();
                Some(if at <= begins { county } else { stem })
            }
            (Some((_, county)), None) => Some(county),
            (None, stem) => stem,
        };
        county
            .map(|county| county.code.clone())
            .or_else(|| city.map(|city| city.code.clone()))
            .or_else(|| province.map(|province| format!("{province}0000")))
    }

    fn city_of<'t>(&self, text: &'t str) -> (Option<&Region>, &'t str) {
        for city in &self.cities {
            let stem = city.name.trim_end_matches('市');
            if let Some(rest) = text.strip_prefix(city.name.as_str()).or_else(|| text.strip_prefix(stem)) {
                return (Some(city), rest);
            }
        }
        (None, text)
    }

    /// The township that comes first in a text, behind the county's name where that stands there.
    fn township_in(&self, text: &str) -> Option<String> {
        let rest = text.find(self.home.name.as_str()).filter(|_| !self.home.name.is_empty());
        let rest = rest.map_or(text, |at| &text[at + self.home.name.len()..]);
        let current = self.townships.iter().filter_map(|town| Some((named_at(rest, &town.name)?, &town.code)));
        let former = self.former.iter().filter_map(|town| Some((rest.find(&town.name)?, &town.code)));
        current.chain(former).min_by_key(|(at, _)| *at).map(|(_, code)| code.clone())
    }
}

/// Where a township is named: `嘉川镇`, `嘉川场镇`, or as the 乡 that it was.
fn named_at(text: &str, name: &str) -> Option<usize> {
    let stem = name.strip_suffix('镇').or_else(|| name.strip_suffix('乡')).or_else(|| name.strip_suffix("街道"));
    let Some(stem) = stem.filter(|stem| stem.chars().count() >= 2) else { return text.find(name) };
    let ends = ["镇", "乡", "场镇", "街道"];
    let mut from = 0;
    while let Some(at) = text[from..].find(stem) {
        let end = from + at + stem.len();
        if ends.iter().any(|word| text[end..].starts_with(word)) {
            return Some(from + at);
        }
        from = end;
    }
    None
}

/// A province at the beginning of a text, and what follows it.
fn province_of(text: &str) -> (Option<&'static str>, &str) {
    for (code, name) in PROVINCES {
        if let Some(rest) = text.strip_prefix(name) {
            let end = PROVINCE_ENDS.iter().find_map(|end| rest.strip_prefix(end)).unwrap_or(rest);
            if end.len() == rest.len() && is_street(rest) {
                return (None, text);
            }
            return (Some(code), end);
        }
    }
    (None, text)
}

/// `路12号`, `东路`, `大道` behind a province's name: streets are named after provinces in every town.
fn is_street(rest: &str) -> bool {
    let rest = rest.trim_start_matches(['东', '西', '南', '北', '中', '一', '二', '三', '四', '上', '下', '新', '老']);
    ["路", "街", "大道", "道", "巷", "胡同", "大厦", "广场", "花园", "小区", "饭店", "酒店"]
        .iter()
        .any(|word| rest.starts_with(word))
}

/// Six digits that begin with a province's.
fn is_area(code: &str) -> bool {
    let digits = code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit());
    digits && PROVINCES.iter().any(|(province, _)| code.starts_with(province))
}

/// Whether a county lies in what the address names: the same city or province, or the address names nothing.
fn agrees(named: Option<&str>, county: &str) -> bool {
    named.is_none_or(|named| county.starts_with(named.trim_end_matches("00")))
}

#[cfg(test)]
#[path = "region_tests.rs"]
mod tests;
