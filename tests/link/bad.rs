//! What comes to the socket that should not: garbage, half of something, too much, too slow, too many. Whoever works goes on.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use homeroom::desk::{Reply, Request, SyncsOf, Window};

use crate::world::{Somebody, World, knock, students, until};

/// Somebody at the door who says what is spoken here, as the other end has just said it.
fn introduced(world: &World) -> UnixStream {
    let mut stream = knock(&world.db()).unwrap();
    let mut head = [0; 13];
    stream.read_exact(&mut head).unwrap();
    let mut version = vec![0; usize::from(head[12])];
    stream.read_exact(&mut version).unwrap();
    // Where there are too many it is not even heard.
    let _ = stream.write_all(&[&head[..], &version].concat());
    stream
}

/// The same, let in.
fn inside(world: &World) -> UnixStream {
    let mut stream = introduced(world);
    // by "eve", no scope, not read-only
    send(&mut stream, &[3, b'e', b'v', b'e', 0, 0]);
    let mut head = [0; 4];
    stream.read_exact(&mut head).unwrap();
    let mut welcome = vec![0; u32::from_le_bytes(head) as usize];
    stream.read_exact(&mut welcome).unwrap();
    assert_eq!(welcome[0], 0, "let in");
    stream
}

fn send(stream: &mut UnixStream, body: &[u8]) {
    stream.write_all(&(body.len() as u32).to_le_bytes()).unwrap();
    stream.write_all(body).unwrap();
}

/// Waits until the other end has broken the line.
#[track_caller]
fn dropped(mut stream: UnixStream) {
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let mut rest = Vec::new();
    match stream.read_to_end(&mut rest) {
        Ok(_) => {}
        Err(e) => assert_eq!(e.kind(), std::io::ErrorKind::ConnectionReset, "not dropped"),
    }
}

fn history(who: &Somebody) -> usize {
    let all = Request::Syncs { window: Window::ALL, org: None, filter: String::new(), of: SyncsOf::default() };
    let Reply::Syncs(page) = who.ask(all) else { panic!() };
    page.rows.len()
}

#[test]
fn garbage_is_dropped_and_who_works_goes_on() {
    let world = World::new();
    let ana = world.comes("ana");
    world.fill(&ana, 5);
    let mut state = 7u64;
    let mut noise = |n: usize| -> Vec<u8> {
        (0..n)
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                (state >> 33) as u8
            })
            .collect()
    };
    for n in [1, 13, 100, 5000] {
        let mut at_the_door = knock(&world.db()).unwrap();
        let _ = at_the_door.write_all(&noise(n.max(13)));
        dropped(at_the_door);
        let mut hello = introduced(&world);
        let _ = hello.write_all(&[&[200, 0, 0, 0][..], &noise(200)].concat());
        dropped(hello);
        let mut asks = inside(&world);
        let _ = asks.write_all(&[&[0xff, 0xff, 0xff, 0x7f][..], &noise(n)].concat());
        dropped(asks);
        let mut asks = inside(&world);
        send(&mut asks, &[&[250][..], &noise(n)].concat());
        dropped(asks);
    }
    assert_eq!(ana.people("").len(), 10);
    assert_eq!(history(&ana), 3);
}

#[test]
fn noise_in_the_place_of_a_request_never_breaks_the_holder() {
    let world = World::new();
    let ana = world.comes("ana");
    world.fill(&ana, 5);
    let mut state = 3u64;
    for n in 0..200 {
        let mut eve = inside(&world);
        // An ask under some ticket, and then anything: what happens to be a request is answered, what does not breaks the line.
        let mut body = vec![0, 1, 1];
        for _ in 0..n % 40 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            body.push((state >> 40) as u8 % 60);
        }
        send(&mut eve, &body);
    }
    assert_eq!(ana.people("").len(), 10);
}

#[test]
fn who_is_cut_off_in_the_middle_of_a_message_has_said_nothing() {
    let world = World::new();
    let ana = world.comes("ana");
    world.fill(&ana, 5);
    let mut eve = inside(&world);
    eve.write_all(&[100, 0, 0, 0, 0, 1]).unwrap();
    drop(eve);
    let mut eve = inside(&world);
    // More is announced than is ever sent, in a frame that is full.
    eve.write_all(&(1u32 << 31 | 1 << 20).to_le_bytes()).unwrap();
    drop(eve);
    assert_eq!(history(&ana), 3);
}

#[test]
fn too_much_at_once_is_dropped_before_it_is_kept() {
    let world = World::new();
    let ana = world.comes("ana");
    world.fill(&ana, 5);
    let mut eve = inside(&world);
    let full = vec![7u8; 1 << 20];
    let mut sent = 0;
    // Frames of a message that never ends.
    while eve.write_all(&(1u32 << 31 | 1 << 20).to_le_bytes()).and_then(|()| eve.write_all(&full)).is_ok() {
        sent += 1;
        assert!(sent < 64, "never dropped");
    }
    assert_eq!(ana.people("").len(), 10);
}

#[test]
fn who_dawdles_is_dropped_and_keeps_nobody_waiting() {
    let world = World::new();
    let ana = world.comes("ana");
    world.fill(&ana, 5);
    // One who says nothing at the door, one who says half of who it is, one who stops in the middle of a request.
    let silent = knock(&world.db()).unwrap();
    let half = introduced(&world);
    let mut slow = inside(&world);
    slow.write_all(&[100, 0, 0]).unwrap();
    let began = Instant::now();
    let bo = world.comes("bo");
    assert_eq!(bo.people("").len(), 10);
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    dropped(silent);
    dropped(half);
    dropped(slow);
}

#[test]
fn who_takes_nothing_is_dropped_and_keeps_nobody_waiting() {
    let world = World::new();
    let ana = world.comes("ana");
    world.fill(&ana, 2000);
    let mut eve = inside(&world);
    // Asks for everybody again and again, and reads no answer.
    let people = Request::Export { what: homeroom::desk::ExportWhat::People, org: None, for_spreadsheet: false };
    let ask = homeroom::desk::Ask { ticket: 1, job: homeroom::desk::JobNo(1), request: people };
    let body = [&[0][..], &postcard::to_stdvec(&ask).unwrap()].concat();
    eve.set_write_timeout(Some(Duration::from_secs(30))).unwrap();
    let frame = [&(body.len() as u32).to_le_bytes()[..], &body].concat();
    let mut sent = 0;
    until("dropped", || {
        sent += 1;
        assert!(sent < 1_000_000);
        eve.write_all(&frame).is_err()
    });
    assert_eq!(ana.people("").len(), 100);
}

#[test]
fn there_may_be_many_but_not_too_many() {
    let world = World::new();
    let ana = world.comes("ana");
    world.fill(&ana, 5);
    let mut all: Vec<UnixStream> = Vec::new();
    // Somebody let in one after the other, until it is too many.
    let refused = loop {
        let mut stream = introduced(&world);
        let _ = stream.write_all(&[6, 0, 0, 0, 3, b'e', b'v', b'e', 0, 0]);
        let mut head = [0; 4];
        stream.read_exact(&mut head).unwrap();
        let mut welcome = vec![0; u32::from_le_bytes(head) as usize];
        stream.read_exact(&mut welcome).unwrap();
        if welcome[0] != 0 {
            break String::from_utf8_lossy(&welcome).into_owned();
        }
        all.push(stream);
        assert!(all.len() < 100);
    };
    assert!(refused.contains("Too many"), "{refused}");
    assert_eq!(all.len(), 64);
    assert_eq!(ana.people("").len(), 10);
    let (code, _, err) = world.run(&["syncs"]);
    assert_eq!(code, 5);
    assert!(err.contains("Too many"), "{err}");
    all.clear();
    until("there is room again", || world.run(&["syncs"]).0 == 0);
}

#[test]
fn a_socket_that_somebody_left_behind_is_replaced() {
    let world = World::new();
    let ana = world.comes("ana");
    world.fill(&ana, 5);
    ana.leaves(homeroom::link::Ending::Quit);
    drop(std::os::unix::net::UnixListener::bind(world.db().join("socket")).unwrap());
    assert!(world.db().join("socket").exists());
    let (code, _, err) = world.run(&["list", "students"]);
    assert_eq!((code, err.contains("socket")), (0, false), "{err}");
    let bo = world.comes("bo");
    bo.import(&world.write("more.csv", students("S1", 1001, 6)));
    // What is no socket is not touched.
    bo.leaves(homeroom::link::Ending::Quit);
    until("it is gone", || !world.db().join("socket").exists());
    std::fs::write(world.db().join("socket"), "mine").unwrap();
    let (code, _, err) = world.run(&["syncs"]);
    assert_eq!(code, 5);
    assert!(err.contains("is in the way") && err.contains("--no-share"), "{err}");
    assert_eq!(world.run(&["syncs", "--no-share"]).0, 0);
}

#[test]
fn a_listener_that_says_nothing_or_nonsense_is_said() {
    let world = World::new();
    world.comes("ana").leaves(homeroom::link::Ending::Quit);
    let socket = world.db().join("socket");
    let listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    let nonsense = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.write_all(b"220 mail.example ESMTP\r\n").unwrap();
        stream
    });
    let (code, _, err) = world.run(&["syncs"]);
    assert_eq!(code, 5);
    assert!(err.contains("is not Homeroom"), "{err}");
    drop(nonsense.join().unwrap());
}
