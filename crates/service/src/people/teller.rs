//! Tells people on their lines what there is news about, and lets time take effect.
//!
//! One task for all that is told: it reads how things stand at the moment of saying it, so that nobody
//! hears old news after new. What cannot be read is tried again. A second one looks for what nobody told
//! ([`mend`]), so that this keeps nobody waiting.

use super::{Inner, People};
use crate::Error;
use crate::lines::{Lines, Note};
use model::{RingId, UserId};
use protocol::{ErrorCode, LineMessage};
use std::sync::{Arc, Weak};
use std::time::Duration;
use store::{contacts, rings};

/// How often deadlines are looked at where nothing happens.
const TICK: Duration = Duration::from_millis(500);

/// How often it is looked for what nobody told.
const MEND: Duration = Duration::from_secs(30);

/// Tells until there is nobody left to tell.
pub(super) async fn run(people: Weak<Inner>, lines: Arc<Lines>) {
    loop {
        // News or none, time goes on.
        let _ = tokio::time::timeout(TICK, lines.news()).await;
        let Some(people) = people.upgrade().filter(|_| !lines.is_stopping()) else { return };
        let people = People(people);
        lines.sweep();
        if let Err(error) = people.end_what_is_due().await {
            report(&error);
        }
        if let Err(error) = people.end_missed_encounters().await {
            report(&error);
        }
        people.tell_all(&lines).await;
    }
}

/// Looks after what nobody told, until there is nobody left who could need it.
pub(super) async fn mend(people: Weak<Inner>, lines: Arc<Lines>) {
    loop {
        {
            let Some(people) = people.upgrade().filter(|_| !lines.is_stopping()) else { return };
            let people = People(people);
            for mended in [people.mend().await, people.mend_encounters().await] {
                if let Err(error) = mended {
                    report(&error);
                }
            }
        }
        tokio::time::sleep(MEND).await;
    }
}

impl People {
    async fn tell_all(&self, lines: &Lines) {
        let mut failed = Vec::new();
        while let Some(note) = lines.next() {
            match self.tell(lines, note).await {
                Ok(()) => {}
                // The account, or the call, is gone in the meantime.
                Err(Error::Refused(ErrorCode::People(_))) => {}
                Err(error) => {
                    report(&error);
                    failed.push(note);
                }
            }
        }
        if !failed.is_empty() {
            // Behind the others, so that one that cannot be told keeps nobody else waiting.
            tokio::time::sleep(TICK).await;
            failed.into_iter().for_each(|note| lines.note(note));
        }
    }

    async fn tell(&self, lines: &Lines, note: Note) -> Result<(), Error> {
        match note {
            Note::Moved(user) => {
                self.look(user).await?;
                self.look_at_encounter_of(user).await?;
                self.tell_presence(lines, user).await
            }
            Note::Ended(ring) => self.tell_end(lines, ring).await,
            Note::Call(user) if lines.reaches(user) => {
                let call = self.call_under_way(user).await?;
                lines.send(user, &LineMessage::Call(call));
                Ok(())
            }
            Note::All(user) if lines.reaches(user) => {
                let view = self.view(user).await?;
                lines.send(user, &LineMessage::Snapshot(Box::new(view)));
                Ok(())
            }
            Note::Call(_) | Note::All(_) => Ok(()),
            Note::Presence(user) => self.tell_presence(lines, user).await,
        }
    }

    async fn tell_end(&self, lines: &Lines, ring: RingId) -> Result<(), Error> {
        let Some(ring) = rings::load(&self.0.store, ring).await? else { return Ok(()) };
        for user in [ring.caller, ring.callee] {
            if lines.reaches(user) {
                lines.send(user, &LineMessage::Ended(self.call_view(user, &ring).await?));
            }
        }
        Ok(())
    }

    async fn tell_presence(&self, lines: &Lines, user: UserId) -> Result<(), Error> {
        let told = contacts::load_ids(&self.0.store, user).await?;
        let told: Vec<UserId> = told.into_iter().filter(|contact| lines.reaches(*contact)).collect();
        if told.is_empty() {
            return Ok(());
        }
        let presence = self.presence_of(user, rings::is_inside(&self.0.store, user).await?);
        let message = LineMessage::Presence { user, presence };
        told.into_iter().for_each(|contact| lines.send(contact, &message));
        Ok(())
    }
}

pub(super) fn report(error: &Error) {
    let error = error as &dyn std::error::Error;
    tracing::error!(error, "What there is news about could not be read, and is read again.");
}
