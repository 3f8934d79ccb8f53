//! What the other systems of the district exchange: Great Minds, Amplify, Schoology, `SchoolStatus`. Each file has a few rows that
//! must be refused, and [`Written`] says which.

use super::district::{COLUMNS, CUSTOM_ID, Cells, District, EMAIL, FIRST, LAST, MIDDLE, POSITION, SCHOOL, STATUS, USER_TYPE, order};
use super::names::ascii;
use super::writing::Written;

/// Harrow Middle School: it uses Great Minds.
const HARROW: &str = "104521";
/// Stonebridge High School: it uses Schoology.
const STONEBRIDGE: &str = "104533";
/// Bluebird Elementary: its guardians come by file.
const BLUEBIRD: &str = "104505";

/// The evening school, which nobody has created.
const EVENING: &str = "104580";
/// Schools by day of those who go to evening classes elsewhere.
const EVENING_HOMES: [&str; 3] = ["104531", STONEBRIDGE, "104549"];

/// Stonebridge's courses: code, name, subject.
const COURSES: &[(&str, &str, &str)] = &[
    ("ENG9", "English 9", "English"),
    ("ENG11", "English 11", "English"),
    ("ALG1", "Algebra 1", "Mathematics"),
    ("GEO", "Geometry", "Mathematics"),
    ("BIO", "Biology", "Science"),
    ("CHEM", "Chemistry", "Science"),
    ("USH", "United States History", "History"),
    ("SPA2", "Spanish 2", "Languages"),
];

/// Lines of a file, with what must be refused in them.
struct Lines {
    text: String,
    next: usize,
    refused: Vec<(usize, &'static str, &'static str)>,
}

impl Lines {
    fn new(header: &str) -> Self {
        Self { text: format!("{header}\n"), next: 2, refused: Vec::new() }
    }

    fn row<S: AsRef<str>>(&mut self, cells: &[S]) {
        let quoted = |c: &str| if c.contains([',', '"']) { format!("\"{}\"", c.replace('"', "\"\"")) } else { c.to_owned() };
        self.text.push_str(&cells.iter().map(|c| quoted(c.as_ref())).collect::<Vec<_>>().join(","));
        self.text.push('\n');
        self.next += 1;
    }

    /// A row that must be refused for those columns and codes.
    fn wrong<S: AsRef<str>>(&mut self, cells: &[S], why: &[(&'static str, &'static str)]) {
        self.refused.extend(why.iter().map(|(column, code)| (self.next, *column, *code)));
        self.row(cells);
    }

    fn written(self) -> Written {
        Written { bytes: self.text.into_bytes(), refused: self.refused }
    }
}

impl District {
    fn at(&self, school: &str, user_type: &str) -> Vec<&Cells> {
        let mut people: Vec<&Cells> = self
            .people
            .iter()
            .enumerate()
            .filter(|(i, p)| {
                p[SCHOOL] == school && p[USER_TYPE] == user_type && p[STATUS] == "Active" && !self.faults.iter().any(|f| f.0 == *i)
            })
            .map(|(_, p)| p)
            .collect();
        people.sort_by_key(|p| order(p));
        people
    }

    /// Teachers from outside whom Harrow adds to Great Minds: `staff.csv`.
    pub(crate) fn great_minds_staff(&mut self) -> Written {
        let mut file = Lines::new("staffId,firstName,middleName,lastName,email,role,username,password");
        let known = self.at(HARROW, "Teacher")[0].clone();
        for i in 0..14 {
            let (first, last) = self.name();
            let plain = format!("{}.{}", ascii(&first), ascii(&last));
            let id = format!("GM{:04}", 4101 + i * 3);
            let (email, username) = (format!("{plain}.gm{i}@greatvalley.example"), format!("{plain}.gm{i}"));
            let password = format!("orchard{}bell", 11 + i);
            let role = if i == 0 { "school_admin" } else { "teacher" };
            let mut cells = [id, first, String::new(), last, email, role.into(), username, password];
            match i {
                4 => {
                    let email = cells[4].clone();
                    cells[6] = email;
                    file.wrong(&cells, &[("username", "VAL-219")]);
                }
                7 => {
                    (cells[5], cells[7]) = ("coach".into(), "orchard".into());
                    file.wrong(&cells, &[("role", "VAL-209"), ("password", "VAL-220")]);
                }
                9 => {
                    cells[4].clone_from(&known[EMAIL]);
                    file.wrong(&cells, &[("email", "DUP-404")]);
                }
                11 => {
                    cells[0].clone_from(&known[CUSTOM_ID]);
                    file.wrong(&cells, &[("staffId", "DUP-406")]);
                }
                _ => file.row(&cells),
            }
        }
        file.written()
    }

    /// Visiting students of Windmill: `great-minds-student-upload.csv`.
    pub(crate) fn great_minds_students(&mut self) -> Written {
        let mut file = Lines::new("studentId,firstName,middleName,lastName,email,grade,username,password");
        for i in 0..9 {
            let (first, last) = self.name();
            let plain = format!("{}{}", ascii(&first), ascii(&last));
            let mut cells = [
                format!("V{:05}", 20_310 + i * 7),
                first,
                String::new(),
                last,
                String::new(),
                format!("{:02}", 9 + i % 4),
                format!("{plain}.v{i}"),
                format!("lantern{}hill", 31 + i),
            ];
            match i {
                3 => {
                    cells[5] = "9th".into();
                    file.wrong(&cells, &[("grade", "VAL-214")]);
                }
                6 => {
                    cells[0] = "2.04E+05".into();
                    file.wrong(&cells, &[("studentId", "VAL-222")]);
                }
                _ => file.row(&cells),
            }
        }
        file.written()
    }

    /// Harrow's classes in Great Minds: `classes.csv`.
    pub(crate) fn great_minds_classes(&mut self) -> Written {
        let mut file = Lines::new("className,primaryTeacher,grade,subject");
        let teachers: Vec<String> = self.at(HARROW, "Teacher").iter().map(|t| t[EMAIL].clone()).collect();
        let away = self.at(STONEBRIDGE, "Teacher")[0][EMAIL].clone();
        let subjects = ["English Language Arts", "Mathematics", "Science", "History"];
        for i in 0..12 {
            let grade = 6 + i % 3;
            let subject = subjects[i % subjects.len()];
            let mut cells =
                [format!("{subject} {grade}-{}", i / 3 + 1), teachers[i % teachers.len()].clone(), format!("{grade:02}"), subject.into()];
            match i {
                4 => {
                    cells[1].clone_from(&away);
                    file.wrong(&cells, &[("primaryTeacher", "REF-305")]);
                }
                8 => {
                    cells[3] = "Maths".into();
                    file.wrong(&cells, &[("subject", "VAL-209")]);
                }
                _ => file.row(&cells),
            }
        }
        file.written()
    }

    /// Reading specialists, substitutes and volunteers for Amplify: `users.csv`. With `wrong_header` a column is written in other
    /// capitals, which refuses the whole file.
    pub(crate) fn amplify(&mut self, wrong_header: bool) -> Written {
        const HEADER: &str =
            "action,org_sis_id,userRole,userId,firstName,lastName,userEmail,classId,className,classGrade,primary_teacher,userGrade";
        let mut file = Lines::new(&if wrong_header { HEADER.replace("className", "Classname") } else { HEADER.to_owned() });
        let seed = self.seed();
        let schools = ["104502", "104505", "104507", "104511"];
        for i in 0..16 {
            let (first, last) = self.name();
            let email = format!("{}.{}.rs{i}@marigoldvalley.example", ascii(&first), ascii(&last));
            let school = schools[i % 4];
            let role = if i % 5 == 0 { "staff" } else { "teacher" };
            let (class, name, grade) = match i {
                0 | 5 | 10 | 15 => (String::new(), String::new(), String::new()),
                _ => (format!("{school}-ELA-{}", i / 4 + 1), format!("Reading Group {}", i / 4 + 1), format!("{:02}", 1 + i / 4)),
            };
            let primary = if class.is_empty() { "" } else { "true" };
            let mut cells = ["", school, role, &format!("RS{:03}", 201 + i), &first, &last, &email, &class, &name, &grade, primary, ""]
                .map(str::to_owned);
            if wrong_header {
                file.row(&cells);
                continue;
            }
            match i {
                3 => {
                    cells[1] = "104506".into();
                    file.wrong(&cells, &[("org_sis_id", "REF-301")]);
                }
                6 => {
                    cells[2] = "student".into();
                    file.wrong(&cells, &[("userRole", "VAL-217")]);
                }
                9 => {
                    cells[6] = cells[6].replace('@', " at ");
                    cells[11] = "03".into();
                    file.wrong(&cells, &[("userEmail", "VAL-210"), ("userGrade", "VAL-218")]);
                }
                _ => file.row(&cells),
            }
        }
        if wrong_header {
            // The same people come again in the mended file.
            self.rewind(seed);
        }
        file.written()
    }

    /// Stonebridge's people, as Schoology's automatic import takes them: `users.csv`.
    pub(crate) fn schoology_users(&self) -> Written {
        let mut file = Lines::new("First Name,Middle Name,Last Name,Username,E-mail,User Unique ID,Role,School,Position/Job Title");
        for (i, person) in ["Teacher", "Student"].iter().flat_map(|t| self.at(STONEBRIDGE, t)).enumerate() {
            let username = person[EMAIL].split('@').next().unwrap_or_default();
            let mut cells = [FIRST, MIDDLE, LAST, EMAIL, EMAIL, CUSTOM_ID, USER_TYPE, SCHOOL, POSITION].map(|c| person[c].clone());
            // Most sign in with their e-mail.
            cells[3] = if i % 3 == 0 { username.to_owned() } else { String::new() };
            match i {
                40 | 41 => {
                    (cells[3], cells[4]) = (String::new(), String::new());
                    file.wrong(&cells, &[("Username", "VAL-203")]);
                }
                77 => {
                    cells[6] = "Learner".into();
                    file.wrong(&cells, &[("Role", "VAL-209")]);
                }
                90..=92 => {
                    cells[7] = "Stonebridge".into();
                    file.wrong(&cells, &[("School", "REF-301")]);
                }
                _ => file.row(&cells),
            }
        }
        file.written()
    }

    /// Stonebridge's courses with their sections: `courses.csv`.
    pub(crate) fn schoology_courses() -> Written {
        let mut file = Lines::new("Course Code,Course Name,Section School Code,Section Name,School,Subject Area,Active");
        for (i, (code, name, subject)) in COURSES.iter().enumerate() {
            for section in 1..=3 {
                let class = format!("{code}-{section}");
                let mut cells =
                    [*code, name, &class, &format!("Period {}", (i + section) % 7 + 1), STONEBRIDGE, subject, "1"].map(str::to_owned);
                match (i, section) {
                    (5, 2) => {
                        cells[4] = "104535".into();
                        file.wrong(&cells, &[("School", "REF-301")]);
                    }
                    (6, 3) => {
                        cells[3] = String::new();
                        file.wrong(&cells, &[("Section Name", "VAL-201")]);
                    }
                    _ => file.row(&cells),
                }
            }
        }
        file.written()
    }

    /// Who teaches and who learns in them: `enrollments.csv`. The sections that were refused are not there.
    pub(crate) fn schoology_enrollments(&self) -> Written {
        let mut file = Lines::new("User Unique ID,Section School Code,Enrollment Type");
        let section = |n: usize| {
            let (code, _, _) = COURSES[n % COURSES.len()];
            let section = n / COURSES.len() % 3 + 1;
            let there = !matches!((n % COURSES.len(), section), (5, 2) | (6, 3));
            (format!("{code}-{section}"), there)
        };
        // Each section has one teacher; one teaches several.
        let teachers = self.at(STONEBRIDGE, "Teacher");
        for n in 0..COURSES.len() * 3 {
            let (class, there) = section(n);
            if there {
                file.row(&[teachers[n % teachers.len()][CUSTOM_ID].as_str(), &class, "1"]);
            }
        }
        for (i, student) in self.at(STONEBRIDGE, "Student").into_iter().enumerate() {
            for n in 0..4 {
                let (class, there) = section(i * 5 + n * 7);
                let mut cells = [student[CUSTOM_ID].clone(), class, "2".into()];
                if (i, n) == (60, 1) {
                    cells[2] = "5".into();
                    file.wrong(&cells, &[("Enrollment Type", "VAL-209")]);
                } else if there {
                    file.row(&cells);
                } else {
                    file.wrong(&cells, &[("Section School Code", "REF-304")]);
                }
            }
        }
        file.written()
    }

    /// Guardians of Bluebird's students, as `SchoolStatus` Connect takes them: of `part` in ten students, the same ones for the same
    /// student whenever the file is made.
    pub(crate) fn guardians(&mut self, part: u64) -> Written {
        let mut file = Lines::new("student_code,guardian_code,first_name,last_name,email,phone,home_phone,language");
        let students: Vec<Cells> = self.at(BLUEBIRD, "Student").into_iter().cloned().collect();
        let seed = self.seed();
        let mut nth = 0;
        for student in &students {
            let number: u64 = student[CUSTOM_ID].parse().unwrap_or_default();
            if number % 10 >= part {
                continue;
            }
            self.rewind(number);
            let (first, _) = self.name();
            let (second, other_last) = self.name();
            let last = student[LAST].clone();
            let mut cells = [
                student[CUSTOM_ID].clone(),
                format!("G{number}A"),
                first.clone(),
                last.clone(),
                format!("{}.{}{}@mail.example", ascii(&first), ascii(&last), number % 1000),
                format!("({}) 555-{:04}", 201 + number % 7, number % 10_000),
                String::new(),
                if student[FIRST].is_ascii() { "" } else { "es" }.to_owned(),
            ];
            nth += 1;
            match nth {
                11 => {
                    // Two digits of somebody swapped: nobody's.
                    cells[0] = format!("{}99", &cells[0][..cells[0].len() - 2]);
                    file.wrong(&cells, &[("student_code", "REF-303")]);
                    continue;
                }
                23 => {
                    (cells[4], cells[5]) = (String::new(), String::new());
                    file.wrong(&cells, &[("email", "VAL-203")]);
                }
                31 => {
                    cells[4] = cells[4].replace('@', "");
                    cells[5] = "call the office".into();
                    file.wrong(&cells, &[("email", "VAL-210"), ("phone", "VAL-211")]);
                }
                _ => file.row(&cells),
            }
            if number.is_multiple_of(3) {
                file.row(&[
                    student[CUSTOM_ID].clone(),
                    format!("G{number}B"),
                    second,
                    other_last,
                    String::new(),
                    format!("+1 {} 555 {:04}", 310 + number % 9, (number * 7) % 10_000),
                    String::new(),
                    String::new(),
                ]);
            }
        }
        self.rewind(seed);
        file.written()
    }

    /// The evening school's list, as its own clerk writes it: a school that nobody has created, `9th` for `9`, ` at ` for `@`. Three causes, and
    /// most of its rows.
    pub(crate) fn evening(&mut self) -> Written {
        let mut file = Lines::new(&COLUMNS.join(","));
        for i in 0..440 {
            let (first, last) = self.name();
            let id = format!("{:08}", 2_080_013 + i * 3);
            let mut email = format!("{}.{}{}@evening.marigoldvalley.example", ascii(&first), ascii(&last), &id[5..]);
            let (mut school, mut grade) = (EVENING_HOMES[i % EVENING_HOMES.len()], ["10", "11", "12"][i % 3]);
            // Of each twenty rows ten name the new school, five have another word for the grade, four an e-mail without an `@`.
            let why = match i % 20 {
                0 | 2 | 4 | 7 | 9 | 11 | 13 | 16 | 18 | 19 => {
                    school = EVENING;
                    Some(("school_district_external_id", "REF-301"))
                }
                1 | 5 | 8 | 12 | 15 => {
                    grade = "9th";
                    Some(("grade", "VAL-214"))
                }
                3 | 10 | 14 | 17 => {
                    email = email.replace('@', " at ");
                    Some(("email", "VAL-210"))
                }
                _ => None,
            };
            let cells =
                [first, String::new(), last, email, id, school.into(), "Student".into(), String::new(), grade.into(), "Active".into()];
            match why {
                Some(why) => file.wrong(&cells, &[why]),
                None => file.row(&cells),
            }
        }
        file.written()
    }

    /// Everybody but one school, as a full sync: what a forgotten tick in the export makes.
    pub(crate) fn without_bluebird(&self) -> District {
        let mut all = self.clone();
        all.people.retain(|p| p[SCHOOL] != BLUEBIRD);
        all.faults.clear();
        all
    }
}
