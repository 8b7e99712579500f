//! A bus that loses parcels: whoever listens knows in the end what somebody knows who lost none.

use crate::stage::{ANA, BO, CY, Line, Stage};
use model::{MessageId, ParticipantId};
use protocol::{Change, ClientMessage, Deed, ParticipantView, Publishing, ServerMessage};
use service::bus::{Overflow, Parcel, SocketId};
use service::{Bus, LocalBus};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use tokio::sync::mpsc;

/// Of 100 parcels, how many are lost when it storms, and when the line is cut.
const STORM: u32 = 40;
const CUT: u32 = 100;

/// A bus that loses some of what it carries, ends of lines too.
#[derive(Debug, Default)]
struct LossyBus {
    inner: LocalBus,
    percent: AtomicU32,
    dice: AtomicU64,
    lost: AtomicU32,
}

/// What a browser makes of what it hears.
#[derive(Debug, Default, PartialEq)]
struct Known {
    revision: u64,
    people: BTreeMap<ParticipantId, ParticipantView>,
    chat: Vec<MessageId>,
}

impl LossyBus {
    fn new(seed: u64) -> Arc<Self> {
        Arc::new(Self { dice: AtomicU64::new(seed), ..Self::default() })
    }

    fn lose(&self, percent: u32) {
        self.percent.store(percent, Ordering::Relaxed);
    }

    fn loses(&self) -> bool {
        // Knuth's numbers for a linear congruential generator; the high bits are the good ones.
        let roll =
            |dice: u64| dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let dice = self.dice.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |dice| Some(roll(dice)));
        let of_100 = u32::try_from((dice.expect("it always rolls") >> 33) % 100).expect("below 100");
        let loses = of_100 < self.percent.load(Ordering::Relaxed);
        self.lost.fetch_add(u32::from(loses), Ordering::Relaxed);
        loses
    }
}

impl Bus for LossyBus {
    fn listen(&self, line: SocketId) -> mpsc::Receiver<Parcel> {
        self.inner.listen(line)
    }

    fn send(&self, line: SocketId, parcel: Parcel) -> Result<(), Overflow> {
        if self.loses() { Ok(()) } else { self.inner.send(line, parcel) }
    }

    fn hang_up(&self, line: SocketId) {
        if !self.loses() {
            self.inner.hang_up(line);
        }
    }
}

impl Known {
    /// Takes in what was heard since the last time; nothing may be missing between two pieces.
    async fn hear(&mut self, line: &mut Line, stage: &Stage) {
        stage.settled().await;
        while let Some(message) = line.poll().await {
            match message.expect("the line stays open") {
                ServerMessage::Snapshot(snapshot) => {
                    let people = snapshot.participants.into_iter().map(|view| (view.id, view));
                    let chat = snapshot.chat.into_iter().map(|said| said.id);
                    *self =
                        Self { revision: snapshot.revision, people: people.collect(), chat: chat.collect() };
                }
                ServerMessage::Change { revision, change } => {
                    assert_eq!(revision, self.revision + 1, "a change came without the one before");
                    self.revision = revision;
                    self.apply(change);
                }
                ServerMessage::Pong => {}
                other => panic!("nobody inside is told this: {other:?}"),
            }
        }
    }

    fn apply(&mut self, change: Change) {
        match change {
            Change::Joined(view) | Change::Updated(view) => drop(self.people.insert(view.id, view)),
            Change::Left { participant, .. } => drop(self.people.remove(&participant)),
            Change::Said(said) => self.chat.push(said.id),
            _ => {}
        }
    }
}

/// Something that everybody hears of.
async fn stir(stage: &Stage, ana: &Line, step: u32) {
    match step % 5 {
        0 => drop(stage.join(CY).await),
        1 | 2 => stage.say(ANA, u128::from(step), "well").await.expect("whoever is inside may speak"),
        3 => {
            let camera = step.is_multiple_of(2);
            ana.say(ClientMessage::Publish(Publishing { microphone: true, camera, screen: false })).await;
        }
        _ => stage.rooms.leave(CY.user, stage.seat(CY)).await.expect("anybody may leave"),
    }
    stage.pass(1_000).await;
}

#[tokio::test(start_paused = true)]
async fn what_is_lost_on_the_way_is_told_again() {
    for seed in 0..12 {
        let bus = LossyBus::new(seed);
        let stage = Stage::with_bus(bus.clone(), false).await;
        let mut ana = stage.enter(ANA).await;
        let (mut bo, mut known) = (stage.enter(BO).await, Known::default());
        known.hear(&mut bo, &stage).await;
        bus.lose(STORM);
        for step in 0..40 {
            stir(&stage, &ana, step).await;
            known.hear(&mut bo, &stage).await;
            // Whoever hears nothing for a while asks whether the line is still there.
            bo.say(ClientMessage::Ping).await;
            known.hear(&mut bo, &stage).await;
            stage.heard(&mut ana).await;
        }
        bus.lose(0);
        bo.say(ClientMessage::Ping).await;
        for _question_and_answer in 0..2 {
            known.hear(&mut bo, &stage).await;
        }
        let (before, lost) = (known.revision, bus.lost.load(Ordering::Relaxed));
        let after_the_storm = (known.people.clone(), known.chat.clone());
        bo.say(ClientMessage::Resync).await;
        known.hear(&mut bo, &stage).await;
        assert!(
            lost > 10 && known.revision > before,
            "seed {seed}: there was a storm, and then all was told"
        );
        assert_eq!(after_the_storm, (known.people, known.chat), "seed {seed}: nothing was missing any more");
    }
}

#[tokio::test(start_paused = true)]
async fn an_admission_that_is_lost_comes_with_the_next_sign_of_life() {
    let bus = LossyBus::new(0);
    let stage = Stage::with_bus(bus.clone(), true).await;
    let _ana = stage.enter(ANA).await;
    let mut bo = stage.knock(BO).await;
    assert_eq!(stage.heard(&mut bo).await, ["waiting, a host is there"]);
    bus.lose(CUT);
    stage.rooms.act(ANA.user, stage.seat(ANA), Deed::Admit(bo.participant)).await.expect("a host may admit");
    assert_eq!(stage.heard(&mut bo).await, [""; 0], "it is lost");
    bus.lose(0);
    bo.say(ClientMessage::Ping).await;
    assert_eq!(stage.heard(&mut bo).await, ["pong"], "which shows that something is missing");
    assert_eq!(stage.heard(&mut bo).await, ["admitted"]);
}

#[tokio::test(start_paused = true)]
async fn a_line_whose_end_is_lost_ends_with_the_next_sign_of_life() {
    let bus = LossyBus::new(0);
    let stage = Stage::with_bus(bus.clone(), false).await;
    let _ana = stage.enter(ANA).await;
    let mut bo = stage.enter(BO).await;
    stage.heard(&mut bo).await;
    bus.lose(CUT);
    stage
        .rooms
        .act(ANA.user, stage.seat(ANA), Deed::Remove(bo.participant))
        .await
        .expect("a host may remove");
    assert_eq!(stage.heard(&mut bo).await, [""; 0], "they do not know it");
    bus.lose(0);
    bo.say(ClientMessage::Ping).await;
    assert_eq!(stage.heard(&mut bo).await, ["closed"]);
}
