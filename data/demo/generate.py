"""Write the demo data of 旺苍县 (510821): python3 generate.py [output directory].

Every person, company and number is invented. To keep the numbers from meeting real ones by chance they come from
ranges believed to be unused: organisation codes MAW…, MAX…, MAY…, MBY… and citizen IDs of an area, 510899, that does
not exist. Each file has a random stream of its own, so changing one leaves the others as they were; the exceptions
are credit_classifications (it rates the objects) and messy_objects (it avoids the objects' names and codes).
"""
import csv
import datetime as dt
import io
import random
import sys
from pathlib import Path

from tables import (BRAND1, BRAND2, DEPARTMENTS, DUTIES, FORMS, GIVEN1, GIVEN2, ITEMS, LANES, PLAN, SIBLINGS, STREETS,
                    SURNAMES, TOWNSHIPS, TRADES, VILLAGES)

OUT = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent
COUNTY = "510821"
TODAY = dt.date(2026, 11, 1)  # fixed, because data that follows the clock cannot be compared between two runs
SYMBOLS = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100 leaves out I, O, S, V, Z
REGISTRY = "企业名称 统一社会信用代码 注册日期 企业类型 法人代表 注册资金 经营范围 所在省份 地区 注册地址".split()
DEPT_CODE = {record[0]: f"{COUNTY}{serial:02d}" for serial, record in enumerate(DEPARTMENTS, 1)}


def stream(name):
    return random.Random(f"{COUNTY}:{name}")


def dump(name, header, rows, encodings=(("", "utf-8"),)):
    """One text, several encodings: the variants of a file must not differ in anything else."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([header, *rows])
    for suffix, encoding in encodings:
        (OUT / f"{name}{suffix}.csv").write_bytes(text.getvalue().encode(encoding))


def uscc(rng, prefix, series, used):
    """A valid code not in `used`: it carries two check characters, the organisation code's and its own."""
    while True:
        body = series + "".join(rng.choices(SYMBOLS, k=8 - len(series)))
        rest = sum(int(c, 36) * weight for c, weight in zip(body, (3, 7, 9, 10, 5, 8, 4, 2))) % 11
        code = prefix + COUNTY + body + "0X987654321"[rest]
        code += SYMBOLS[-sum(SYMBOLS.index(c) * pow(3, i, 31) for i, c in enumerate(code)) % 31]
        if code not in used:
            used.add(code)
            return code


def citizen_id(born, male, serial):
    """The sequence number is odd for men; counting it up keeps the IDs distinct."""
    body = f"510899{born:%Y%m%d}{serial * 2 + male:03d}"
    return body + "10X98765432"[sum(int(c) * pow(2, 17 - i, 11) for i, c in enumerate(body)) % 11]


def day(rng, first, last):
    return first + dt.timedelta(rng.randrange((last - first).days + 1))


def fresh(make, used):
    """The first value of `make` not seen before."""
    while (value := make()) in used:
        pass
    used.add(value)
    return value


def money(rng, kind):
    """The registry's three spellings; N/A is common for shops and the rule for branches."""
    shop = kind == "个体工商户"
    if "分支机构" in kind or rng.random() < (0.6 if shop else 0.1):
        return "N/A"
    amount = rng.choice((3, 5, 8, 10, 20) if shop else (30, 50, 80, 100, 200, 500, 618, 1000, 2600))
    if rng.random() < 0.08:
        return f"{amount + rng.randrange(1, 100) / 100:,.4f}(万元人民币)"
    return rng.choices((f"{amount:,}(万元人民币)", f"{amount:,}(万)", f"{amount}万人民币"), (80, 12, 8))[0]


def address(rng, town_index, rural):
    town = TOWNSHIPS[town_index][1]
    if rural:  # five villages to a township
        village = VILLAGES[(town_index * 5 + rng.randrange(5)) % len(VILLAGES)]
        return f"旺苍县{town}{village}村{rng.randint(1, 8)}组{rng.randint(1, 120)}号"
    return f"旺苍县{town}{rng.choice(STREETS if town == '东河镇' else LANES)}{rng.randint(1, 260)}号"


def make_object(rng, form, names, codes):
    kind, _, prefix, series, column, sections, pattern = form
    fits = [t for t in TRADES if t[column] != "-" and t[0][0] in (sections or t[0])]
    trade = rng.choices(fits, [int(t[column].split(":")[1]) for t in fits])[0]
    industry, tags, scope = trade[0], trade[4].split(";"), trade[5]
    town = rng.choices(range(len(TOWNSHIPS)), [int(t[2]) for t in TOWNSHIPS])[0]
    name = fresh(lambda: pattern.format(t=TOWNSHIPS[town][1], b=rng.choice(BRAND1) + rng.choice(BRAND2),
                                        s=trade[column].split(":")[0]), names)
    # Collective forms belong to the time before 2007-07-01, the day the cooperative law came into force.
    old = kind.startswith(("集体", "股份"))
    period = (dt.date(1984, 1, 1), dt.date(2006, 12, 31)) if old else (dt.date(2007, 7, 1), TODAY)
    founded = max(day(rng, *period), day(rng, *period))  # the later of two, since young companies prevail
    return [name, uscc(rng, prefix, series, codes), founded, kind,
            rng.choice(SURNAMES) + ("**" if rng.random() < 0.8 else "*"), money(rng, kind), scope + "。", "四川", "广元",
            address(rng, town, industry[0] in "AB" or rng.random() < 0.35),  # farms and mines lie in villages
            industry, ";".join(t.rstrip("*") for t in tags if column > 1 or not t.endswith("*"))]


def regions():
    rows = [("510000", "四川省", "PROVINCE", ""), ("510800", "广元市", "CITY", "510000"),
            (COUNTY, "旺苍县", "COUNTY", "510800")]
    rows += [(COUNTY + code, name, "TOWNSHIP", COUNTY) for code, name, _ in TOWNSHIPS]
    rows += [(sibling[:6], sibling[6:], "COUNTY", "510800") for sibling in SIBLINGS]
    dump("regions", ["code", "name", "level", "parent_code"], rows)


def departments():
    rng, used = stream("departments"), set()
    town_code = {name + "人民政府": COUNTY + code for code, name, _ in TOWNSHIPS}
    rows = [(DEPT_CODE[name], "旺苍县" + name, name.replace("人民政府", "政府"), kind, uscc(rng, "11", "MBY", used),
             town_code.get(name, COUNTY), DEPT_CODE.get(parent, ""), DUTIES.get(name, ""))
            for name, kind, parent, *_ in DEPARTMENTS]
    dump("departments", "code name short_name kind uscc region_code parent_code duty_code".split(), rows)


def post_of(rng, kind, dept, rank):
    if kind == "TOWNSHIP":
        return "综合行政执法办公室主任" if rank == 0 else "综合行政执法办公室执法员"
    first = ("大队长", "中队长") if dept.endswith("大队") else ("副局长", "股长")
    return first[rank] if rank < 2 else rng.choice(("一级科员", "四级主任科员", "二级主任科员"))


def personnel():
    rng, rows, names = stream("personnel"), [], set()
    for dept, kind, _, count, field, skills in DEPARTMENTS:
        for rank in range(int(count)):
            name = fresh(lambda: rng.choice(SURNAMES) + rng.choice(GIVEN1) + rng.choice(GIVEN2), names)
            male, born = rng.random() < 0.65, day(rng, dt.date(1972, 1, 1), dt.date(1998, 12, 31))
            supervisor = kind == "JUSTICE" and rank < 2
            certificate = "4" if supervisor else {"公安局": "3", "林业局": "2", "水利局": "2"}.get(dept, "1")
            # Who must not be drawn: three with a missed annual examination, one whose certificate has expired.
            missed = rank == 1 and dept in ("市场监督管理局", "农业农村局", "交通运输局")
            expired = rank == 8
            year = 2020 if expired else rng.randint(2022, 2025)
            issued = dt.date(year, rng.randint(1, 10), rng.randint(1, 28))  # no 29 February: six years on there is none
            skill = dict(enumerate(skills.split())).get(rank, "-")
            rows.append([
                name, DEPT_CODE[dept], citizen_id(born, male, len(rows)), "男" if male else "女",
                "03" if dept.endswith("大队") or rng.random() < 0.2 else "01", post_of(rng, kind, dept, rank),
                f"{DEPT_CODE[dept]}{len(rows) + 1:04d}", certificate,
                "四川省公安厅" if certificate == "3" else "四川省人民政府",
                issued, issued.replace(year=year + 6) - dt.timedelta(1), "2026-03-31" if missed else "2027-03-31",
                field, "是" if supervisor else "否", "" if skill == "-" else skill])
    dump("personnel", "姓名 部门编码 身份证号 性别 人员性质 职务 执法证号 证件种类 发证机关 发证日期 有效期至 年审截止 "
         "执法类别 是否监督人员 专业资格".split(), rows)


def spot_check_items():
    rows = [[number, item, part, basis, "旺苍县" + dept, target, ratio, frequency, way,
             "需专业岗位资格" if trained == "Y" else "无需专业岗位资格", "", DEPT_CODE[dept],
             "重点检查事项" if key == "K" else "一般检查事项"]
            for number, item, part, basis, dept, target, ratio, frequency, way, trained, key in ITEMS]
    dump("spot_check_items", "编号 抽查事项名称 抽查子项 抽查依据 抽查主体 抽查对象 抽查比例 抽查频次 抽查方式 "
         "检查人员要求 备注 部门编码 事项类别".split(), rows)


def catalogue():
    """What the province publishes: every spot-checked matter as an inspection, and the penalty that goes with it."""
    rows, serials, mains = [], {}, {}
    for number, item, part, basis, dept, target, *_ in ITEMS:
        duty = DUTIES[dept]
        main = mains.setdefault((duty, item), f"{duty}{len(mains) + 1:06d}")
        matter = f"{target}的{part}" if part else target
        kinds = [("行政检查", f"对{matter}的监督检查", "现场检查", "双随机抽查、日常检查")]
        if part == "" or serials.get(main) is None:
            kinds.append(("行政处罚", f"对{target}违反{item.removesuffix('抽查')}规定行为的处罚", "立案调查", "案件办理"))
        for kind, name, form, way in kinds:
            serials[main] = serials.get(main, 0) + 1
            rows.append([main, item, f"{main}{serials[main]:06d}", name, duty, target, form, kind, basis, way,
                         "制定方案—现场检查—结果处理—结果公示" if kind == "行政检查" else "立案—调查—告知—决定—执行",
                         "检查结果公示、后续监管" if kind == "行政检查" else "行政处罚决定",
                         "省级、市级、县级", "区县", "在用"])
    dump("catalogue", "主项编码 主项名称 子项编码 子项名称 监管部门编码 监管对象 监管形式 行政类型 设定依据 监管方式 监管流程 "
         "监管结果 监管层级 适用范围 操作状态".split(), rows)


def plan_agriculture():
    header = "序号 抽查类别 抽查事项 检查对象 事项类别 执行股室 检查比例 初步检查时间".split()
    dump("plan_agriculture", header, PLAN)


def credit_classifications(companies, names, codes):
    """Shares are exact, not drawn, so that tests can count on them."""
    rng = stream("credit")
    rated = rng.sample(companies, 2000)
    schemes = [("2", "202608", "3", rated, {"A": 1100, "B": 600, "C": 220, "D": 80}),
               ("1", "202607", "1", rated[:150], {"A": 60, "B": 45, "C": 27, "D": 12, "E": 6})]
    rows = []
    for scheme, batch, source, group, shares in schemes:
        levels = [level for level, count in shares.items() for _ in range(count)]
        rng.shuffle(levels)
        rows += [[c[1], c[0], scheme, level, batch, source] for c, level in zip(group, levels)]
    strangers = [make_object(rng, FORMS[1], names, codes) for _ in range(3)]  # rated, yet missing from the objects
    rows += [[c[1], c[0], "2", level, "202608", "3"] for c, level in zip(strangers, "BCD")]
    dump("credit_classifications", "统一社会信用代码 企业名称 分类体系 信用等级 评价批次 下发来源".split(), rows)


def messy_objects(names, codes):
    """Sixty rows for the importer; README.md says by row number what is wrong."""
    rng = stream("messy")
    row = {number: make_object(rng, FORMS[number % 5], names, codes)[:10] for number in range(1, 61)}
    name, code, date, person, amount, scope, place = 0, 1, 2, 4, 5, 6, 9
    for number, spelling in enumerate(("1,250(万元人民币)", "86(万)", "30万人民币", "354.4500(万元人民币)"), 1):
        row[number][amount] = spelling
    row[5][code] = row[5][code][:17] + SYMBOLS[(SYMBOLS.index(row[5][code][17]) + 1) % 31]
    row[8][code] = "91510821maIO0S5vZ#"
    row[11][code] = row[11][code].lower()
    row[14][name] = ""
    row[17][date] = "2021-02-30"
    row[20][amount] = "约伍拾万左右"
    row[23][name] = "=cmd|'/c calc'!A0"
    row[26][place] += "\n（原供销社院内）"
    row[29][scope] = "日用百货、五金交电、农副产品、建筑材料零售；" * 240
    row[32] = row[2][:place] + ["旺苍县嘉川镇场镇新街200号"]
    row[35][date:7] = ["N/A"] * 5
    row[38][code] = "N/A"
    row[41] = row[4]
    row[44][date] = "2021/3/5"
    row[47][name], row[47][place] = f" {row[47][name]}\u3000", "旺苍县普济镇场镇正街１２号"
    row[50][name] = '旺苍县"锦和",商贸有限责任公司'
    row[53][code] = row[53][code][:17]
    row[56][person] = "@SUM(1+1)"
    row[59][date] = "2099-01-01"
    dump("messy_objects", REGISTRY, row.values(), (("", "utf-8"), (".gb18030", "gb18030"), (".bom", "utf-8-sig")))


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    regions()
    departments()
    personnel()
    spot_check_items()
    catalogue()
    plan_agriculture()
    rng, names, codes = stream("objects"), set(), set()
    forms = [form for form in FORMS for _ in range(form[1])]
    rng.shuffle(forms)
    companies = [make_object(rng, form, names, codes) for form in forms]
    dump("objects", REGISTRY + ["行业代码", "标签"], companies)
    credit_classifications(companies, names, codes)
    messy_objects(names, codes)


if __name__ == "__main__":
    main()
