//! The invented district: its schools, its people, and what a day changes.

use std::collections::{HashMap, HashSet};

use super::faults::Fault;
use super::names::{CULTURES, OTHER_SCRIPTS, STAFF, TEACHER, ascii};

/// A row: the columns of [`COLUMNS`].
pub(crate) type Cells = [String; 10];

/// The columns of an eChalk upload, in this order.
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
pub(crate) const FIRST: usize = 0;
pub(crate) const MIDDLE: usize = 1;
pub(crate) const LAST: usize = 2;
pub(crate) const EMAIL: usize = 3;
pub(crate) const CUSTOM_ID: usize = 4;
pub(crate) const SCHOOL: usize = 5;
pub(crate) const USER_TYPE: usize = 6;
pub(crate) const POSITION: usize = 7;
pub(crate) const GRADE: usize = 8;
pub(crate) const STATUS: usize = 9;

const DISTRICT: &str = "104500";
/// A school that opens in these days, and that nobody has created yet.
pub(crate) const NEW_SCHOOL: &str = "104561";

const GRADES: [&str; 14] = ["PreK", "K", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"];

struct School {
    id: &'static str,
    name: &'static str,
    address: &'static str,
    /// First and last of [`GRADES`].
    grades: (usize, usize),
    students: usize,
}

const fn school(id: &'static str, name: &'static str, address: &'static str, grades: (usize, usize), students: usize) -> School {
    School { id, name, address, grades, students }
}

const SCHOOLS: [School; 12] = [
    school("104502", "Alder Creek Elementary", "12 Alder Creek Road, Marigold", (0, 6), 150),
    school("104505", "Bluebird Elementary", "400 Bluebird Lane, Marigold", (0, 6), 160),
    school("104507", "Clara Whitfield Elementary", "77 Orchard Street, East Marigold", (0, 6), 140),
    school("104511", "Escuela Dos Ríos", "1 Dos Ríos Plaza, Marigold", (0, 6), 150),
    school("104514", "Foothill Elementary", "2300 Foothill Avenue, Upper Marigold", (0, 6), 130),
    school("104516", "Greenbank Elementary", "9 Greenbank Way, Lower Marigold", (0, 6), 120),
    school("104521", "Harrow Middle School", "150 Harrow Street, Marigold", (7, 9), 260),
    school("104523", "Meadowlark Middle School", "88 Meadowlark Drive, East Marigold", (7, 9), 230),
    school("104531", "Marigold High School", "1000 Valley Boulevard, Marigold", (10, 13), 420),
    school("104533", "Stonebridge High School", "31 Stonebridge Road, Upper Marigold", (10, 13), 290),
    school("104541", "Valley Arts Academy", "5 Theater Row, Marigold", (1, 9), 110),
    school("104549", "Windmill Alternative School", "620 Mill Lane, Lower Marigold", (9, 13), 45),
];

/// The district on some day.
#[derive(Clone)]
pub(crate) struct District {
    seed: u64,
    pub(crate) people: Vec<Cells>,
    /// What is wrong now, by person.
    pub(crate) faults: Vec<(usize, Fault)>,
    /// Those to whom something happened once; nothing else does.
    touched: HashSet<usize>,
    emails: HashSet<String>,
    /// People of the first day.
    first: usize,
    student_id: usize,
    staff_id: usize,
}

impl District {
    /// On the evening before the first day.
    pub(crate) fn new(seed: u64) -> Self {
        let mut d = Self {
            seed,
            people: Vec::new(),
            faults: Vec::new(),
            touched: HashSet::new(),
            emails: HashSet::new(),
            first: 0,
            student_id: 2_031_001,
            staff_id: 10_008_402,
        };
        for _ in 0..4 {
            d.join(DISTRICT, "Administrator", "");
        }
        for _ in 0..9 {
            d.join(DISTRICT, "Staff", "");
        }
        for school in &SCHOOLS {
            for _ in 0..=school.students / 200 {
                d.join(school.id, "Administrator", "");
            }
            for _ in 0..school.students / 11 {
                d.join(school.id, "Teacher", "");
            }
            for _ in 0..3 + school.students / 40 {
                d.join(school.id, "Staff", "");
            }
            for i in 0..school.students {
                let span = school.grades.1 - school.grades.0 + 1;
                d.join(school.id, "Student", GRADES[school.grades.0 + i % span]);
            }
        }
        // A few grades are not known, and a few pupils are in none.
        for (i, grade) in ["", "", "", "Other", "", "Unspecified", ""].into_iter().enumerate() {
            let at = d.pick(move |c| c[USER_TYPE] == "Student" && !matches!(c[GRADE].as_str(), "K" | "1" | "2"));
            d.people[at][GRADE] = grade.into();
            if i % 3 == 0 {
                d.people[at][STATUS] = "Disabled".into();
            }
        }
        d.first = d.people.len();
        d
    }

    /// `schools.csv`.
    pub(crate) fn schools() -> Vec<u8> {
        let mut out = String::from("external_id,name,type,parent_external_id,address\n");
        let mut row = |cells: [&str; 4], address: &str| out.extend([&cells.join(","), ",\"", address, "\"\n"]);
        row([DISTRICT, "Marigold Valley Unified", "district", ""], "1 District Square, Marigold");
        for School { id, name, address, .. } in &SCHOOLS {
            row([id, name, "school", DISTRICT], address);
        }
        out.into_bytes()
    }

    /// A day of the district: so many students come, go to another school, people change their name, leave.
    pub(crate) fn a_day(&mut self, come: usize, go: usize, renamed: usize, left: usize) {
        for _ in 0..come {
            let school = &SCHOOLS[self.below(SCHOOLS.len())];
            let grade = school.grades.0 + self.below(school.grades.1 - school.grades.0 + 1);
            self.join(school.id, "Student", GRADES[grade]);
        }
        for _ in 0..go {
            let at = self.pick(|c| c[USER_TYPE] == "Student" && GRADES.contains(&c[GRADE].as_str()));
            let grade = GRADES.iter().position(|g| *g == self.people[at][GRADE]).unwrap_or(0);
            let others = SCHOOLS.iter().filter(|s| s.grades.0 <= grade && grade <= s.grades.1 && s.id != self.people[at][SCHOOL]);
            let others: Vec<&School> = others.collect();
            let to = others[self.below(others.len())];
            self.people[at][SCHOOL] = to.id.into();
        }
        for i in 0..renamed {
            // Staff who marry, students whose families do; some keep both names.
            let at = self.pick(move |c| c[LAST].is_ascii() && !c[LAST].contains('-') && (c[USER_TYPE] == "Student") == (i % 2 == 0));
            let (_, family) = self.name();
            let person = &mut self.people[at];
            person[LAST] = if i % 3 == 0 { format!("{}-{family}", person[LAST]) } else { family };
            if i % 2 == 1 {
                let email = self.email(at);
                self.people[at][EMAIL] = email;
            }
        }
        for _ in 0..left {
            let at = self.pick(|c| c[STATUS] == "Active");
            self.people[at][STATUS] = "Disabled".into();
        }
    }

    /// Teachers and students of the school that nobody has created.
    pub(crate) fn new_school(&mut self, teachers: usize, students: usize) {
        for _ in 0..teachers {
            self.join(NEW_SCHOOL, "Teacher", "");
        }
        for _ in 0..students {
            let grade = GRADES[self.below(7)];
            self.join(NEW_SCHOOL, "Student", grade);
        }
    }

    /// The next school year: everybody a grade up, the last ones out, and so many new ones in.
    pub(crate) fn next_year(&mut self, new: usize) {
        for person in self.people.iter_mut().filter(|p| p[USER_TYPE] == "Student") {
            let Some(grade) = GRADES.iter().position(|g| *g == person[GRADE]) else { continue };
            if grade + 1 == GRADES.len() {
                person[STATUS] = "Disabled".into();
                continue;
            }
            person[GRADE] = GRADES[grade + 1].into();
            // The school for those who leave one: by where they live, which is where they were.
            if let Some(at) = SCHOOLS.iter().position(|s| s.id == person[SCHOOL] && s.grades.1 == grade) {
                person[SCHOOL] = SCHOOLS[if grade == 6 { 6 + at % 2 } else { 8 + at % 2 }].id.into();
            }
        }
        for i in 0..new {
            self.join(SCHOOLS[i % 6].id, "Student", GRADES[usize::from(i % 4 != 0)]);
        }
    }

    /// Something goes wrong with the rows of so many people.
    pub(crate) fn fault(&mut self, count: usize, fault: Fault) {
        for _ in 0..count {
            let at = self.pick(|c| fault.suits(c) && c[STATUS] == "Active");
            if fault == Fault::Inactive {
                self.people[at][STATUS] = "Disabled".into();
            }
            self.faults.push((at, fault));
        }
    }

    /// So many of them are mended at the source.
    pub(crate) fn mend(&mut self, fault: Fault, count: usize) {
        let mut left = count;
        self.faults.retain(|(_, f)| {
            *f != fault || left == 0 || {
                left -= 1;
                false
            }
        });
    }

    /// Students who got an ID with two digits swapped that is a schoolmate's.
    pub(crate) fn transposed_ids(&mut self, count: usize) {
        let by_id: HashMap<String, usize> = self.people.iter().enumerate().map(|(i, p)| (p[CUSTOM_ID].clone(), i)).collect();
        let mut found = 0;
        for at in 0..self.first {
            for swap in 4..7 {
                let mut id = self.people[at][CUSTOM_ID].clone().into_bytes();
                id.swap(swap, swap + 1);
                let other = String::from_utf8(id).ok().and_then(|id| by_id.get(&id).copied());
                if let Some(other) = other.filter(|o| found < count && self.is_before(*o, at)) {
                    self.faults.push((at, Fault::IdOf(other)));
                    self.touched.extend([at, other]);
                    found += 1;
                }
            }
        }
    }

    /// Students who were given the e-mail of a schoolmate.
    pub(crate) fn shared_emails(&mut self, count: usize) {
        for _ in 0..count {
            let at = self.pick(|c| c[USER_TYPE] == "Student");
            if let Some(other) = (0..self.first).find(|o| self.is_before(*o, at)) {
                self.touched.insert(other);
                self.faults.push((at, Fault::EmailOf(other)));
            }
        }
    }

    /// Whether both are untouched or just picked students of one class, and `other`'s row comes before.
    fn is_before(&self, other: usize, at: usize) -> bool {
        let (a, b) = (&self.people[other], &self.people[at]);
        let free = other != at && other < self.first && !self.touched.contains(&other) && !self.faults.iter().any(|f| f.0 == at);
        let mates = [SCHOOL, USER_TYPE, GRADE, STATUS].iter().all(|c| a[*c] == b[*c]) && a[USER_TYPE] == "Student";
        free && mates && order(a) < order(b)
    }

    /// Somebody of the first day to whom nothing happened yet.
    fn pick(&mut self, suits: impl Fn(&Cells) -> bool) -> usize {
        let people = if self.first == 0 { self.people.len() } else { self.first };
        let start = self.below(people);
        let at = (start..people).chain(0..start).find(|i| !self.touched.contains(i) && suits(&self.people[*i])).unwrap_or(start);
        self.touched.insert(at);
        at
    }

    fn join(&mut self, school: &str, user_type: &str, grade: &str) {
        let mut cells = Cells::default();
        (cells[FIRST], cells[LAST]) = self.name();
        cells[MIDDLE] = match self.below(10) {
            0..5 => String::new(),
            5..8 => char::from(b'A' + self.below(26) as u8).to_string(),
            _ => self.name().0,
        };
        (cells[SCHOOL], cells[USER_TYPE], cells[GRADE], cells[STATUS]) = (school.into(), user_type.into(), grade.into(), "Active".into());
        let district = school == DISTRICT;
        cells[POSITION] = match user_type {
            "Teacher" => TEACHER[self.below(TEACHER.len())].into(),
            "Staff" => STAFF[self.below(STAFF.len())].into(),
            "Administrator" if district => "Director".into(),
            "Administrator" => if self.below(3) == 0 { "Assistant Principal" } else { "Principal" }.into(),
            _ => String::new(),
        };
        if user_type == "Student" {
            self.student_id += 1 + self.below(4);
            cells[CUSTOM_ID] = format!("{:08}", self.student_id);
        } else {
            self.staff_id += 1 + self.below(9);
            cells[CUSTOM_ID] = self.staff_id.to_string();
        }
        self.people.push(cells);
        let at = self.people.len() - 1;
        if self.below(300) == 0 {
            let (family, given, email) = OTHER_SCRIPTS[self.below(OTHER_SCRIPTS.len())];
            (self.people[at][LAST], self.people[at][FIRST]) = (family.into(), given.into());
            self.people[at][EMAIL] = self.free(email, at);
        } else {
            self.people[at][EMAIL] = self.email(at);
        }
    }

    /// Given and family name of somebody.
    pub(crate) fn name(&mut self) -> (String, String) {
        let mut of = self.below(100);
        let culture = CULTURES
            .iter()
            .find(|c| {
                c.share > of || {
                    of -= c.share;
                    false
                }
            })
            .unwrap_or(&CULTURES[0]);
        // Families mix: one in eight has a family name from elsewhere.
        let elsewhere = &CULTURES[self.below(CULTURES.len())];
        let family_of = if self.below(8) == 0 { elsewhere } else { culture };
        let mut one = |names: &str| {
            let names: Vec<&str> = names.split_whitespace().collect();
            names[self.below(names.len())].replace('_', " ")
        };
        (one(culture.given), one(family_of.family))
    }

    fn email(&mut self, at: usize) -> String {
        let person = &self.people[at];
        let name = format!("{}.{}", ascii(&person[FIRST]), ascii(&person[LAST]));
        self.free(&name, at)
    }

    /// An e-mail of that name that nobody has: students' with the end of their ID, others' numbered if need be.
    fn free(&mut self, name: &str, at: usize) -> String {
        let person = &self.people[at];
        let student = person[USER_TYPE] == "Student";
        let end = &person[CUSTOM_ID][person[CUSTOM_ID].len() - 3..];
        let (mut name, domain) =
            if student { (format!("{name}{end}"), "students.marigoldvalley.example") } else { (name.to_owned(), "marigoldvalley.example") };
        while !self.emails.insert(format!("{name}@{domain}")) {
            name.push('2');
        }
        format!("{name}@{domain}")
    }

    /// Where the sequence of numbers is, to go back to it.
    pub(crate) fn seed(&self) -> u64 {
        self.seed
    }

    /// Goes back, so that the same people come again.
    pub(crate) fn rewind(&mut self, seed: u64) {
        self.seed = seed;
    }

    /// The next number of a fixed sequence (`splitmix64`), below `limit`.
    fn below(&mut self, limit: usize) -> usize {
        self.seed = self.seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.seed;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % limit as u64) as usize
    }
}

/// The order of rows: by school, staff before students, then by name.
pub(crate) fn order(cells: &Cells) -> (String, usize, String, String, String) {
    let kinds = ["Administrator", "Teacher", "Staff", "Student"];
    let kind = kinds.iter().position(|k| *k == cells[USER_TYPE]).unwrap_or(kinds.len());
    (cells[SCHOOL].clone(), kind, ascii(&cells[LAST]), ascii(&cells[FIRST]), cells[CUSTOM_ID].clone())
}
