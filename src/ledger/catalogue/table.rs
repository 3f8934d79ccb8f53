//! The table itself: all findings there are, in order of code.
//!
//! One entry: constant, code, severity, fold; `with`: the arguments that a finding of this code brings besides column,
//! value, key and line; then the texts. In title, message and resolution `{name}` is filled in, and a part in `[...]` is
//! left out where one of its names is empty. A test holds names and arguments to each other.
//!
//! How a code folds. What has one root at the source (a column exported wrongly) folds by column. What is mended once
//! for a value (a school that is not there, a grade spelled in an odd way) folds by value. DUP-401 and its like are each
//! a decision between two rows, so they stand alone. DUP-403 to DUP-406 would by that rule stand alone too, but they
//! come in thousands when a source fills a column with placeholders or sends old people again: by column they are one
//! line of a list, and its rows still show each value.

use super::{Code, Fold, Severity, Spec};

catalogue! {
    // C1. The file.
    FIL_001 "FIL-001" Refused Alone
        with path "the file", error "what the system says"
        title "The file cannot be read"
        message "Cannot read {path}: {error}"
        resolve "Check the path and your rights to it. If the file comes by transfer, see that the transfer is over."
        meaning "The operating system did not hand the file out. Nothing was read and nothing was changed."
        example "import users.csv, where users.csv is not in this folder";

    FIL_002 "FIL-002" Refused Alone
        title "The file is empty"
        message "The file is empty (0 bytes)"
        resolve "Export it again. Never send an empty file in a full sync: it would say that everybody has left."
        meaning "The file has no content at all. This happens when an export breaks off or a disk is full."
        example "a file of 0 bytes";

    FIL_003 "FIL-003" Refused Alone
        title "Only a header, no rows"
        message "The file has a header but no data rows"
        resolve "Export it again and see that the export selects people. Never send an empty file in a full sync."
        meaning "The first line names the columns and nothing follows. The export may have filtered everybody out."
        example "first_name,last_name,email and no second line";

    FIL_004 "FIL-004" Refused Alone
        with size "size of the file, with its unit", limit "largest size, with its unit", p "the profile"
        title "The file is too large"
        message "The file has {size}; profile {p} allows {limit}"
        resolve "Split the file, or raise the limit in a profile of your own."
        meaning "The system that this profile stands for takes files up to a certain size only. The limit is in the profile."
        example "a file of 3 MB for a profile that allows 2 MB";

    FIL_005 "FIL-005" Refused Alone
        with n "data rows in the file", max "most rows allowed", p "the profile"
        title "The file has too many rows"
        message "The file has {n} rows; profile {p} allows {max}"
        resolve "Split the file into parts of at most {max} rows."
        meaning "The system that this profile stands for takes a limited number of rows at a time. The limit is in the profile."
        example "1,204 rows for a profile that allows 1,000";

    FIL_006 "FIL-006" Refused Alone
        with what "what it looks like: an Excel workbook, a ZIP archive, a PDF ..."
        title "Not a CSV file"
        message "This is not CSV or TSV text[: it looks like {what}]"
        resolve "Open it in the program that made it and save it as CSV (in a spreadsheet: Save As, CSV UTF-8)."
        meaning "The first bytes are those of another kind of file. Giving it the ending .csv does not make it one."
        example "a workbook, users.xlsx, renamed to users.csv";

    FIL_007 "FIL-007" Refused Alone
        with a "the file's name", b "the name that is expected", p "the profile", then "what became of it"
        title "The file's name is not the expected one"
        message "The file is named {a}; profile {p} expects {b}[; {then}]"
        resolve "Rename the file, or use a profile that allows any name."
        meaning "Some systems know what a file is by its name alone. The profile carries that rule."
        example "students-new.csv where students.csv is expected";

    FIL_008 "FIL-008" Refused Alone
        with hex "the byte in hexadecimal", enc "the encoding it was read as"
        title "Text is not valid {enc}"
        message "Byte 0x{hex} at line {line} is not valid {enc}"
        resolve "Export the file again as UTF-8, or say which encoding it has (--encoding)."
        meaning "A byte stands for nothing in the encoding that was tried or demanded. Guessing would damage names, so the file is refused."
        example "byte 0x81 in a file that is otherwise Windows-1252";

    FIL_009 "FIL-009" Warning Alone
        with n "cells that are not plain ASCII", sample "one of them"
        title "Read as Windows-1252"
        message "The file is not UTF-8 and was read as Windows-1252: {n} cells are affected[, for example \"{sample}\"]"
        resolve "Look at the names with accents. If they are right, nothing is to do; if not, say which encoding it has (--encoding)."
        meaning "Text with accents is written in one of several ways. This file is not UTF-8, and every byte fits Windows-1252, the usual way of older spreadsheets."
        example "\"José\" saved by a spreadsheet as \"CSV\" instead of \"CSV UTF-8\"";

    FIL_010 "FIL-010" Info Alone
        title "Byte-order mark removed"
        message "A UTF-8 byte-order mark at the start of the file was removed"
        resolve "Nothing is to do."
        meaning "Spreadsheets put three invisible bytes before the first header. They are no part of its name."
        example "the bytes EF BB BF before first_name";

    FIL_011 "FIL-011" Info Alone
        with enc "UTF-16LE or UTF-16BE"
        title "Converted from {enc}"
        message "The file is {enc} and was converted"
        resolve "Nothing is to do."
        meaning "The file uses two bytes for each letter. It was read as such; the copy that is kept is the original."
        example "a spreadsheet's \"Unicode Text\"";

    FIL_012 "FIL-012" Warning Alone
        with d "the delimiter, in words"
        title "The delimiter is {d}"
        message "The delimiter is {d}, not a comma"
        resolve "If the columns look right, nothing is to do. Else say which delimiter it has (--delimiter)."
        meaning "The header falls into the expected columns only with this delimiter. Spreadsheets in many countries write semicolons."
        example "first_name;last_name;email";

    FIL_013 "FIL-013" Refused Alone
        with a "the line on which the quote opened"
        title "A quote never closes"
        message "The quote that opens at line {a} does not close"
        resolve "Look at line {a} for a stray quotation mark. Inside a quoted cell a quotation mark is written twice."
        meaning "Everything after an opening quote belongs to one cell until the quote closes. Left open, it swallows the rest of the file, so the file is refused."
        example "Ana,\"Diaz,ana@lincoln.example,1001";

    FIL_014 "FIL-014" Refused Alone
        title "Damaged or not text"
        message "There are NUL or control bytes at line {line}"
        resolve "The file is damaged or is not text. Export or transfer it again."
        meaning "Text has no NUL bytes. They come from a broken transfer, a full disk or a program's own file format."
        example "a run of 00 bytes in the middle of a row";

    FIL_015 "FIL-015" Info Alone
        with n "number of the earlier sync", date "when that was"
        title "The same file as in #{n}"
        message "The content is the same as in sync #{n}[ of {date}]"
        resolve "Run it again only if that is what you want."
        meaning "Byte for byte this file was received before. That is no error; a second run changes nothing that still stands."
        example "yesterday's users.csv once more";

    FIL_016 "FIL-016" Refused Alone
        with k "cells in the last row", m "cells in the header"
        title "The file is cut off"
        message "The file is cut off or still being written[: its last row has {k} of {m} cells]"
        resolve "Wait until the transfer is over, then upload it again."
        meaning "The last row is short and no line end follows, or the file grew while it was read. Half a file must not be taken for a whole one."
        example "a last line that reads: Ana,,Di";

    FIL_017 "FIL-017" Refused Alone
        with p "the profile that fits best", k "its columns that are in the header", n "its columns",
            q "the one after it", l "its columns that are in the header", m "its columns", tie "profiles that fit equally well"
        title "No profile fits the header"
        message "The header fits no known profile for sure[: it may be {tie}][; {p} comes nearest with {k} of {n} columns][, then {q} with {l} of {m}]"
        resolve "Choose a profile (--profile), or map the headers to its columns."
        meaning "A profile is recognised by the columns of the header. None of those here is met well enough to be sure."
        example "Surname,Forename,Mail";

    // C2. The header.
    HDR_101 "HDR-101" Refused Alone
        title "Column {c} is missing"
        message "Column {c} is missing"
        resolve "Add the column, or map one of the file's columns to it. If it is optional its cells may be empty."
        meaning "The profile wants this column in the header. Without it nothing in the file can be trusted to be where it should."
        example "a header without custom_id";

    HDR_102 "HDR-102" Refused Alone
        with condition "why it is needed here"
        title "Column {c} is needed"
        message "Column {c} is needed because {condition}"
        resolve "Add the column."
        meaning "The column is optional in general, but something else in this file or feed asks for it."
        example "className is there, classId is not";

    HDR_103 "HDR-103" Refused Alone
        with x "the header as the file has it"
        title "Unknown column {x}"
        message "Unknown column \"{x}\"[; did you mean {c}?]"
        resolve "Rename the column[ to {c}], or accept the mapping."
        meaning "The profile has no column of this name, and one of its own columns is missing. The two names are close, so it is probably a slip."
        example "frist_name";

    HDR_104 "HDR-104" Refused Alone
        with x "the header as the file has it"
        title "Wrong capitals in {x}"
        message "Column \"{x}\" differs from {c} only in capitals"
        resolve "Rename the column to {c}, or accept the mapping."
        meaning "This profile compares names of columns exactly. A profile that ignores capitals makes a warning of it."
        example "First_Name where first_name is expected";

    HDR_105 "HDR-105" Refused Alone
        with x "the header as the file has it"
        title "Extra column {x}"
        message "Column \"{x}\" is not one of the profile's"
        resolve "Delete the column. Where this is a warning, its cells were left out and nothing has to be done."
        meaning "Some systems refuse a file that has more columns than they know, others pass over them. The profile says which."
        example "a column homeroom_teacher at the end";

    HDR_106 "HDR-106" Refused Alone
        with n "how often it occurs"
        title "Column {c} occurs {n} times"
        message "Column {c} occurs {n} times"
        resolve "Keep one of them."
        meaning "Two columns of one name may hold different values, and nothing says which is right."
        example "email,first_name,email";

    HDR_107 "HDR-107" Refused Alone
        with n "number of the cell in the header, from 1"
        title "Column {n} has no name"
        message "Cell {n} of the header is blank"
        resolve "Name the column or delete it."
        meaning "A column without a name has values below it, so it cannot be passed over as a leftover of a spreadsheet."
        example "first_name,,email";

    HDR_108 "HDR-108" Refused Alone
        with a "the column that is there", b "the column that is expected there"
        title "Columns out of order"
        message "Columns are out of order: {a} where {b} is expected"
        resolve "Put the columns into the profile's order."
        meaning "The system that this profile stands for goes by the order of the columns."
        example "last_name,first_name where first_name comes first";

    HDR_109 "HDR-109" Warning Alone
        with names "the characters, by name"
        title "Invisible characters in header {c}"
        message "Invisible characters ({names}) were removed from header {c}"
        resolve "Type the header again at the source, so that other programs read it too."
        meaning "A character that nobody sees makes the name another name. Elsewhere this is how whole schools were archived by mistake."
        example "a zero-width space after email";

    HDR_110 "HDR-110" Refused Alone
        with skip "lines above the row that looks like the header, where there is one"
        title "The header is missing"
        message "The first row is not a header"
        resolve "Add a first row with the names of the columns.[ They seem to stand below line {skip}: then delete what is above.]"
        meaning "The first row of a file names its columns. Here it holds what looks like a person, or a title."
        example "a first line that reads: Ana,,Diaz,ana@lincoln.example,1001";

    HDR_111 "HDR-111" Refused Alone
        with m "the mapping", x "the header that it uses"
        title "Mapping {m} does not fit"
        message "Mapping {m} uses column \"{x}\", which this file does not have"
        resolve "Correct the mapping, or see why the source no longer sends the column."
        meaning "A mapping says which of the file's columns is which of the profile's. It was made for a file with other headers."
        example "a mapping of \"Emp #\" for a file that calls it \"Employee\"";

    HDR_112 "HDR-112" Refused Alone
        with a "one header", b "the other header"
        title "Two columns for {c}"
        message "Columns \"{a}\" and \"{b}\" are both mapped to {c}"
        resolve "Take one of them out of the mapping."
        meaning "One column of the profile can be fed by one column of the file only."
        example "\"Mail\" and \"E-mail\" both mapped to email";

    // C3. Rows and values.
    VAL_201 "VAL-201" Error Column
        title "{c} is empty"
        message "{c} is empty but required"
        resolve "Fill it in at the source or here."
        meaning "The profile needs a value in this column for every row. A cell of blanks only counts as empty."
        example "an empty last_name: María,,,maria@lincoln.example,1001,S1,Teacher,,,Active";

    VAL_202 "VAL-202" Error Column
        with condition "why it is needed here"
        title "{c} is empty"
        message "{c} is empty, but required because {condition}"
        resolve "Fill it in at the source or here."
        meaning "The column may be empty in general, but not on a row like this one: a new person needs a password, for example."
        example "an empty password for a person who is new";

    VAL_203 "VAL-203" Error Column
        with list "the columns of which one is needed"
        title "None of {list} is filled"
        message "At least one of {list} is needed"
        resolve "Fill in any of {list}."
        meaning "The system needs one way to reach the person. Which one does not matter."
        example "a guardian with neither e-mail nor phone";

    VAL_204 "VAL-204" Error Column
        with k "cells in the row", n "cells in the header"
        title "Too few cells"
        message "The row has {k} cells, the header has {n}"
        resolve "Look for a line break inside a cell or for a missing comma."
        meaning "The row ends too early, so its values may stand in the wrong columns. Nothing else is checked on it."
        example "Ana,Diaz under a header of ten columns";

    VAL_205 "VAL-205" Error Column
        with k "cells in the row", n "cells in the header", x "the cell that may want quotes"
        title "Too many cells"
        message "The row has {k} cells, the header has {n}"
        resolve "A value with a comma in it needs quotes.[ It may be this one: {x}]"
        meaning "The row has more cells than there are columns, so its values may stand in the wrong ones. Nothing else is checked on it."
        example "a position written as Coach, Reading without quotes";

    VAL_206 "VAL-206" Info Alone
        with n "blank rows"
        title "Blank rows skipped"
        message "Blank rows skipped: {n}"
        resolve "Nothing is to do."
        meaning "Rows without any value are passed over. They count for the row numbers of a spreadsheet."
        example "a row of commas only at the end of the file";

    VAL_207 "VAL-207" Error Column
        with k "characters in the cell", min "fewest allowed", max "most allowed"
        title "{c} has the wrong length"
        message "{c} has {k} characters; {min} to {max} are allowed"
        resolve "Make it longer or shorter at the source or here."
        meaning "The system that this profile stands for keeps so many characters and no more, or asks for some at least."
        example "a username of 3 characters where 5 to 100 are allowed";

    VAL_208 "VAL-208" Error Column
        with chars "the characters that are not allowed", allowed "what is allowed"
        title "{c} has characters that are not allowed"
        message "{c} \"{v}\" contains {chars}[; allowed are {allowed}]"
        resolve "Remove them at the source or here."
        meaning "The system that this profile stands for takes certain characters only in this column."
        example "a staff ID of 10-01 where letters and digits are allowed";

    VAL_209 "VAL-209" Error Value
        with list "the accepted values", near "the accepted value that is closest"
        title "\"{v}\" is not accepted for {c}"
        message "\"{v}\" is not accepted for {c}; use {list}"
        resolve "Choose one of the accepted values,[ perhaps {near},] or add a value rule to a mapping for all such rows."
        meaning "The column takes one of a fixed list of values. Spelling and, unless the profile says else, capitals count."
        example "user_type \"Teachers\" where Teacher is accepted";

    VAL_210 "VAL-210" Error Column
        with why "what is wrong with it: no @, a blank in it ...", near "the address that was probably meant"
        title "E-mail not valid"
        message "\"{v}\" is not an e-mail address[: {why}]"
        resolve "Correct it at the source or here.[ Perhaps it is {near}.]"
        meaning "An e-mail address is a name, one @ and a domain, without blanks. Whether mail arrives there is not tried."
        example "maria at lincoln.example";

    VAL_211 "VAL-211" Error Column
        with why "what is wrong with it"
        title "Phone number not valid"
        message "\"{v}\" is not a phone number[: {why}]"
        resolve "Correct it at the source or here, with the area code."
        meaning "Messages can be sent only to a whole phone number. Where an e-mail is there as well this is a warning."
        example "555-01";

    VAL_212 "VAL-212" Error Column
        with formats "the forms that are taken"
        title "{c} is not a date"
        message "\"{v}\" is not a date[ ({formats})]"
        resolve "Write dates as year-month-day, 2026-08-24."
        meaning "The cell must hold a day of the calendar in one of the forms that the profile takes."
        example "2026-02-30";

    VAL_213 "VAL-213" Warning Column
        with a "one reading", b "the other reading"
        title "{c} can be read in two ways"
        message "\"{v}\" could be {a} or {b}"
        resolve "Say in the profile which comes first, day or month, or write dates as year-month-day."
        meaning "Both numbers may be a month. The first reading was taken."
        example "3/4/2026";

    VAL_214 "VAL-214" Error Value
        with list "the accepted grades", near "the accepted grade that is closest"
        title "Grade \"{v}\" is not supported"
        message "Grade \"{v}\" is not supported; use {list}"
        resolve "Choose one of the accepted grades,[ perhaps {near},] or add a value rule to a mapping for all such rows."
        meaning "Each system has its own list of grades: one says K, another KG. A grade that is not on the profile's list is never guessed."
        example "Kinder where K is accepted";

    VAL_215 "VAL-215" Error Column
        title "Students without a grade"
        message "Grade is empty but required for students"
        resolve "Fill it in at the source or here."
        meaning "This profile needs a grade for every student and knows no default."
        example "a student whose grade is empty";

    VAL_216 "VAL-216" Warning Column
        with type "who the row is, in the plural: students, staff"
        title "{c} ignored for {type}"
        message "{c} is ignored for {type}"
        resolve "Clear the cell at the source. Nothing else has to be done."
        meaning "The column does not apply to such a row: staff have no grade, students have no position. The value was left out and the row was taken."
        example "grade 5 on a teacher";

    VAL_217 "VAL-217" Error Column
        with p "the profile", role "who the row is"
        title "Rows that are not staff"
        message "Profile {p} takes staff only; this row is a {role}"
        resolve "Send this person by the main source."
        meaning "The upload is for additional staff. Students come by the district's main system and would be doubled here."
        example "userRole student in an upload of staff";

    VAL_218 "VAL-218" Error Column
        with type "who the row is, in the plural: students, staff"
        title "{c} must be empty for {type}"
        message "{c} must be left empty for {type}"
        resolve "Clear the cell."
        meaning "The system refuses a value in this column on such a row, where others would pass over it."
        example "userGrade 5 on a teacher";

    VAL_219 "VAL-219" Error Column
        title "Username is an e-mail address"
        message "The username \"{v}\" must not be an e-mail address"
        resolve "Use another username."
        meaning "The system that this profile stands for keeps usernames and e-mail addresses apart."
        example "ana@lincoln.example as a username";

    VAL_220 "VAL-220" Error Column
        with rule "the rule that is not met"
        title "Password too weak"
        message "The password is too weak: {rule}"
        resolve "Choose a longer or more varied password. It is asked for without showing it, and never kept."
        meaning "The system that this profile stands for refuses weak passwords. The value is never shown or stored here."
        example "a password of 5 letters where 8 characters and a digit are needed";

    VAL_221 "VAL-221" Warning Value
        title "Language \"{v}\" is unknown"
        message "Language \"{v}\" is unknown; English is used"
        resolve "Use a two-letter code from the list: en, es, pl ..."
        meaning "Messages go out in the person's language. A code that is not on the list falls back to English."
        example "language \"Span\"";

    VAL_222 "VAL-222" Error Column
        title "{c} is in scientific notation"
        message "{c} \"{v}\" is in scientific notation: its digits are lost"
        resolve "Export again with this column formatted as text."
        meaning "A spreadsheet took the ID for a number and rounded it. The digits that are missing cannot be brought back."
        example "1.23E+11";

    VAL_223 "VAL-223" Warning Column
        with k "the ID that is known"
        title "{c} may have lost leading zeros"
        message "{c} \"{v}\" may have lost its leading zeros: {k} is known"
        resolve "Accept the repair for all such rows, or format the column as text at the source."
        meaning "A spreadsheet took the ID for a number and dropped the zeros in front. Exactly one known ID is the same but for them."
        example "1204 where 001204 is known";

    VAL_224 "VAL-224" Info Column
        with names "characters that do not show"
        title "Blanks or hidden characters removed in {c}"
        message "Blanks around {c} were removed[, and characters that do not show: {names}]"
        resolve "Nothing is to do."
        meaning "Blanks before or after a value mean nothing and are taken away before anything is compared."
        example "a blank after Diaz";

    VAL_225 "VAL-225" Warning Column
        with w "what it may have been"
        title "{c} looks wrongly decoded"
        message "{c} \"{v}\" looks wrongly decoded[; perhaps it was \"{w}\"]"
        resolve "Say which encoding the file has, or accept the repair."
        meaning "The letters are what comes of reading UTF-8 as Windows-1252 somewhere on the way. It is never repaired without asking."
        example "JosÃ©";

    VAL_226 "VAL-226" Warning Column
        title "Line break inside {c}"
        message "There is a line break inside {c}"
        resolve "Replace it by a blank at the source."
        meaning "A quoted cell may go on over several lines, but names and IDs never do. Other systems refuse such a row."
        example "a position over two lines";

    VAL_227 "VAL-227" Warning Column
        with x "the first character"
        title "{c} begins like a formula"
        message "{c} begins with {x}; an export for spreadsheets will protect it"
        resolve "Check the value at the source."
        meaning "A spreadsheet that opens such a cell runs it as a formula. Exports for spreadsheets put an apostrophe before it; other files keep it as it is."
        example "=HYPERLINK(...)";

    VAL_228 "VAL-228" Error Value
        title "{c} holds \"{v}\""
        message "{c} holds \"{v}\", which is what a program writes where it has no value"
        resolve "Clear or correct the cell at the source."
        meaning "Spreadsheets write #N/A and databases write NULL for a missing value. In a name NULL or None is only a warning, as people have such names."
        example "#N/A as a last name";

    VAL_229 "VAL-229" Error Column
        title "No {c}: cannot be managed in bulk"
        message "The person has no {c} and cannot be managed in bulk"
        resolve "Give the person an ID at the source, or set it here."
        meaning "The ID is how the next file finds the person again. Without one an account can only be looked after by hand."
        example "an empty custom_id";

    // C4. References.
    REF_301 "REF-301" Error Value
        with near "known organizations that are close"
        title "School {v} does not exist"
        message "School \"{v}\" does not exist"
        resolve "Create the school or correct the ID.[ Nearest: {near}.]"
        meaning "Each row names its school or district by the external ID. No organization on the roster has this one; capitals and zeros count."
        example "school_district_external_id 104512 where 104521 is known";

    REF_302 "REF-302" Error Value
        with type "what it is: school, class, student", k "its ID"
        title "{type} {k} is disabled"
        message "{type} {k} exists but is disabled"
        resolve "Enable it again, or take the row out."
        meaning "The row refers to something that was switched off, for example a school that closed."
        example "a teacher for a school that closed last year";

    REF_303 "REF-303" Error Value
        with near "known people whose ID is close", type "who it should be, where that is no student", what "what hangs on it, where that is no contact"
        title "No {type|student} with ID {v}"
        message "No {type|student} has the ID \"{v}\"; the {what|contact} was not stored"
        resolve "Check the {type|student}'s ID.[ Nearest: {near}.]"
        meaning "A guardian is kept with the student they belong to, an enrollment with its person. Without the person there is nothing to tie the rest to."
        example "student_code 20114 where 20141 is known";

    REF_304 "REF-304" Error Value
        with near "known ones that are close", type "what it is, where that is no class"
        title "{type|Class} {v} does not exist"
        message "{type|Class} \"{v}\" does not exist"
        resolve "Create it or correct the ID.[ Nearest: {near}.]"
        meaning "The row puts a person into a class that is not on the roster, or a class into a course that is not."
        example "classId ALG1-2 where ALG1-02 is known";

    REF_305 "REF-305" Error Value
        with why "why not: unknown, not a teacher, not in school S1"
        title "Primary teacher {v} cannot be used"
        message "Primary teacher \"{v}\" cannot be used[: {why}]"
        resolve "Assign the teacher to the school first, or correct the value."
        meaning "A class's primary teacher must be a known teacher of the class's school."
        example "the e-mail of a coach as primaryTeacher";

    REF_306 "REF-306" Error Column
        with a "school of the person", b "school of the class"
        title "Person and class in different schools"
        message "The person belongs to school {a}, the class to {b}"
        resolve "Correct one of the two."
        meaning "People are enrolled in classes of a school they belong to."
        example "a student of S1 in a class of S2";

    REF_307 "REF-307" Error Value
        with s "the school that you work in", t "the school of the row"
        title "Rows for school {t}"
        message "You work in school {s}; this row is for {t}"
        resolve "Switch to that school or to the district, and upload again."
        meaning "While you work in one school, rows for another are refused, so that nobody changes a school by accident."
        example "a row for S2 in an upload for S1";

    REF_308 "REF-308" Error Parent
        with r "the row that it depends on", what "what it depends on, where that is no row: a file, a guardian", code "what that row failed with", n "rows that wait for it", why "what else is wrong with it"
        title "Depends on what failed"
        message "Not tried: it depends on[ row {r}][ {what}][, which failed with {code}][: {why}]"
        resolve "Mend[ row {r}][ {what}] first.[ That clears {n} rows.]"
        meaning "The row (or the file) may well be right, but what it refers to was refused or is not there. Mend the cause, and it comes in by itself."
        example "an enrollment in a class whose own row failed";

    REF_309 "REF-309" Hold Alone
        with list "the schools"
        title "Schools without rows"
        message "No rows in the file for schools that should be in it: {list}"
        resolve "Approve if nobody is to be there, else correct the mapping or the export."
        meaning "The feed's mapping names these schools, but the file has nobody for them. They may be missing from the export."
        example "a mapping of S1, S2 and S3, and a file of S1 and S2";

    REF_310 "REF-310" Warning Column
        with f "the other feed"
        title "Brought by feed {f} too"
        message "{key} is brought by feed {f}, which will overwrite this"
        resolve "Send the change by that source."
        meaning "Two sources bring the same person. What the other one says next time replaces what was written here."
        example "a permanent teacher in an upload of additional staff";

    // C5. Duplicates and identity.
    DUP_401 "DUP-401" Error Alone
        with list "the rows that have it"
        title "{c} {v} is used twice"
        message "{c} \"{v}\" is on rows {list} with different data"
        resolve "Keep one: correct or drop the others."
        meaning "One ID stands for one person. The first row that is otherwise right was taken, the later ones were refused."
        example "custom_id 1001 for Ana Diaz and for Ben Ito";

    DUP_402 "DUP-402" Warning Column
        with list "the rows that are identical"
        title "Identical rows"
        message "Rows {list} are identical; one was used"
        resolve "Take the extra rows out at the source."
        meaning "The same row came more than once. That does no harm, but the export joins something it should not."
        example "the same line twice";

    DUP_403 "DUP-403" Error Column
        with list "the rows that have it"
        title "E-mails used by several people of the file"
        message "E-mail {v} is on rows {list} for different people"
        resolve "Give each person an address of their own."
        meaning "People sign in by e-mail, so it must be unique; capitals do not count. The first row that is otherwise right was taken."
        example "office@lincoln.example for two teachers";

    DUP_404 "DUP-404" Error Column
        with other "whose it is"
        title "E-mails that belong to others"
        message "E-mail {v} belongs to {other}"
        resolve "Correct it. If both are the same person, one of the two IDs is wrong."
        meaning "Somebody on the roster has this address already, and does not give it up in this file. Capitals do not count."
        example "a new person with the e-mail of a person who left";

    DUP_405 "DUP-405" Error Column
        with other "whose it is"
        title "Usernames that belong to others"
        message "Username {v} belongs to {other}"
        resolve "Choose another username."
        meaning "People sign in by username, so it must be unique. Somebody in the file or on the roster has it already."
        example "adiaz for Ana Diaz and Aldo Diaz";

    DUP_406 "DUP-406" Error Column
        with p "the profile", n "the sync that created it"
        title "Already there[: created by #{n}]"
        message "{c} \"{v}\" exists already[, created by sync #{n}]; profile {p} only creates"
        resolve "Edit the record, or use a profile that updates."
        meaning "The system that this profile stands for takes new people only. A known ID is an error there, not a change."
        example "last month's file of new staff sent again";

    DUP_407 "DUP-407" Hold Alone
        with new "who it names now", old "whom it named before"
        title "{c} {v} names somebody else"
        message "{c} \"{v}\" now names {new}, but was {old}: has the ID been used again?"
        resolve "Confirm the new name, or refuse the row."
        meaning "Name and e-mail changed together under one ID. Either the person changed their name, or the ID was given to somebody else."
        example "1001 was Ana Diaz and is now Ben Ito";

    DUP_408 "DUP-408" Warning Alone
        with k "the person who is known", evidence "what they have in common"
        title "{key} may be {k}"
        message "{key} looks like {k} under a new ID[ ({evidence})]"
        resolve "Link the two, create a new person, or skip the row."
        meaning "A new ID comes with the name and details of somebody who is known. Most often it is the same person."
        example "Ana Diaz, same school and grade, as 2001 instead of 1001";

    DUP_409 "DUP-409" Warning Alone
        with a "one ID", b "the other ID"
        title "IDs {a} and {b} are nearly the same"
        message "IDs \"{a}\" and \"{b}\" differ only in capitals, zeros or blanks"
        resolve "Correct the source if they are the same person."
        meaning "IDs are text and compare exactly, so these are two people here. At the source they may well be one."
        example "00123 and 123";

    DUP_410 "DUP-410" Error Alone
        with a "one row", b "the other row", x "what they contradict each other in"
        title "Rows {a} and {b} contradict each other"
        message "Rows {a} and {b} contradict each other[ ({x})]"
        resolve "Keep one of them."
        meaning "The same person is said to be two things at once. The first row was taken."
        example "1001 Active in one row and Disabled in another";

    DUP_411 "DUP-411" Error Alone
        with a "one guardian, and by which contact", b "the other"
        title "Contacts of different guardians"
        message "The contacts lead to two guardians[: {a}; {b}]"
        resolve "Decide which of the two is meant: correct the other contact, or give the guardian's code."
        meaning "Without a code a guardian is known by contact. The two contacts lead to two people, and nothing is guessed."
        example "the mother's e-mail with the father's phone";

    DUP_412 "DUP-412" Warning Column
        with k "the student", n "guardians", max "most that are usual"
        title "Students with many guardians"
        message "Student {k} has {n} guardians (more than {max})"
        resolve "Check them at the source."
        meaning "So many guardians for one student are rare. A wrong student ID in the export is more likely."
        example "9 guardians for one student";

    DUP_413 "DUP-413" Error Alone
        with a "one school", b "the other school"
        title "External ID {v} is used twice"
        message "External ID \"{v}\" is used by schools {a} and {b}"
        resolve "Give each school an ID of its own."
        meaning "People are put into schools by this ID, so it must be unique."
        example "S1 for Lincoln High and for Lincoln Middle";

    DUP_414 "DUP-414" Warning Column
        with other "the other record of the person"
        title "Staff who are guardians, with other contacts"
        message "{key} is staff and guardian, but the contacts differ[ from those of {other}]"
        resolve "Make name, e-mail and phone the same in both."
        meaning "A parent who works at the school needs the same contacts in both roles, else two accounts come of it."
        example "Ana Diaz with a school e-mail as staff and a private one as guardian";

    // C6. Safety of a whole run.
    SAF_501 "SAF-501" Hold Alone
        with n "how many would be disabled", m "of how many", type "of what: students, staff", p "per cent", l "limit in per cent"
        title "Would disable {n} {type}"
        message "Would disable {n} of {m} {type} ({p} %); the limit is {l} %"
        resolve "Look at the list, then approve the removals or apply without them."
        meaning "In a full sync who is absent from the file is disabled. More are absent than usual, which may mean that the export is not whole."
        example "a file with one school missing";

    SAF_502 "SAF-502" Hold Alone
        with n "how many would be changed", type "of what: students, staff", p "per cent", l "limit in per cent"
        title "Would change {p} % of {type}"
        message "Would change {p} % of {type}[ ({n})]; the limit is {l} %"
        resolve "Look at some of the changes, then approve or abandon."
        meaning "So many changes at once are rare. Two columns may have been swapped."
        example "first and last names exchanged in the whole file";

    SAF_503 "SAF-503" Hold Alone
        with n "how many would be created", type "of what: students, staff", p "per cent more than there are"
        title "Would create {n} {type}"
        message "Would create {n} {type}[ (+{p} %)]"
        resolve "See that the right column is the ID. If not, undo the sync, or abandon what waits."
        meaning "So many new people at once are rare after the start. IDs from another system make everybody look new."
        example "e-mail addresses in the ID column";

    SAF_504 "SAF-504" Hold Alone
        with s "the school", type "of what: students, staff"
        title "School {s} would lose all {type}"
        message "School {s} would lose all its {type}"
        resolve "Probably the school is missing from the export. Approve only if it really has none."
        meaning "Nobody of this kind is in the file for the school, while the roster has some."
        example "a closed school, or one that the export left out";

    SAF_505 "SAF-505" Refused Alone
        with type "of what: students, staff", n "how many there are"
        title "A full sync without {type}"
        message "A full sync without any rows of {type} would disable them all[: {n}]"
        resolve "Use partial mode, or confirm by typing how many there are[: --confirm {n}]."
        meaning "In a full sync who is absent is disabled. That all are absent is nearly always a mistake."
        example "a file of staff only, sent as a full sync";

    SAF_506 "SAF-506" Error Alone
        with who "whom it would disable: the last administrator, yourself"
        title "An administrator would be locked out"
        message "Would disable {who}"
        resolve "This is not allowed. Name another administrator first."
        meaning "With nobody left who may administer, the roster could not be mended any more."
        example "a full sync from which the only administrator is absent";

    SAF_507 "SAF-507" Warning Column
        title "Pinned people kept"
        message "{key} is pinned; the removal was left out"
        resolve "Take the pin off if the person is to go."
        meaning "A pin keeps a person from being disabled by a file."
        example "a long-term substitute who is in no file";

    SAF_508 "SAF-508" Warning Alone
        with n "local fixes", fields "the fields they are in", kept "that they stay, where the feed keeps them"
        title "Local fixes overwritten"
        message "Local fixes that the file overwrites: {n}[ ({fields})][. {kept}]"
        resolve "Keep yours, take the file's, or decide one by one. To be rid of it, have the source corrected."
        meaning "Somebody corrected these values on the roster, and the source still brings the old ones. The feed says who wins; by default the file does."
        example "an e-mail that was mended here, and is still wrong at the source";

    SAF_509 "SAF-509" Hold Alone
        with d "date of the file, or the sync in which it came first", e "the last that was applied"
        title "An old file"
        message "The file is older than what was last applied: {d} against {e}"
        resolve "Use the newest file. Approve only if you want to go back."
        meaning "This content was applied before and newer files followed. Applying it again would bring old values back."
        example "the file of Monday sent again on Wednesday";

    SAF_510 "SAF-510" Hold Alone
        with p "per cent of rows in error", l "limit in per cent"
        title "{p} % of the rows are in error"
        message "{p} % of the rows are in error; the limit is {l} %"
        resolve "Mend the file or the mapping before you apply the rest."
        meaning "With so many errors it is the file or the profile that is wrong, not the rows."
        example "a column shifted by one in the whole file";

    SAF_511 "SAF-511" Hold Alone
        with p "per cent of IDs that are new"
        title "The IDs have changed"
        message "{p} % of the IDs are new while the names are known"
        resolve "Do not apply it before you know whether the source changed its IDs."
        meaning "The same people come under other IDs. Applying would make each of them twice."
        example "the first file after a change of the student system";

    SAF_512 "SAF-512" Hold Alone
        with n "records"
        title "{c} became blank"
        message "{c} became blank on {n} records"
        resolve "Say whether a blank keeps or clears what is there."
        meaning "The file has no values in a column that had them until now."
        example "an export that no longer has e-mail addresses";

    SAF_513 "SAF-513" Refused Alone
        with n "the dry run"
        title "The plan is no longer the same"
        message "The roster or the file has changed since dry run #{n}"
        resolve "Look at the new plan and decide again."
        meaning "What you saw is not what would be done now, so nothing was done."
        example "a dry run at noon, another sync at one, the approval at two";

    SAF_514 "SAF-514" Hold Alone
        with a "begin", b "end"
        title "Inside the quiet time"
        message "Syncs are stopped from {a} to {b}"
        resolve "Wait, or approve it now."
        meaning "The feed has a time in which nothing may be changed, as at the turn of the school year."
        example "a sync in July with a quiet time from June 20 to August 10";

    SAF_515 "SAF-515" Hold Alone
        with n "refused rows without an ID"
        title "Cannot tell who is absent"
        message "Refused rows without a usable ID: {n}. It cannot be told who is absent"
        resolve "Mend those rows, or approve the removals."
        meaning "Each of those rows may be a person who would be taken for absent. Creates and updates went through; the removals wait."
        example "a full sync in which 3 rows have an empty custom_id";

    // C7. The run.
    RUN_601 "RUN-601" Refused Alone
        with user "who holds it", host "on which machine", time "since when", pid "process number"
        title "The database is in use"
        message "The database is in use[ by {user}][ on {host}][ since {time}][ (pid {pid})]"
        resolve "Wait until it is free (--wait), or work in the console that holds it."
        meaning "One process at a time holds the database, and the others work through it. This one could not: it was told to be alone (--no-share), or the holder is, or it is of another version. The lock is let go when the holder ends, however it ends."
        example "an import while the console is open";

    RUN_602 "RUN-602" Info Alone
        with user "who abandoned it"
        title "Abandoned"
        message "Abandoned[ by {user}]; nothing applied"
        resolve "Nothing is to do."
        meaning "Somebody looked at the plan and decided against it. The history keeps that."
        example "a dry run that was not approved";

    RUN_603 "RUN-603" Refused Alone
        with e "what the store says"
        title "Storage error"
        message "The store failed: {e}; nothing was applied"
        resolve "Check the disk's space and your rights, then run it again."
        meaning "The changes could not be written to disk. The roster is as it was before the run."
        example "a disk that is full";

    RUN_604 "RUN-604" Warning Alone
        with n "the earlier sync", r "the row it had come to", what "what became of it: rolled back"
        title "Sync #{n} was cut off"
        message "Sync #{n} was cut off[ at row {r}][; it was {what}]"
        resolve "Look at it, and run it again if it is still wanted."
        meaning "The process ended in the middle: a kill, a crash, a power cut. A run is applied whole or not at all."
        example "a laptop that ran out of battery during an import";

    RUN_605 "RUN-605" Error Column
        with k "the record", field "the field", who "what changed it since"
        title "Changed since: {field}"
        message "Cannot undo {field} of {k}: it was changed since[ by {who}]"
        resolve "Decide by yourself which value is right and edit the record."
        meaning "Undo puts back only what still is as the sync left it. A later change is not thrown away."
        example "an e-mail that was corrected by hand after the sync";

    RUN_606 "RUN-606" Refused Alone
        with id "number of the saved report", r "the row"
        title "Internal error"
        message "Internal error[ {id}][ at row {r}]; nothing was applied"
        resolve "Please send the saved report. Until it is mended, take the row out to go on."
        meaning "This is a mistake in the program, not in your file."
        example "a row that no test thought of";

    RUN_607 "RUN-607" Warning Column
        with r "the row", n "the later sync"
        title "Changed since by #{n}"
        message "Row {r} was left out: {key} was changed by sync #{n} since"
        resolve "Look at the person. To take this row's values all the same, run it again with --all."
        meaning "A re-run brings rows of an older upload. Where a newer file has spoken since, the newer one stands."
        example "a row that is mended on Tuesday after Monday's file changed the same person";

    RUN_608 "RUN-608" Info Alone
        with n "how many"
        title "Corrected as before"
        message "Corrected as before: {n}; the file repeats what was corrected in an earlier one"
        resolve "Send the source's owner the list: homeroom export corrections. To end one: take it back in that list."
        meaning "A correction stands for later files of its feed while they bring the same wrong value for the same key and column."
        example "an e-mail without @ that was mended on Monday and is in Tuesday's file again";

    RUN_609 "RUN-609" Info Alone
        with n "how many"
        title "Resolved at the source"
        message "Resolved at the source: {n}; the file brings another value than the one that was corrected"
        resolve "Nothing is to do: the file's own values count from now on."
        meaning "A correction ends by itself when the source brings another value for that key and column. Undoing the sync brings it back."
        example "an e-mail that was mended here on Monday and at the source on Tuesday";

    // C8. What another system says of a file that it was given: its report, attached here.
    VEN_701 "VEN-701" Error Column
        with vendor "whose report it is", said "what is wrong, in its own words", kind "the same without the values of this row", theirs "its own code",
            how "how to resolve it, in its own words", report "the report's file"
        title "{vendor|The other system}: {kind}"
        message "Reported by {vendor|the other system}: {said}[ ({theirs})][, in {report}]"
        resolve "[{how} ]Correct the cell, re-run, and send the corrected file back."
        meaning "The row is as that system refused it, whatever was made of it here. It is open until the cell is corrected, or until a newer file of the feed is there without such a report."
        example "a line of a sync report: row 7, 00123, email, \"already used in another district\"";
}
