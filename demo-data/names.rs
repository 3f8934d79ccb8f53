//! Names to make people of: common ones of many languages, put together at random. Nobody in particular.

/// Given and family names that go together, and how many of a hundred people have such.
pub(crate) struct Culture {
    /// Of a hundred people.
    pub(crate) share: usize,
    pub(crate) given: &'static str,
    pub(crate) family: &'static str,
}

/// Blanks separate names; `_` stands for a blank within one.
pub(crate) const CULTURES: &[Culture] = &[
    Culture {
        share: 30,
        given: "Emma Olivia Ava Grace Hannah Chloe Ruby Ella Nora Hazel Lily Claire Paige Abigail Madison Brooke Molly Tessa Wendy Joan Susan \
                Liam Noah Mason Owen Henry Jack Wyatt Caleb Eli Levi Dylan Jonah Gavin Peter Walter Simon Todd Keith Graham Russell",
        family: "Smith Johnson Miller Carter Bennett Hayes Foster Gray Woods Parker Reed Sullivan O'Brien O'Connor McKenna Whitaker Bishop \
                 Holloway Marsh Pritchard Ellison Kerr Dalton Fairley Thorne Baker-Reed Lindsey Underwood Wren Hobbs Garvey Tate Quigley St._Clair",
    },
    Culture {
        share: 27,
        given: "María José Ana Sofía Lucía Valentina Camila Ximena Guadalupe Rocío Inés Belén Marisol Paloma Carmen Juana Mario Luis Carlos \
                Mateo Diego Andrés Joaquín Ángel Emiliano Santiago Rubén Óscar Héctor Iván Raúl Esteban Jesús Maricela Alma Nayeli",
        family: "García Garcia Martínez Rodríguez López Hernández González Pérez Sánchez Ramírez Flores Núñez Muñoz Peña Castañeda Ibarra \
                 Villanueva Zúñiga Orozco Cárdenas García-López de_la_Cruz Del_Río Aguirre Garza Salinas Mejía Quiñones Treviño Barrera",
    },
    Culture {
        share: 9,
        given: "Aaliyah Imani Nia Zuri Keisha Tiana Amara Deja Monique Malik Andre DeShawn Jamal Tyrone Isaiah Xavier Marcus Darius Ja'Nae \
                De'Andre Kofi Ama Chidi Ngozi Emeka Temitope Abebe Hana",
        family: "Washington Jefferson Booker Okafor Adeyemi Eze Mensah Boateng Tesfaye Bekele Coleman Banks Gaines Mosley Freeman Pettway \
                 Winfield M'Baye Diallo Abara",
    },
    Culture {
        share: 8,
        given: "Priya Ananya Kavya Meera Riya Divya Asha Sunita Arjun Rohan Vikram Aditya Nikhil Sanjay Ravi Imran Ayesha Zainab Bilal Harpreet",
        family: "Patel Sharma Singh Gupta Iyer Reddy Nair Kapoor Desai Banerjee Chowdhury Rao Mehta Gill Khan Malik Qureshi Joshi",
    },
    Culture {
        share: 7,
        given: "Linh Minh Thảo Huong Anh Mai Tuan Dung Khoa Bao An Vy Ngoc Phúc Long Trang Hà Lâm",
        family: "Nguyen Tran Le Pham Huynh Phan Vu Dang Bui Do Ngo Duong Nguyễn Lý Hồ",
    },
    Culture {
        share: 7,
        given: "Mei Wei Jing Li Xia Yan Hui Jun Bo Tao Lan Ming Minjun Seo-yeon Jiho Ha-eun Hana Yuki Haruto Sakura Kenji Emi",
        family: "Wang Li Zhang Chen Liu Yang Huang Wu Lin Zhou Kim Park Choi Jung Kang Tanaka Sato Suzuki Mori Lau Ng",
    },
    Culture {
        share: 5,
        given: "Fatima Layla Noor Yasmin Samira Hala Omar Yusuf Hassan Tariq Karim Nabil Leila Dariush Parisa Amina Khadija",
        family: "Haddad Nasser Khalil Farah Mansour Saleh Aziz Rahimi Karimi Hosseini Abdi Warsame El-Sayed Al-Amin Hussein",
    },
    Culture {
        share: 4,
        given: "Zoë Renée François Noël Chloé Anaïs Björn Søren Jürgen Käthe Astrid Ingrid Matteo Giulia João Inês Siân Pádraig",
        family: "Müller Schröder Weiß Björk Øberg Lindström Dubois Lefèvre Côté D’Angelo Rossi Ferreira Gonçalves van_der_Berg Ó_Súilleabháin Strauß",
    },
    Culture {
        share: 3,
        given: "Łukasz Małgorzata Zofia Piotr Olena Taras Oksana Dmytro Tomáš Zdeněk Elif Emre Şule İbrahim Selin Ioana",
        family: "Kowalski Wójcik Łuczak Nowak Shevchenko Kovalenko Dvořák Novák Yıldız Çelik Demir Popescu Ionescu Petrov",
    },
];

/// The few who write their names in another script: family, given, and how both are spelled in an e-mail.
pub(crate) const OTHER_SCRIPTS: &[(&str, &str, &str)] =
    &[("王", "伟", "wei.wang"), ("김", "민준", "minjun.kim"), ("佐藤", "花子", "hanako.sato"), ("حداد", "ليلى", "layla.haddad")];

/// Job titles by user type.
pub(crate) const TEACHER: &[&str] = &[
    "Teacher",
    "Math Teacher",
    "Science Teacher",
    "English Teacher",
    "Reading Specialist",
    "Art Teacher",
    "Coach, Varsity",
    "Music Teacher",
    "",
];
/// As above.
pub(crate) const STAFF: &[&str] =
    &["Secretary", "Nurse", "Counselor", "Custodian", "Librarian", "Paraprofessional", "Speech-Language Pathologist", "IT Specialist", ""];

/// A name in plain letters, as an e-mail has it.
pub(crate) fn ascii(name: &str) -> String {
    let plain = |c: char| match c {
        'á' | 'à' | 'ả' | 'ã' | 'ä' | 'â' | 'ą' => "a",
        'ç' => "c",
        'é' | 'è' | 'ê' | 'ë' | 'ễ' | 'ě' => "e",
        'í' | 'ï' | 'ı' => "i",
        'ł' => "l",
        'ñ' | 'ń' => "n",
        'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ồ' => "o",
        'ř' => "r",
        'ş' | 'š' => "s",
        'ž' => "z",
        'ß' => "ss",
        'ú' | 'ü' => "u",
        'ý' => "y",
        _ => "",
    };
    let lower = name.replace('İ', "i").to_lowercase();
    lower.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_string() } else { plain(c).to_owned() }).collect()
}
