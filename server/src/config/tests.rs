//! What is read, what wins and what is refused, as tables.

use super::*;
use service::payments::Sellers;

/// Reads settings from a file, an environment and flags, each written as one line.
fn settings(file: &str, environment: &[(&str, &str)], flags: &str) -> Result<Settings, ConfigError> {
    let environment =
        environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<Vec<_>>();
    let line = std::iter::once("anteroom").chain(flags.split_whitespace());
    let line = CommandLine::try_parse_from(line).map_err(|error| Place::Flags.refuse(&error))?;
    let file = Layer::from_toml(Path::new(FILE), file)?;
    Settings::settle(line.given.layer.over(Layer::from_env(environment)?).over(file))
}

/// The sentence that refuses, or a note that nothing was refused.
fn refusal(file: &str, environment: &[(&str, &str)], flags: &str) -> String {
    settings(file, environment, flags).map_or_else(|error| error.to_string(), |_| "not refused".to_owned())
}

#[test]
fn without_any_source_the_defaults_hold() {
    let settings = settings("", &[], "").expect("defaults are never refused");
    assert_eq!(settings.addr.to_string(), "127.0.0.1:3000");
    assert_eq!(settings.database, "sqlite:data/anteroom.sqlite");
    let media = Media {
        public_ips: Vec::new(),
        port: 10_000,
        tcp_port: TcpPort::SameIfFree,
        shards: None,
        camera_codec: CameraCodec::Vp8,
    };
    assert_eq!(settings.media, media);
    assert_eq!(settings.tls, Tls::Off);
    assert_eq!(settings.log, Log { format: LogFormat::Text, filter: "info".to_owned() });
    assert!(!settings.secure_cookie());
}

#[test]
fn a_flag_beats_the_environment_and_that_beats_the_file() {
    let port = |file, environment: &[_], flags| {
        settings(file, environment, flags).expect("the table holds settings").media.port
    };
    let variable = [("ANTEROOM_MEDIA_PORT", "2")];
    assert_eq!(port("media-port = 1", &[], ""), 1);
    assert_eq!(port("media-port = 1", &variable, ""), 2);
    assert_eq!(port("media-port = 1", &variable, "--media-port 3"), 3);
}

#[test]
fn media_listens_on_tcp_where_it_is_told_to() {
    for (file, flags, tcp_port) in [
        ("", "", TcpPort::SameIfFree),
        ("media-tcp-port = 443", "", TcpPort::From(443)),
        ("media-tcp-port = 'off'", "", TcpPort::Off),
        ("media-tcp-port = 'off'", "--media-tcp-port same", TcpPort::Same),
    ] {
        assert_eq!(settings(file, &[], flags).expect("the table holds settings").media.tcp_port, tcp_port);
    }
}

#[test]
fn every_source_reads_lists_and_truths() {
    for (file, environment, flags) in [
        ("public-ip = ['1.2.3.4', '::5']\ntls-self-signed = true", [].as_slice(), ""),
        ("", &[("ANTEROOM_PUBLIC_IP", "1.2.3.4,::5"), ("ANTEROOM_TLS_SELF_SIGNED", "true")], ""),
        ("", &[], "--public-ip 1.2.3.4 --public-ip ::5 --tls-self-signed"),
        ("tls-self-signed = false", &[], "--public-ip 1.2.3.4,::5 --tls-self-signed=true"),
    ] {
        let settings = settings(file, environment, flags).expect("the table holds settings");
        assert_eq!(settings.media.public_ips.len(), 2);
        assert_eq!(settings.tls, Tls::SelfSigned);
        assert!(settings.secure_cookie());
    }
}

#[test]
fn an_empty_or_foreign_variable_is_no_setting() {
    let environment = [("ANTEROOM_ADDR", ""), ("ANTEROOM_CONFIG", "x.toml"), ("PATH", "/bin")];
    assert_eq!(settings("", &environment, ""), settings("", &[], ""));
}

#[test]
fn cookies_are_secure_when_every_way_in_is() {
    for (flags, secure) in [
        ("", false),
        ("--origin https://meet.example.org", true),
        ("--origin https://meet.example.org --origin http://10.0.0.1:3000", false),
        ("--tls-cert a --tls-key b", true),
    ] {
        assert_eq!(
            settings("", &[], flags).expect("the table holds settings").secure_cookie(),
            secure,
            "{flags}"
        );
    }
}

#[test]
fn what_is_unknown_is_refused_where_it_stands() {
    let sentence = |name| format!("{name} is no setting; anteroom.toml.example names them all");
    assert_eq!(refusal("adress = '[::]:1'", &[], ""), sentence("adress in anteroom.toml"));
    assert_eq!(refusal("media_port = 1", &[], ""), sentence("media_port in anteroom.toml"));
    assert_eq!(refusal("", &[("ANTEROOM_ADRESS", "x")], ""), sentence("ANTEROOM_ADRESS"));
    assert_eq!(refusal("", &[], "--adress x"), sentence("--adress"));
    assert_eq!(
        refusal("", &[], "stray"),
        "stray is no task; there are verify-audit, verify-ledger, reset-password and confirm-address"
    );
}

#[test]
fn what_does_not_parse_is_refused_where_it_stands() {
    for (file, environment, flags, sentence) in [
        ("addr = 'home'", [].as_slice(), "", "addr in anteroom.toml is refused: `home` does not do"),
        ("addr = 1.5", &[], "", "addr in anteroom.toml is refused: it must be a text"),
        ("addr = '1:1'\naddr = ", &[], "", "anteroom.toml does not parse in line 2"),
        ("", &[("ANTEROOM_MEDIA_PORT", "70000")], "", "ANTEROOM_MEDIA_PORT is refused: `70000` does not do"),
        ("", &[("ANTEROOM_PUBLIC_IP", "here")], "", "ANTEROOM_PUBLIC_IP is refused: `here` does not do"),
        ("", &[("ANTEROOM_TLS_SELF_SIGNED", "yes")], "", "ANTEROOM_TLS_SELF_SIGNED is refused: `yes`"),
        (
            "",
            &[],
            "--origin meet.example.org",
            "--origin is refused: `meet.example.org` does not do: an origin looks",
        ),
        (
            "",
            &[],
            "--trusted-proxy everyone",
            "--trusted-proxy is refused: `everyone` does not do: a network looks",
        ),
        (
            "keep-history-days = -1",
            &[],
            "",
            "keep-history-days in anteroom.toml is refused: `-1` does not do: it is a",
        ),
        (
            "",
            &[("ANTEROOM_KEEP_HISTORY_DAYS", "never")],
            "",
            "ANTEROOM_KEEP_HISTORY_DAYS is refused: `never`",
        ),
        ("", &[], "--keep-history-days 36501", "--keep-history-days is refused: `36501` does not do"),
        ("max-people = 0", &[], "", "max-people is refused: with 0 nobody could come in"),
        ("", &[], "--log-format xml", "--log-format is refused: `xml` does not do"),
        ("", &[], "--log-filter a=b=c", "log-filter is refused"),
        ("", &[], "--addr", "--addr is refused: its value is missing"),
        ("", &[], "--addr 1.1.1.1:1 --addr 1.1.1.1:2", "--addr is refused: it stands there twice"),
        ("", &[], "--database mysql://x", "database is refused: a database is sqlite:PATH or postgres://…"),
        ("", &[], "--public-ip 0.0.0.0", "public-ip is refused: `0.0.0.0` is no address"),
        ("", &[], "--media-shards 0", "media-shards is refused: at least one thread"),
        (
            "",
            &[],
            "--media-port 65535 --media-shards 2",
            "media-port is refused: the last shard would need port 65536",
        ),
        (
            "media-tcp-port = 65535",
            &[],
            "--media-shards 2",
            "media-tcp-port is refused: the last shard would need port 65536",
        ),
        ("camera-codec = \"h265\"", &[], "", "camera-codec in anteroom.toml is refused: `h265` does not do"),
        (
            "",
            &[("ANTEROOM_CAMERA_CODEC", "VP10")],
            "",
            "ANTEROOM_CAMERA_CODEC is refused: `VP10` does not do",
        ),
        ("", &[], "--media-tcp-port never", "--media-tcp-port is refused: `never` does not do"),
    ] {
        let refusal = refusal(file, environment, flags);
        assert!(refusal.starts_with(sentence), "{refusal}");
        assert!(!refusal.contains('\n'), "{refusal}");
    }
}

#[test]
fn what_contradicts_itself_is_refused() {
    for (flags, sentence) in [
        ("--tls-cert a", "tls-cert needs tls-key beside it"),
        ("--tls-key a", "tls-key needs tls-cert beside it"),
        ("--tls-self-signed --tls-cert a --tls-key b", "tls-self-signed and tls-cert contradict each other"),
        ("--tls-self-signed --tls-key b", "tls-self-signed and tls-key contradict each other"),
        (
            "--tls-self-signed --origin http://a.test --origin http://b.test",
            "tls-self-signed and origin contradict each other: pages that are served over HTTPS",
        ),
        ("--tls-cert a --tls-key b --origin http://a.test", "tls-cert and origin contradict each other"),
    ] {
        let refusal = refusal("", &[], flags);
        assert!(refusal.starts_with(sentence), "{refusal}");
    }
    for flags in
        ["--origin http://a.test", "--tls-self-signed --origin http://a.test --origin https://a.test"]
    {
        assert!(settings("", &[], flags).is_ok(), "{flags}");
    }
}

#[test]
fn a_named_file_must_be_there() {
    let sources = Sources {
        arguments: vec!["anteroom".into(), "--config".into(), "/nowhere/anteroom.toml".into()],
        ..Sources::default()
    };
    let refusal = read(&sources).map_or_else(|error| error.to_string(), |_| String::new());
    assert!(refusal.starts_with("/nowhere/anteroom.toml cannot be read: "), "{refusal}");
}

#[test]
fn a_task_takes_settings_before_and_behind_it() {
    let asked = |line: &str| {
        let arguments = std::iter::once("anteroom").chain(line.split_whitespace()).map(Into::into).collect();
        read(&Sources { arguments, ..Sources::default() })
    };
    for line in
        ["--data x --log-filter warn verify-audit", "--data y --log-filter warn verify-audit --data x"]
    {
        let Ok(Asked::VerifyAudit { settings, room: None }) = asked(line) else { panic!("{line}") };
        assert_eq!((settings.data.as_path(), settings.log.filter.as_str()), (Path::new("x"), "warn"));
    }
    let code = RoomCode::from_bits(7);
    let one = asked(&format!("verify-audit --room {code}"));
    assert!(matches!(one, Ok(Asked::VerifyAudit { room: Some(room), .. }) if room == code));
    let ledger = asked("verify-ledger --data x");
    assert!(matches!(ledger, Ok(Asked::VerifyLedger(settings)) if settings.data == Path::new("x")));
    let wrong = asked("verify-audit --room nothing").expect_err("this is no code").to_string();
    assert!(wrong.starts_with("--room is refused: `nothing` does not do"), "{wrong}");
    let unknown = asked("verify-audit --adress x").expect_err("this is no setting").to_string();
    assert!(unknown.starts_with("--adress is no setting"), "{unknown}");
}

#[test]
fn help_and_version_are_printed() {
    for flag in ["--help", "--version"] {
        let sources = Sources { arguments: vec!["anteroom".into(), flag.into()], ..Sources::default() };
        assert!(matches!(read(&sources), Ok(Asked::Print(text)) if text.contains("anteroom")), "{flag}");
    }
}

#[test]
fn the_example_names_every_setting_and_parses_uncommented() {
    let example = include_str!("../../../anteroom.toml.example");
    let uncommented: String = example.lines().filter_map(|line| line.strip_prefix('#')).fold(
        String::new(),
        // Prose stands behind `# `, settings behind a bare `#`.
        |text, line| if line.starts_with(' ') || line.is_empty() { text } else { text + line + "\n" },
    );
    let layer = Layer::from_toml(Path::new("anteroom.toml.example"), &uncommented);
    assert!(layer.is_ok(), "{layer:?}\n{uncommented}");
    for name in Layer::names() {
        assert!(uncommented.contains(&format!("{name} = ")), "{name} is missing");
    }
    assert_eq!(
        Layer::from_toml(Path::new(FILE), example),
        Ok(Layer::default()),
        "the example changes nothing"
    );
}

#[test]
fn history_is_kept_for_so_many_days_or_forever() {
    for (file, kept) in [
        ("", Keep::Days(90)),
        ("keep-history-days = 0", Keep::Days(0)),
        ("keep-history-days = 365", Keep::Days(365)),
        ("keep-history-days = 'forever'", Keep::Forever),
    ] {
        assert_eq!(settings(file, &[], "").expect("the table holds settings").keep, kept, "{file}");
    }
}

#[test]
fn a_provider_needs_all_that_opens_it_and_a_way_back() {
    let issuer = "--openid-issuer https://id.test";
    let client = format!("{issuer} --openid-client-id anteroom --openid-client-secret secret");
    let whole = format!("{client} --origin https://a.test");
    for (flags, sentence) in [
        (issuer, "openid-issuer needs openid-client-id beside it"),
        (&format!("{issuer} --openid-client-id a"), "openid-issuer needs openid-client-secret beside it"),
        (&format!("{issuer} --openid-client-id="), "openid-issuer needs openid-client-id beside it"),
        (&client, "openid-issuer needs origin beside it"),
        ("--openid-client-id a", "openid-client-id needs openid-issuer beside it"),
        ("--openid-client-secret secret", "openid-client-secret needs openid-issuer beside it"),
        ("--openid-name x", "openid-name needs openid-issuer beside it"),
        ("--openid-scope x", "openid-scope needs openid-issuer beside it"),
        (&format!("{whole} --openid-scope a\"b"), "openid-scope is refused: `a\"b` is no scope"),
        (&format!("{whole} --openid-name {}", "x".repeat(61)), "openid-name is refused: the text is longer"),
        ("--openid-issuer id.test", "--openid-issuer is refused: `id.test` does not do: a provider looks"),
        ("--openid-issuer http://id.test", "--openid-issuer is refused: `http://id.test` does not do"),
        (
            "--openid-issuer https://id.test/?x",
            "--openid-issuer is refused: `https://id.test/?x` does not do",
        ),
        (
            "--openid-issuer https://me@id.test",
            "--openid-issuer is refused: `https://me@id.test` does not do",
        ),
    ] {
        let refusal = refusal("", &[], flags);
        assert!(refusal.starts_with(sentence), "{refusal}");
        assert!(!refusal.contains("secret secret"), "{refusal}");
    }
    let of = |file, environment: &[_], flags| {
        let settings = settings(file, environment, flags).expect("this is all it takes");
        settings.openid.map(|openid| (openid.name, openid.scope, openid.client_secret))
    };
    let plain = ("id.test".to_owned(), "openid profile email".to_owned(), "secret".to_owned());
    assert_eq!(of("", &[], &whole), Some(plain.clone()));
    let table = "origin = ['https://a.test']\n[openid]\nissuer = 'https://id.test'\nclient-id = 'a'\n\
                 client-secret = 'other'\nname = 'Example ID'\nscope = ['openid', 'groups']";
    let other = ("Example ID".to_owned(), "openid groups".to_owned(), "other".to_owned());
    assert_eq!(of(table, &[], ""), Some(other));
    let variables = [("ANTEROOM_OPENID_CLIENT_SECRET", "secret"), ("ANTEROOM_OPENID_SCOPE", "profile,email")];
    let named = of(table, &variables, "--openid-name id.test");
    assert_eq!(named, Some(plain));
    let debug = format!("{:?}", settings("", &[], &whole).expect("this is all it takes"));
    assert!(debug.contains("id.test") && !debug.contains("\"secret\""), "{debug}");
    let unknown = refusal("[openid]\nissuers = 'x'", &[], "");
    assert!(unknown.starts_with("openid-issuers in anteroom.toml is no setting"), "{unknown}");
    let twice = refusal("openid-name = 'x'\n[openid]\nname = 'y'", &[], "");
    assert_eq!(twice, "openid-name in anteroom.toml is refused: it stands there twice");
}

#[test]
fn stripe_needs_all_that_opens_it_and_a_way_back() {
    let stripe = "--payments stripe";
    let key = format!("{stripe} --stripe-key sk_test_hidden");
    let half = format!("{key} --stripe-webhook-secrets whsec_hidden");
    let whole = format!("{half} --origin https://a.test");
    for (flags, sentence) in [
        (stripe, "payments = stripe needs stripe-key beside it"),
        (&format!("{stripe} --stripe-key="), "payments = stripe needs stripe-key beside it"),
        (&key, "payments = stripe needs stripe-webhook-secrets beside it"),
        (&half, "payments = stripe needs origin beside it"),
        ("--stripe-key sk_test_hidden", "stripe-key needs payments = stripe beside it"),
        ("--payments test --stripe-connect", "stripe-connect needs payments = stripe beside it"),
        (
            &format!("{whole} --stripe-connect --stripe-tax"),
            "stripe-tax is refused: with stripe-connect the sale is the host's, and so are its taxes",
        ),
        (
            &format!("{whole} --stripe-connect --sellers anyone"),
            "sellers is refused: with stripe-connect hosts have accounts here",
        ),
        ("--payments test --stripe-tax", "stripe-tax needs payments = stripe beside it"),
        ("--stripe-webhook-secrets whsec_hidden", "stripe-webhook-secrets needs payments = stripe beside it"),
        (
            &format!("{stripe} --stripe-key pk_live_hidden"),
            "stripe-key is refused: this key begins with pk_ and is for everybody; the secret one begins with",
        ),
        (&format!("{stripe} --stripe-key hidden"), "stripe-key is refused: a key begins with sk_ or rk_"),
        (&format!("{stripe} --stripe-key sk_test_\u{e4}hidden"), "stripe-key is refused: a key begins with"),
        (
            &format!("{key} --stripe-webhook-secrets whsec_1,hidden"),
            "stripe-webhook-secrets is refused: a secret of a webhook begins with whsec_",
        ),
        (&format!("{whole} --stripe-methods a,b&c"), "stripe-methods is refused: a method is a word"),
        (&format!("{whole} --stripe-api http://stripe.test"), "stripe-api is refused: it is an address over"),
        ("--payments paypal", "--payments is refused: `paypal` does not do"),
    ] {
        let refusal = refusal("", &[], flags);
        assert!(refusal.starts_with(sentence), "{refusal}");
        assert!(!refusal.contains("hidden"), "{refusal}");
    }
    let of = |file, environment: &[_], flags| {
        let taker = settings(file, environment, flags).expect("this is all it takes").payments.taker;
        let Taker::Stripe(stripe) = taker else { panic!("{taker:?}") };
        *stripe
    };
    let (plain, connect) = (of("", &[], &whole), format!("{whole} --stripe-connect"));
    let connected = of("", &[], &connect);
    assert_eq!((plain.api.as_str(), plain.site.as_str()), ("https://api.stripe.com", "https://a.test"));
    assert_eq!((plain.methods.clone(), plain.tax, plain.is_live()), (vec!["card".to_owned()], false, false));
    assert!(!format!("{plain:?}").contains("hidden"), "{plain:?}");
    assert_eq!((plain.connect, connected.connect), (false, true));
    let table = "origin = ['https://a.test', 'https://b.test']\npayments = 'stripe'\n[stripe]\n\
                 webhook-secrets = ['whsec_1', 'whsec_2']\nmethods = ['all']\ntax = true";
    let live = of(table, &[("ANTEROOM_STRIPE_KEY", "rk_live_1")], "");
    assert_eq!(
        (live.webhook_secrets.len(), live.methods.len(), live.tax, live.is_live()),
        (2, 0, true, true)
    );
}

#[test]
fn mails_need_a_sender_and_an_origin() {
    let mail = "--mail-url smtp://localhost:2525";
    for (flags, sentence) in [
        (mail, "mail-url needs mail-from beside it"),
        ("--mail-from a@example.org", "mail-from needs mail-url beside it"),
        (&format!("{mail} --mail-from a@example.org"), "mail-url needs origin beside it"),
        (
            &format!("{mail} --mail-from nobody --origin https://a.test"),
            "mail-from is refused: `nobody` is no address of mail",
        ),
        (
            "--mail-url http://me:secret@mail.test --mail-from a@example.org --origin https://a.test",
            "mail-url is refused: a mail server is smtps://USER:PASSWORD@HOST",
        ),
    ] {
        let refusal = refusal("", &[], flags);
        assert!(refusal.starts_with(sentence), "{refusal}");
        assert!(!refusal.contains("secret"), "{refusal}");
    }
    let flags = format!("{mail} --mail-from a@example.org --origin https://a.test");
    let settings = settings("", &[], &flags).expect("this is all it takes");
    assert_eq!(settings.mail.map(|mail| mail.from.to_string()).as_deref(), Some("a@example.org"));
}

#[test]
fn whoever_sells_is_named_or_follows_from_who_takes_the_money() {
    let whose =
        "--payments stripe --stripe-key sk_test_1 --stripe-webhook-secrets whsec_1 --origin https://a.test";
    let listed = |text: &str| Sellers::Listed(vec![EmailAddress::parse(text).expect("an address")]);
    for (file, flags, sellers) in [
        ("", "--payments test", Sellers::Anyone),
        ("", whose, Sellers::Members),
        ("sellers = 'anyone'", whose, Sellers::Anyone),
        ("sellers = ['members']", "--payments test", Sellers::Members),
        ("sellers = ['Ada@example.org']", whose, listed("ada@example.org")),
    ] {
        let read = settings(file, &[], flags).expect("the settings do").payments.sellers;
        assert_eq!(read, sellers, "{file} {flags}");
    }
    for wrong in ["nobody", "anyone,ada@example.org"] {
        let refused = settings("", &[], &format!("--payments test --sellers {wrong}"));
        let sentence = refused.expect_err("this names nobody").to_string();
        assert!(sentence.contains("sellers") && sentence.contains("is no address of mail"), "{sentence}");
    }
}
