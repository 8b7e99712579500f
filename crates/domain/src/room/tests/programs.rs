//! Programs that come by a token: what it is worth to them, and when it is worth nothing any more.

use super::*;

#[test]
fn an_invite_lets_programs_do_what_its_role_does_and_no_more() {
    check(
        true,
        "invite send participant by ana
         invite see viewer by ana
         invite run co_host by ana
         publish cam by none
         publish cam by see
         publish cam by run
         watch tv by send
         watch tv by run
         publish cam by send
         watch tv by see
         watch tv/2 by see",
        expect![[r#"
            invite send participant by ana -> invited by send
            invite see viewer by ana -> invited by see
            invite run co_host by ana -> invited by run
            publish cam by none -> refused: the room knows no such invite
            publish cam by see -> refused: the invite is not for this
            publish cam by run -> refused: the invite is not for this
            watch tv by send -> refused: the invite is not for this
            watch tv by run  -> refused: the invite is not for this
            publish cam by send -> opened, invite send used by cam (Participant), entered cam (Participant)
            watch tv by see  -> invite see used by tv (Viewer), entered tv (Viewer)
            watch tv/2 by see -> entered tv/2 (Viewer)
        "#]],
    );
}

#[test]
fn a_token_is_shown_each_time_and_may_have_been_taken_back() {
    check(
        true,
        "invite send participant by ana
         invite soon participant until=10 by ana
         publish cam by send
         publish doc by soon
         return cam
         lose cam
         publish cam by send
         revoke send by ana
         return cam
         publish cam by send
         leave cam
         publish cam by send
         join cam
         wait 10
         publish doc by soon",
        expect![[r#"
            invite send participant by ana -> invited by send
            invite soon participant until=10 by ana -> invited by soon
            publish cam by send -> opened, invite send used by cam (Participant), entered cam (Participant)
            publish doc by soon -> invite soon used by doc (Participant), entered doc (Participant)
            return cam       -> linked cam (connected)
            lose cam         -> dropped cam (kept until 45)
            publish cam by send -> returned cam (expected until 20)
            revoke send by ana -> invite send revoked
            return cam       -> linked cam (connected)
            publish cam by send -> refused: the invite was revoked
            leave cam        -> left cam (Left)
            publish cam by send -> refused: the invite was revoked
            join cam         -> entered cam (Participant)
            wait 10          -> nothing
            publish doc by soon -> refused: the invite has expired
        "#]],
    );
}

#[test]
fn what_is_used_up_or_somebody_elses_is_not_a_programs() {
    check(
        true,
        "invite once participant uses=1 by ana
         invite mine viewer personal by ana
         join bo invite once
         publish cam by once
         watch tv by mine
         watch tv/2 by mine
         join cy invite mine",
        expect![[r#"
            invite once participant uses=1 by ana -> invited by once
            invite mine viewer personal by ana -> invited by mine
            join bo invite once -> opened, invite once used by bo (Participant), entered bo (Participant)
            publish cam by once -> refused: the invite is used up
            watch tv by mine -> invite mine used by tv (Viewer), entered tv (Viewer)
            watch tv/2 by mine -> entered tv/2 (Viewer)
            join cy invite mine -> refused: the invite belongs to somebody else
        "#]],
    );
}

#[test]
fn whoever_is_put_out_does_not_come_back_by_their_token_and_nobody_waits() {
    check(
        false,
        "invite one participant by ana
         invite two participant by ana
         invite three participant by ana
         join ana
         publish cam by one
         publish doc by two
         publish mic by three
         remove cam by ana
         publish cam by one
         ban doc by ana
         publish doc by two
         leave mic
         appoint mic guest by ana
         policy knock by ana
         publish mic by three",
        expect![[r#"
            invite one participant by ana -> invited by one
            invite two participant by ana -> invited by two
            invite three participant by ana -> invited by three
            join ana         -> opened, entered ana (Owner)
            publish cam by one -> invite one used by cam (Participant), entered cam (Participant)
            publish doc by two -> invite two used by doc (Participant), entered doc (Participant)
            publish mic by three -> invite three used by mic (Participant), entered mic (Participant)
            remove cam by ana -> barred cam, removed cam
            publish cam by one -> refused: the invite was revoked
            ban doc by ana   -> banned doc at doc, removed doc
            publish doc by two -> refused: this user or this device is banned
            leave mic        -> left mic (Left)
            appoint mic guest by ana -> appointed mic (Guest)
            policy knock by ana -> policy set
            publish mic by three -> refused: the invite was revoked
        "#]],
    );
}

#[test]
fn the_door_is_shut_to_programs_as_to_anybody() {
    check(
        false,
        "invite send participant by ana
         invite see viewer by ana
         policy lock by ana
         publish cam by send
         policy unlock capacity=2 by ana
         publish cam by send
         watch tv by see
         watch tv/2 by see
         join ana
         end by ana
         watch tv by see",
        expect![[r#"
            invite send participant by ana -> invited by send
            invite see viewer by ana -> invited by see
            policy lock by ana -> policy set
            publish cam by send -> refused: the door is locked
            policy unlock capacity=2 by ana -> policy set
            publish cam by send -> opened, invite send used by cam (Participant), entered cam (Participant)
            watch tv by see  -> invite see used by tv (Viewer), entered tv (Viewer)
            watch tv/2 by see -> refused: the room holds no more people
            join ana         -> entered ana (Owner)
            end by ana       -> ended (host)
            watch tv by see  -> refused: the room has ended
        "#]],
    );
}

#[test]
fn a_promise_to_come_back_is_none_without_the_token() {
    check(
        false,
        "policy rejoin by ana
         invite send participant by ana
         publish cam by send
         return cam
         lose cam
         wait 6
         revoke send by ana
         publish cam by send",
        expect![[r#"
            policy rejoin by ana -> policy set
            invite send participant by ana -> invited by send
            publish cam by send -> opened, invite send used by cam (Participant), entered cam (Participant)
            return cam       -> linked cam (connected)
            lose cam         -> dropped cam (kept until 6)
            wait 6           -> left cam (Lost), excused cam until 606, emptied
            revoke send by ana -> invite send revoked
            publish cam by send -> refused: the invite was revoked
        "#]],
    );
}
