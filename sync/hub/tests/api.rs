//! The API as an outside system uses it, over TLS: what it tells and takes, to whom, and what it says when it does not.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use common::{NOON_S, Region, SCHOOL, lent, little_school, now_s, returned};
use hub::store::Scope;
use serde_json::{Value, json};
use std::path::PathBuf;

fn api(path: &str) -> String {
    format!("/api/v1/schools/1/{path}")
}

#[test]
fn the_document_that_is_served_is_the_one_that_is_checked_in() {
    let now = format!("{}\n", serde_json::to_string_pretty(&hub::api::openapi()).unwrap());
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "..", "..", "docs", "openapi.json"].iter().collect();
    if std::env::var_os("OQYRMAN_WRITE_OPENAPI").is_some() {
        std::fs::write(&path, &now).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == now,
        "docs/openapi.json is not what the code says: \
         OQYRMAN_WRITE_OPENAPI=1 cargo test -p hub --test api writes it anew; look at the difference"
    );
    let dir = tempfile::tempdir().unwrap();
    let region = Region::start(dir.path());
    let (status, served) = region.get("/api/v1/openapi.json", "");
    assert_eq!((status, &served), (200, &serde_json::from_str::<Value>(&kept).unwrap()));
    assert_eq!(served["openapi"], "3.1.0");
    // Every address names its scope, and how a problem looks.
    let paths = served["paths"].as_object().unwrap();
    assert!(paths.len() >= 13);
    for (path, methods) in paths {
        for (method, operation) in methods.as_object().unwrap() {
            let scope = operation["security"][0]["token"][0].as_str();
            assert!(scope.is_some_and(|scope| Scope::of(scope).is_some()), "{method} {path}");
            assert!(operation["responses"]["default"].is_object(), "{method} {path}");
            assert!(operation["summary"].is_string(), "{method} {path}");
        }
    }
}

#[test]
fn nothing_is_told_without_the_right_token() {
    let dir = tempfile::tempdir().unwrap();
    let region = Region::start(dir.path());
    region.save(little_school());
    let other = region.hub.with(|store| hub::add_school(store, "№ 34 мектеп", NOON_S)).unwrap();
    let all = region.token(&Scope::ALL, Some(SCHOOL));
    let (_, document) = region.get("/api/v1/openapi.json", "");
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let path = path.replace("{school}", "1");
            let path = ["{station}", "{patron}", "{item}", "{title}", "{review}"]
                .iter()
                .fold(format!("/api/v1{path}"), |path, place| path.replace(place, "1"));
            let method = method.to_uppercase();
            let (status, problem) = region.send(&method, &path, "oqt_guessed", "{}");
            assert_eq!((status, &problem["title"]), (401, &json!("A token is needed")), "{method} {path}");
            let wanted = Scope::of(operation["security"][0]["token"][0].as_str().unwrap()).unwrap();
            let without: Vec<Scope> = Scope::ALL.into_iter().filter(|scope| *scope != wanted).collect();
            let (status, problem) = region.send(&method, &path, &region.token(&without, None), "{}");
            assert_eq!(status, 403, "{method} {path}");
            assert!(problem["detail"].as_str().unwrap().contains(wanted.word()), "{method} {path}");
            if path.contains("/schools/1/") {
                let theirs = region.token(&Scope::ALL, Some(other));
                let (status, problem) = region.send(&method, &path, &theirs, "{}");
                assert_eq!((status, &problem["title"]), (403, &json!("The token is for another school")));
            }
        }
    }
    assert_eq!(region.get(&api("patrons/1"), &all).0, 200);
    // Its beginning is worth nothing, nor is its beginning with another end.
    let short = &all[..all.len() - 1];
    let other_end = if all.ends_with('0') { '1' } else { '0' };
    assert_eq!(region.get(&api("patrons/1"), short).0, 401);
    assert_eq!(region.get(&api("patrons/1"), &format!("{short}{other_end}")).0, 401);
    let (_, schools) = region.get("/api/v1/schools", &all);
    assert_eq!(schools["schools"].as_array().unwrap().len(), 1, "a school's token sees its school");
    let (_, schools) = region.get("/api/v1/schools", &region.token(&[Scope::ReadStations], None));
    assert_eq!(schools["schools"].as_array().unwrap().len(), 2);
    // One that has run out, and one that was revoked.
    let old = region.token_until(&Scope::ALL, None, Some(now_s() - 1));
    assert_eq!(region.get(&api("patrons/1"), &old).0, 401);
    let id = region
        .hub
        .with(|store| store.tokens(None))
        .unwrap()
        .iter()
        .find(|line| line.school == Some(SCHOOL))
        .unwrap()
        .id;
    assert!(region.hub.with(|store| store.revoke_token(id, "somebody", now_s())).unwrap());
    assert_eq!(region.get(&api("patrons/1"), &all).0, 401);
    assert!(!region.hub.with(|store| store.revoke_token(id, "somebody", now_s())).unwrap());
}

#[test]
fn a_token_is_kept_nowhere() {
    let dir = tempfile::tempdir().unwrap();
    let region = Region::start(dir.path());
    let token = region.token(&[Scope::ReadLoans], None);
    assert_eq!(region.get(&api("loans"), &token).0, 200);
    for entry in std::fs::read_dir(&region.dir).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        let secret = token.strip_prefix("oqt_").unwrap().as_bytes();
        assert!(!bytes.windows(secret.len()).any(|window| window == secret));
    }
}

#[test]
fn patrons_are_saved_read_and_blocked() {
    let dir = tempfile::tempdir().unwrap();
    let region = Region::start(dir.path());
    region.save(little_school());
    let token = region.token(&[Scope::ReadPatrons, Scope::WritePatrons], None);
    let new = json!({ "given": " Ержан ", "family": "Үлгіұлы", "cards": ["20012000000099"], "lang": "ru" });
    let (status, saved) = region.send("PUT", &api("patrons/7"), &token, &new.to_string());
    assert_eq!(status, 200, "{saved}");
    assert_eq!(
        (&saved["given"], &saved["kind"], &saved["lang"]),
        (&json!("Ержан"), &json!("pupil"), &json!("ru"))
    );
    // What is not said stays.
    let renamed = json!({ "given": "Ержан", "family": "Басқаұлы", "until": "2027-05-25" });
    let (_, saved) = region.send("PUT", &api("patrons/7"), &token, &renamed.to_string());
    assert_eq!((&saved["cards"], &saved["until"]), (&json!(["20012000000099"]), &json!("2027-05-25")));
    let (_, blocked) = region.send("PUT", &api("patrons/7/block"), &token, r#"{"kind":"lost_item"}"#);
    let (_, twice) = region.send("PUT", &api("patrons/7/block"), &token, r#"{"kind":"lost_item"}"#);
    assert_eq!((blocked["blocks"].as_array().unwrap().len(), &blocked), (1, &twice));
    let (_, free) = region.send("DELETE", &api("patrons/7/block"), &token, "");
    assert_eq!(free["blocks"], json!([]));
    assert_eq!(region.get(&api("patrons/7"), &token).1, free);

    for (path, body, status, words) in [
        ("patrons/7", json!({ "given": "Ержан" }), 400, "missing field `family`"),
        ("patrons/7", json!({ "given": "Ержан", "family": "Ү", "iin": "1" }), 400, "unknown field"),
        ("patrons/7", json!({ "given": "", "family": "Ү" }), 422, "given"),
        ("patrons/7", json!({ "given": "100101500002", "family": "Ү" }), 422, "given"),
        ("patrons/7", json!({ "given": "Е", "family": "Ү", "cards": ["100101500002"] }), 422, "cards"),
        ("patrons/7", json!({ "given": "Е", "family": "Ү", "cards": ["20012000000001"] }), 409, "patron 1's"),
        ("patrons/7", json!({ "given": "Е", "family": "Ү", "class": "7 «Ә»" }), 422, "class"),
        ("patrons/7", json!({ "given": "Е", "family": "Ү", "kind": "parent" }), 422, "kind"),
        ("patrons/7", json!({ "given": "Е", "family": "Ү", "until": "25.05.2027" }), 422, "2026-09-15"),
        ("patrons/7", json!({ "given": "Е\u{7}", "family": "Ү" }), 422, "given"),
        ("patrons/0", json!({ "given": "Е", "family": "Ү" }), 422, "patron"),
        ("patrons/x'; DROP TABLE record; --", json!({ "given": "Е", "family": "Ү" }), 422, "patron"),
        ("patrons/99999999999999999999", json!({ "given": "Е", "family": "Ү" }), 422, "patron"),
        ("patrons/7/block", json!({ "kind": "because" }), 422, "lost_item"),
        ("patrons/8/block", json!({ "kind": "left" }), 404, "no such patron"),
    ] {
        let (found, problem) = region.send("PUT", &api(path), &token, &body.to_string());
        assert_eq!(found, status, "{path} {body}: {problem}");
        assert!(problem["detail"].as_str().unwrap().contains(words), "{words}: {problem}");
        assert!(!problem.to_string().contains("100101500002"), "an IIN is not repeated");
    }
    assert_eq!(region.get(&api("patrons/7"), &token).1, free, "what was refused changed nothing");
    let hostile = json!({ "given": "<script>", "family": "'); DROP TABLE record; --" });
    let (status, saved) = region.send("PUT", &api("patrons/9"), &token, &hostile.to_string());
    assert_eq!((status, &saved["given"]), (200, &json!("<script>")), "a hostile name is only a name");
}

#[test]
fn pages_go_on_where_they_ended_while_others_write() {
    let dir = tempfile::tempdir().unwrap();
    let region = Region::start(dir.path());
    region.save(little_school());
    let token =
        region.token(&[Scope::ReadPatrons, Scope::WritePatrons, Scope::ReadItems, Scope::WriteItems], None);
    let (_, first) = region.get(&api("patrons?limit=1"), &token);
    assert_eq!((first["patrons"].as_array().unwrap().len(), &first["more"]), (1, &json!(true)));
    let next = format!("patrons?limit=5&after={}", first["next"]);
    let (_, second) = region.get(&api(&next), &token);
    assert_eq!((second["patrons"].as_array().unwrap().len(), &second["more"]), (1, &json!(false)));
    // The last cursor serves for what changes later.
    let later = format!("patrons?after={}", second["next"]);
    assert_eq!(region.get(&api(&later), &token).1["patrons"], json!([]));
    region.send("PUT", &api("patrons/1"), &token, r#"{"given":"Аружан","family":"Басқақызы"}"#);
    let (_, changed) = region.get(&api(&later), &token);
    assert_eq!(changed["patrons"][0]["family"], "Басқақызы");

    assert_eq!(
        region.send("PUT", &api("titles/5"), &token, r#"{"name":"Қан мен тер","isbn":"9965-0-1-2"}"#).0,
        422
    );
    let (status, title) =
        region.send("PUT", &api("titles/5"), &token, r#"{"name":"Қан мен тер","year":1975}"#);
    assert_eq!((status, &title["kind"]), (200, &json!("book")));
    assert_eq!(region.send("PUT", &api("items/000200"), &token, r#"{"title":6}"#).0, 422);
    let (status, item) =
        region.send("PUT", &api("items/000200"), &token, r#"{"title":5,"status":"reference"}"#);
    assert_eq!((status, &item["status"]), (200, &json!("reference")));
    assert_eq!(region.get(&api("items/000200"), &token).1, item);
    assert_eq!(region.get(&api("items?limit=1000"), &token).1["items"].as_array().unwrap().len(), 4);
    for query in ["limit=0", "limit=1001", "limit=x", "after=-1", "page=2"] {
        let status = region.get(&api(&format!("items?{query}")), &token).0;
        assert!(status == 400 || status == 422, "{query}");
    }
}

/// Follows the feed to its end with pages of `limit`.
fn follow(region: &Region, token: &str, limit: usize) -> Vec<Value> {
    let (mut all, mut after) = (Vec::new(), 0);
    loop {
        let (status, page) = region.get(&api(&format!("changes?after={after}&limit={limit}")), token);
        assert_eq!(status, 200, "{page}");
        let lines = page["changes"].as_array().unwrap();
        assert!(lines.len() <= limit);
        if lines.is_empty() {
            assert_eq!(page["next"], page["newest"]);
            return all;
        }
        all.extend(lines.iter().cloned());
        after = page["next"].as_u64().unwrap();
    }
}

#[test]
fn the_feed_is_the_same_in_every_portion_and_nothing_is_missing() {
    let dir = tempfile::tempdir().unwrap();
    let region = Region::start(dir.path());
    region.save(little_school());
    let token =
        region.token(&[Scope::ReadChanges, Scope::ReadLoans, Scope::ReadReviews, Scope::WriteReviews], None);
    let (one, other) = (region.join(1), region.join(2));
    let first = [lent(1, "000123"), lent(1, "000124"), returned("000124")];
    region.exchange(&one, &one.request(&[], &first)).unwrap();
    region.exchange(&other, &other.request(&[], &[lent(2, "NOSUCHBOOK")])).unwrap();
    region.exchange(&one, &one.request(&first, &[returned("000123")])).unwrap();
    // The same once more: nothing happened.
    region.exchange(&one, &one.request(&[], &first)).unwrap();

    let all = follow(&region, &token, 1_000);
    for limit in [1, 2, 3] {
        assert_eq!(follow(&region, &token, limit), all, "{limit}");
    }
    let cursors: Vec<u64> = all.iter().map(|line| line["cursor"].as_u64().unwrap()).collect();
    assert_eq!(cursors, (1..=all.len() as u64).collect::<Vec<_>>());
    let acts: Vec<(u64, &str)> = all
        .iter()
        .filter(|line| line["kind"] == "event")
        .map(|line| (line["station"].as_u64().unwrap(), line["act"].as_str().unwrap()))
        .collect();
    assert_eq!(
        acts,
        [(1, "checked_out"), (1, "checked_out"), (1, "returned"), (2, "checked_out"), (1, "returned")]
    );
    let fate = all.iter().find(|line| line["kind"] == "fate").unwrap();
    assert_eq!((&fate["station"], &fate["seq"], &fate["fate"]), (&json!(2), &json!(1), &json!("in_review")));

    // A decision changes what became of the event, and that is told.
    let (_, reviews) = region.get(&api("reviews"), &token);
    let review = &reviews["reviews"][0];
    assert_eq!((&review["id"], &review["item"]), (&fate["review"], &json!("NOSUCHBOOK")));
    let path = api(&format!("reviews/{}/decision", review["id"]));
    assert_eq!(region.send("POST", &path, &token, r#"{"decree":"perhaps"}"#).0, 422);
    let (status, decided) = region.send("POST", &path, &token, r#"{"decree":"accept"}"#);
    assert_eq!(
        (status, &decided["accepted"], &decided["by"]),
        (200, &json!(true), &json!("token timetable"))
    );
    assert_eq!(region.send("POST", &path, &token, r#"{"decree":"reject"}"#).0, 409);
    let after = all.len();
    let (_, news) = region.get(&api(&format!("changes?after={after}&wait_s=5")), &token);
    assert_eq!((&news["changes"][0]["fate"], &news["changes"][0]["seq"]), (&json!("resolved"), &json!(1)));
    let (status, problem) = region.get(&api("changes?after=999999"), &token);
    assert_eq!((status, &problem["title"]), (409, &json!("The cursor is ahead of this region")));
    assert_eq!(region.get(&api("changes?wait_s=31"), &token).0, 422);
}

#[test]
fn whoever_waits_for_news_is_told_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let region = Region::start(dir.path());
    region.save(little_school());
    let token = region.token(&[Scope::ReadChanges], None);
    let station = region.join(1);
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| region.get(&api("changes?after=0&wait_s=30"), &token));
        region.exchange(&station, &station.request(&[], &[lent(1, "000123")])).unwrap();
        let (status, news) = waiting.join().unwrap();
        assert_eq!((status, &news["changes"][0]["act"]), (200, &json!("checked_out")));
    });
}

#[test]
fn loans_come_by_due_date_and_stations_say_how_they_are() {
    let dir = tempfile::tempdir().unwrap();
    let region = Region::start(dir.path());
    region.save(little_school());
    let token = region.token(&[Scope::ReadLoans, Scope::ReadStations], None);
    let station = region.join(1);
    let acts = [lent(1, "000124"), lent(2, "000123"), lent(1, "000125"), returned("000125")];
    region.exchange(&station, &station.request(&[], &acts)).unwrap();
    let (_, loans) = region.get(&api("loans"), &token);
    let items: Vec<&str> =
        loans["loans"].as_array().unwrap().iter().map(|loan| loan["item"].as_str().unwrap()).collect();
    assert_eq!(items, ["000123", "000124"]);
    assert_eq!((&loans["loans"][0]["due"], &loans["next"]), (&json!("2026-09-15"), &json!(null)));
    let (_, page) = region.get(&api("loans?limit=1"), &token);
    let (_, rest) =
        region.get(&api(&format!("loans?limit=1&after={}", page["next"].as_str().unwrap())), &token);
    assert_eq!((&page["loans"][0], &rest["loans"][0]), (&loans["loans"][0], &loans["loans"][1]));
    let (_, overdue) = region.get(&api("loans?state=overdue"), &token);
    assert_eq!(overdue["loans"].as_array().unwrap().len(), if now_s() > 1_789_500_000 { 2 } else { 0 });
    assert_eq!(region.get(&api("loans?state=lost"), &token).0, 422);
    assert_eq!(region.get(&api("loans?after=x"), &token).0, 422);

    let (_, stations) = region.get(&api("stations"), &token);
    let line = &stations["stations"][0];
    assert_eq!((&line["state"], &line["lent"], &line["waiting"]), (&json!("good"), &json!(3), &json!(0)));
    assert_eq!(line["fingerprint"], station.key.public().fingerprint());
    assert_eq!(&region.get(&api("stations/1"), &token).1, line);
    assert_eq!(region.get(&api("stations/2"), &token).0, 404);
}

#[test]
fn a_wrong_request_is_told_in_words() {
    let dir = tempfile::tempdir().unwrap();
    let region = Region::start(dir.path());
    let token = region.token(&Scope::ALL, None);
    let deep = "[".repeat(100_000);
    for (method, path, body, status) in [
        ("GET", "/api/v1/nothing".to_owned(), "", 404),
        ("GET", "/api/v1/schools/1".to_owned(), "", 404),
        ("GET", "/api/v1/schools/99/loans".to_owned(), "", 404),
        ("GET", "/api/v1/schools/x/loans".to_owned(), "", 404),
        ("DELETE", api("loans"), "", 405),
        ("PUT", api("patrons/1"), "", 400),
        ("PUT", api("patrons/1"), "{", 400),
        ("PUT", api("patrons/1"), "\u{0}", 400),
        ("PUT", api("patrons/1"), &deep[..60_000], 400),
        ("PUT", api("patrons/1"), &deep, 413),
    ] {
        let (found, problem) = region.send(method, &path, &token, body);
        assert_eq!(found, status, "{method} {path}: {problem}");
        let (status, sort) = region.get(problem["type"].as_str().unwrap(), "");
        assert_eq!(
            (status, &sort["title"]),
            (200, &problem["title"]),
            "the address of a problem says what it is"
        );
    }
}

#[test]
fn who_asks_too_often_is_asked_to_wait() {
    let dir = tempfile::tempdir().unwrap();
    let region = Region::start(dir.path());
    let (token, other) = (region.token(&Scope::ALL, None), region.token(&Scope::ALL, None));
    let client = region.client();
    let url = format!("https://{}/api/v1/schools", region.address);
    let hurried = (0..10_000).map(|_| client.get(&url).bearer_auth(&token).send().unwrap());
    let refused = hurried.into_iter().find(|response| response.status() == 429).expect("no limit");
    let wait_s: u64 = refused.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=2).contains(&wait_s));
    assert_eq!(region.get("/api/v1/schools", &other).0, 200, "others are not kept waiting");
}
