//! Invented districts: a file of schools, and files of users for two days in eChalk's format, of any size, some rows wrong, one
//! error a row, with the truth about each. Written without a look at the program: what is wrong is known from how it was made.

use std::fmt::Write;

use super::random::Random;

/// The columns, in the order in which the cells of a row stand.
pub(crate) const COLUMNS: [&str; 10] = [
    "first_name",
    "middle_name",
    "last_name",
    "email",
    "custom_id",
    "school_district_external_id",
    "user_type",
    "position",
    "grade",
    "status",
];
const FIRST: usize = 0;
const MIDDLE: usize = 1;
const LAST: usize = 2;
const EMAIL: usize = 3;
const ID: usize = 4;
const SCHOOL: usize = 5;
const TYPE: usize = 6;
const POSITION: usize = 7;
const GRADE: usize = 8;
const STATUS: usize = 9;

/// Each way to be wrong: the column, and what may stand there instead. `None`: the value of an earlier row that is right.
#[rustfmt::skip]
const WRONGS: [(usize, Option<&[&str]>, &str); 11] = [
    (LAST,   Some(&["", "   "]),                                             "VAL-201"),
    (FIRST,  Some(&["", " \t "]),                                            "VAL-201"),
    (EMAIL,  Some(&["nobody", "a at b.example", "@b.example", "a@@b.example", "n/a"]), "VAL-210"),
    (EMAIL,  Some(&[""]),                                                    "VAL-201"),
    (ID,     None,                                                           "DUP-401"),
    (ID,     Some(&["", "  "]),                                              "VAL-229"),
    (SCHOOL, Some(&["Z9", "1", "S-0", "s1"]),                                "REF-301"),
    (TYPE,   Some(&["teacher", "Pupil", "STAFF", "Parent"]),                 "VAL-209"),
    (GRADE,  Some(&["01", "13", "Kindergarten", "k", "7th"]),                "VAL-214"),
    (STATUS, Some(&["active", "Gone", "Y", "ACTIVE"]),                       "VAL-209"),
    (EMAIL,  None,                                                           "DUP-403"),
];

/// What the program must say of a row that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Wrong {
    /// Physical line of the row's first character, the header is 1.
    pub(crate) line: u32,
    pub(crate) column: &'static str,
    pub(crate) code: &'static str,
}

/// What must become of the people of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) created: u64,
    pub(crate) updated: u64,
    pub(crate) unchanged: u64,
    pub(crate) errors: u64,
}

/// What the program must make of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Truth {
    pub(crate) rows: u64,
    pub(crate) staff: Count,
    pub(crate) students: Count,
    /// In the order of the file.
    pub(crate) wrong: Vec<Wrong>,
}

impl Truth {
    /// The truth once the file has been applied: nothing new in it.
    pub(crate) fn again(&self) -> Self {
        let settled = |c: Count| Count { unchanged: c.created + c.updated + c.unchanged, errors: c.errors, ..Count::default() };
        Self { staff: settled(self.staff), students: settled(self.students), ..self.clone() }
    }
}

/// What becomes of a row that is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Created,
    Updated,
    Unchanged,
}

#[derive(Clone, Debug)]
struct Row {
    cells: [String; 10],
    fate: Fate,
    wrong: Option<(usize, &'static str)>,
    /// Rows that share an ID or e-mail have the same group: which of them is right depends on their order.
    group: usize,
}

/// How a file is written.
#[derive(Clone, Copy, Debug)]
struct Form {
    line_end: &'static str,
    mark: bool,
    delimiter: char,
}

/// The users file of one day.
#[derive(Clone, Debug)]
pub(crate) struct Day {
    rows: Vec<Row>,
    form: Form,
}

/// A district over two days.
#[derive(Clone, Debug)]
pub(crate) struct District {
    /// The file of schools.
    pub(crate) schools: String,
    pub(crate) day_1: Day,
    pub(crate) day_2: Day,
}

const SYLLABLES: [&str; 32] = [
    "ba", "ro", "mi", "te", "lun", "da", "shi", "kor", "ve", "na", "zu", "pel", "ga", "ri", "mo", "sa", "é", "ñu", "ła", "ö", "jo", "wen",
    "ty", "ul", "fa", "ke", "ib", "or", "du", "xi", "ha", "quo",
];
const ODD_NAMES: [&str; 8] = ["O'Marrow", "Tarn, Jr.", "\"Bo\" Velt", "van der Lune", "Kesh-Ryll", "林田", "Null", "d’Orvane"];

/// A district of so many schools and users; so many rows of a thousand are wrong.
pub(crate) fn district(seed: u64, schools: usize, users: usize, wrong: usize) -> District {
    let mut random = Random::new(seed);
    let mut school_file = String::from("external_id,name,type,parent_external_id\nD0,Vale Unified,district,\n");
    for n in 1..=schools {
        writeln!(school_file, "S{n},{} School,school,D0", name(&mut random)).unwrap();
    }
    let form = Form { line_end: random.pick(&["\n", "\r\n"]), mark: random.per_mille(300), delimiter: ',' };
    let mut day_1 = Vec::with_capacity(users);
    let (mut as_meant, mut right) = (Vec::with_capacity(users), Vec::new());
    for n in 0..users {
        let cells = user(&mut random, n, schools);
        as_meant.push(cells.clone());
        let mut row = Row { cells, fate: Fate::Created, wrong: None, group: n };
        if random.per_mille(wrong) {
            spoil(&mut row, &mut random, &day_1, &right);
        }
        if row.wrong.is_none() {
            right.push(n);
        }
        day_1.push(row);
    }
    let mut copied = vec![0_u32; users];
    for row in &day_1 {
        copied[row.group] += 1;
    }
    let mut day_2 = Vec::with_capacity(users + users / 50);
    for (n, row) in day_1.iter().enumerate() {
        let mut row = Row { fate: Fate::Unchanged, ..row.clone() };
        if row.wrong.is_some() {
            if random.per_mille(250) {
                row = Row { cells: as_meant[n].clone(), fate: Fate::Created, wrong: None, group: n };
            }
        } else if random.per_mille(50) {
            // Who has an e-mail that another row claims keeps it, or that row would be right.
            change(&mut row, &mut random, n, schools, copied[n] == 1);
        }
        day_2.push(row);
    }
    for n in users..users + users.div_ceil(100) {
        day_2.push(Row { cells: user(&mut random, n, schools), fate: Fate::Created, wrong: None, group: n });
    }
    let form_2 = Form { line_end: random.pick(&["\n", "\r\n"]), mark: false, delimiter: *random.pick(&[&',', &'\t']) };
    District { schools: school_file, day_1: Day { rows: day_1, form }, day_2: Day { rows: day_2, form: form_2 } }
}

/// One person, right in every cell.
fn user(random: &mut Random, n: usize, schools: usize) -> [String; 10] {
    let kind = match random.below(100) {
        0..80 => "Student",
        80..92 => "Teacher",
        92..98 => "Staff",
        _ => "Administrator",
    };
    let student = kind == "Student";
    let mut cells: [String; 10] = Default::default();
    cells[FIRST] = name(random);
    cells[MIDDLE] = if random.per_mille(400) { name(random) } else { String::new() };
    cells[LAST] = if random.per_mille(50) { random.pick(&ODD_NAMES).to_owned() } else { name(random) };
    cells[EMAIL] = format!("u{n}@{}vale.example", if student { "pupils." } else { "" });
    // IDs with and without leading zeros, as the systems have them.
    cells[ID] = if n.is_multiple_of(7) { format!("{n:08}") } else { format!("V{n}") };
    cells[SCHOOL] = format!("S{}", 1 + random.below(schools));
    kind.clone_into(&mut cells[TYPE]);
    if student {
        cells[GRADE] = random.pick(&["PreK", "K", "1", "5", "9", "12", "Other", "Unspecified", ""]).to_string();
    } else {
        // A line break in quotes makes physical lines and rows differ.
        cells[POSITION] = random.pick(&["", "Music", "Maths, evening", "Head of \"Arts\"", "Coach\nSwimming"]).to_string();
    }
    cells[STATUS] = if random.per_mille(950) { "Active" } else { "Disabled" }.to_string();
    cells
}

fn name(random: &mut Random) -> String {
    let name: String = (0..2 + random.below(2)).map(|_| random.pick(&SYLLABLES)).collect();
    let mut chars = name.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// Makes a row wrong in one way. It stays right where that way needs an earlier row and there is none.
fn spoil(row: &mut Row, random: &mut Random, earlier: &[Row], right: &[usize]) {
    let (column, values, code) = WRONGS[random.below(WRONGS.len())];
    match values {
        Some(values) => row.cells[column] = random.pick(values).to_string(),
        None if right.is_empty() => return,
        None => {
            let other = right[random.below(right.len())];
            row.cells[column].clone_from(&earlier[other].cells[column]);
            row.group = other;
        }
    }
    if column == GRADE {
        // Only a student's grade counts.
        "Student".clone_into(&mut row.cells[TYPE]);
        row.cells[POSITION].clear();
    }
    row.wrong = Some((column, code));
}

/// Changes one thing about a person.
fn change(row: &mut Row, random: &mut Random, n: usize, schools: usize, email_too: bool) {
    let student = row.cells[TYPE] == "Student";
    let (column, value) = match random.below(if email_too { 5 } else { 4 }) {
        0 => (SCHOOL, format!("S{}", 1 + random.below(schools))),
        1 => (STATUS, if row.cells[STATUS] == "Active" { "Disabled" } else { "Active" }.to_owned()),
        2 => (LAST, format!("{}-Voss", row.cells[LAST].replace(['"', ','], ""))),
        3 if student => (GRADE, if row.cells[GRADE] == "4" { "3" } else { "4" }.to_owned()),
        3 => (POSITION, format!("Room {n}")),
        _ => (EMAIL, format!("new{n}@vale.example")),
    };
    if row.cells[column] != value {
        row.cells[column] = value;
        row.fate = Fate::Updated;
    }
}

impl Day {
    /// The file.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.written().0
    }

    /// What must become of it.
    pub(crate) fn truth(&self) -> Truth {
        self.written().1
    }

    /// The same rows in another order; those that share an ID or e-mail keep theirs.
    pub(crate) fn shuffled(&self, seed: u64) -> Self {
        let mut order: Vec<usize> = (0..self.rows.len()).collect();
        Random::new(seed).shuffle(&mut order);
        let groups = self.rows.iter().map(|r| r.group).max().map_or(0, |g| g + 1);
        let mut members: Vec<Vec<usize>> = vec![Vec::new(); groups];
        (0..self.rows.len()).rev().for_each(|n| members[self.rows[n].group].push(n));
        // Each place goes to the next row of the group that the shuffle has put there.
        let rows = order.iter().filter_map(|n| members[self.rows[*n].group].pop()).map(|n| self.rows[n].clone()).collect();
        Self { rows, form: self.form }
    }

    fn written(&self) -> (Vec<u8>, Truth) {
        let Form { line_end, mark, delimiter } = self.form;
        let mut text = String::from(if mark { "\u{feff}" } else { "" });
        text += &COLUMNS.join(&delimiter.to_string());
        text += line_end;
        let mut line = 2;
        let mut truth = Truth { rows: self.rows.len() as u64, ..Truth::default() };
        for row in &self.rows {
            for (column, cell) in row.cells.iter().enumerate() {
                if column > 0 {
                    text.push(delimiter);
                }
                if cell.contains([delimiter, '"', '\n', '\t']) {
                    write!(text, "\"{}\"", cell.replace('"', "\"\"")).unwrap();
                } else {
                    text += cell;
                }
            }
            text += line_end;
            truth.add(row, line);
            line += 1 + row.cells.iter().map(|c| c.matches('\n').count() as u32).sum::<u32>();
        }
        (text.into_bytes(), truth)
    }
}

impl Truth {
    fn add(&mut self, row: &Row, line: u32) {
        // Of a row whose type is not known, the profile's main kind is assumed: students.
        let staff = matches!(row.cells[TYPE].as_str(), "Teacher" | "Staff" | "Administrator");
        let count = if staff { &mut self.staff } else { &mut self.students };
        match (row.wrong, row.fate) {
            (Some((column, code)), _) => {
                count.errors += 1;
                self.wrong.push(Wrong { line, column: COLUMNS[column], code });
            }
            (None, Fate::Created) => count.created += 1,
            (None, Fate::Updated) => count.updated += 1,
            (None, Fate::Unchanged) => count.unchanged += 1,
        }
    }
}
