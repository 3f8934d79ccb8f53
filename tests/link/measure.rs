//! What a look-up through another process costs. Measured on demand, with optimisation:
//! `HOMEROOM_MEASURE=100000 cargo test --release --test link measure -- --nocapture`.

use std::time::{Duration, Instant};

use homeroom::desk::{Reply, Request};
use homeroom::link::Ending;

use crate::world::{World, students};

#[test]
fn a_look_up_through_another_process() {
    let asked_for: Option<u32> = std::env::var("HOMEROOM_MEASURE").ok().and_then(|n| n.parse().ok());
    let world = World::new();
    let serving = world.serves();
    let who = world.comes("ana");
    world.fill(&who, 5);
    let many = asked_for.unwrap_or(500);
    who.import(&world.write("large.csv", students("S1", 1001, many)));
    let person = who.people("maria1003@")[0].number;
    let measure = |what: &str, request: &dyn Fn(u32) -> Request| {
        let mut times: Vec<Duration> = Vec::new();
        for n in 0..200 {
            let began = Instant::now();
            let reply = who.ask(request(n));
            times.push(began.elapsed());
            assert!(!matches!(reply, Reply::Trouble(_)), "{reply:?}");
        }
        times.sort();
        println!("{what} of {many} through the socket: median {:?}, 99 of 100 within {:?}", times[100], times[198]);
        times[100]
    };
    measure("a person", &|_| Request::Person(person));
    let find = |n: u32| Request::Find { query: format!("garcia {}", 1001 + n * 97 % many), org: None, limit: 20 };
    let found = measure("a look-up", &find);
    measure("a look-up by ID", &|n| Request::Find { query: (1001 + n * 97 % many).to_string(), org: None, limit: 20 });
    if asked_for.is_some() {
        let mut command = Vec::new();
        for _ in 0..20 {
            let began = Instant::now();
            assert_eq!(world.run(&["find", "garcia"]).0, 0);
            command.push(began.elapsed());
        }
        command.sort();
        println!("homeroom find through the socket: median {:?}", command[10]);
    }
    // Not a measure of its own where nothing is optimised: only that it is no matter of seconds.
    assert!(found < Duration::from_secs(1), "{found:?}");
    // The same asked of one's own store, once nobody else holds it.
    drop(serving);
    let began = Instant::now();
    assert!(matches!(who.ask(Request::Person(person)), Reply::Person(_)));
    println!("taken over after a kill within {:?}", began.elapsed());
    measure("a look-up, one's own store", &find);
    who.leaves(Ending::Quit);
}
