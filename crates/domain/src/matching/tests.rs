//! Who is brought together with whom, in chosen orders and in any.

use super::*;
use proptest::collection::vec;
use proptest::prelude::*;

const A: UserId = UserId::from_bits(1);
const B: UserId = UserId::from_bits(2);
const C: UserId = UserId::from_bits(3);

fn seek(pool: &mut Pool, user: UserId, at: u64) -> Sought {
    avoiding(pool, user, &[], at)
}

fn avoiding(pool: &mut Pool, user: UserId, avoids: &[UserId], at: u64) -> Sought {
    let avoids = Avoided { users: avoids.iter().copied().collect(), ..Avoided::default() };
    pool.seek(user, DeviceId::from_bits(user.bits()), &avoids, MonoMillis(at))
}

#[test]
fn whoever_has_looked_longest_goes_first() {
    let mut pool = Pool::default();
    avoiding(&mut pool, A, &[B], 0);
    avoiding(&mut pool, B, &[A], 1);
    assert_eq!(seek(&mut pool, C, 2), Sought::Found(A));
    assert_eq!(seek(&mut pool, UserId::from_bits(4), 3), Sought::Found(B));
    assert!(pool.is_empty());
}

#[test]
fn whoever_is_taken_is_given_to_nobody_until_they_are_released() {
    let mut pool = Pool::default();
    seek(&mut pool, A, 0);
    assert_eq!(seek(&mut pool, B, 1), Sought::Found(A));
    assert_eq!(seek(&mut pool, C, 2), Sought::Nobody);
    assert_eq!(seek(&mut pool, A, 3), Sought::Nobody, "a room is being made for them");
    assert_eq!(seek(&mut pool, B, 3), Sought::Nobody);
    pool.leave(A);
    assert_eq!(seek(&mut pool, A, 4), Sought::Nobody, "stopping does not make them free either");
    pool.release(A);
    assert_eq!(seek(&mut pool, A, 5), Sought::Found(C));
}

#[test]
fn two_of_whom_one_wished_so_never_meet() {
    let mut pool = Pool::default();
    avoiding(&mut pool, A, &[B], 0);
    assert_eq!(seek(&mut pool, B, 60_000), Sought::Nobody);
    assert_eq!(avoiding(&mut pool, A, &[B], 120_000), Sought::Nobody);
    let mut pool = Pool::default();
    seek(&mut pool, A, 0);
    assert_eq!(avoiding(&mut pool, B, &[A], 60_000), Sought::Nobody);
}

#[test]
fn two_who_met_lately_meet_again_only_when_nobody_else_comes() {
    let mut pool = Pool::default();
    seek(&mut pool, A, 0);
    seek(&mut pool, B, 0);
    pool.release(A);
    pool.release(B);
    assert_eq!(seek(&mut pool, A, 1_000), Sought::Nobody);
    assert_eq!(seek(&mut pool, B, 2_000), Sought::Nobody);
    assert_eq!(seek(&mut pool, A, 11_000), Sought::Nobody, "the other has not looked long enough");
    assert_eq!(seek(&mut pool, C, 11_500), Sought::Found(A));
    pool.release(A);
    pool.release(C);
    seek(&mut pool, A, 12_000);
    assert_eq!(seek(&mut pool, B, 21_999), Sought::Nobody);
    assert_eq!(seek(&mut pool, B, 22_000), Sought::Found(A));
}

#[test]
fn that_two_met_is_forgotten() {
    let mut pool = Pool::default();
    seek(&mut pool, A, 0);
    seek(&mut pool, B, 0);
    pool.release(A);
    pool.release(B);
    seek(&mut pool, A, MET_LATELY_MS);
    assert_eq!(seek(&mut pool, B, MET_LATELY_MS), Sought::Found(A));
}

#[test]
fn nobody_is_sent_to_a_page_that_is_not_heard_of_but_its_turn_is_kept() {
    let mut pool = Pool::default();
    seek(&mut pool, A, 0);
    pool.step_away(A, MonoMillis(1_000));
    assert_eq!(avoiding(&mut pool, B, &[C], 2_000), Sought::Nobody);
    assert_eq!(avoiding(&mut pool, C, &[B], 2_500), Sought::Nobody);
    // Back in time, they are before those who came meanwhile.
    assert_eq!(seek(&mut pool, A, 3_000), Sought::Found(B));
}

#[test]
fn whoever_stays_away_is_forgotten() {
    let mut pool = Pool::default();
    seek(&mut pool, A, 0);
    pool.step_away(A, MonoMillis(0));
    seek(&mut pool, B, SEEKER_AWAY_MS);
    assert_eq!(pool.len(), 1);
}

#[test]
fn a_browser_does_not_meet_itself() {
    let mut pool = Pool::default();
    let device = DeviceId::from_bits(7);
    pool.seek(A, device, &Avoided::default(), MonoMillis(0));
    assert_eq!(pool.seek(B, device, &Avoided::default(), MonoMillis(0)), Sought::Nobody);
}

#[test]
fn whoever_is_avoided_is_so_in_their_browser_whoever_they_are_there() {
    let mut pool = Pool::default();
    let device = DeviceId::from_bits(7);
    pool.seek(B, device, &Avoided::default(), MonoMillis(0));
    let avoids = Avoided { devices: BTreeSet::from([device]), ..Avoided::default() };
    assert_eq!(pool.seek(A, DeviceId::from_bits(8), &avoids, MonoMillis(0)), Sought::Nobody);
    // Whoever comes later is held to it as well.
    assert_eq!(pool.seek(C, device, &Avoided::default(), MonoMillis(1)), Sought::Nobody);
}

#[test]
fn there_is_an_end_to_how_many_look() {
    let mut pool = Pool::default();
    let device = DeviceId::from_bits(7);
    for user in 0..SEEKERS {
        let user = UserId::from_bits(100 + user as u128);
        assert_eq!(pool.seek(user, device, &Avoided::default(), MonoMillis(0)), Sought::Nobody);
    }
    assert_eq!(seek(&mut pool, A, 0), Sought::Full);
}

proptest! {
    /// Any order of anything: nobody is ever in two hands, and nobody who is avoided is found.
    #[test]
    fn nobody_is_given_to_two_people(steps in vec((0_u64..4_000, 0_u128..6, 0_u8..8, 0_u128..6), 1..80)) {
        let mut pool = Pool::default();
        let mut taken = BTreeSet::new();
        let mut now = 0;
        for (pause, user, what, avoided) in steps {
            now += pause;
            let user = UserId::from_bits(user);
            let avoided = UserId::from_bits(avoided);
            match what {
                0 => pool.step_away(user, MonoMillis(now)),
                1 => pool.leave(user),
                2 => {
                    pool.release(user);
                    taken.remove(&user);
                }
                _ => {
                    if let Sought::Found(other) = avoiding(&mut pool, user, &[avoided], now) {
                        prop_assert!(other != user && other != avoided);
                        prop_assert!(taken.insert(user) && taken.insert(other), "somebody is in two hands");
                    }
                }
            }
        }
    }
}
