//! What the refusal of microphone and camera together means for each of the two.
//!
//! A browser that is asked for both answers for both, also when it would have refused only one.
//!
//! | the page's standing for one | for the other | the one is then |
//! |---|---|---|
//! | refused | whatever it is | refused |
//! | allowed | whatever it is | asked for alone: no prompt comes |
//! | not asked yet | refused | asked for alone: the person was not asked at all |
//! | not asked yet | not asked yet or allowed | refused: the person saw the prompt and said no |
//! | unknown | whatever it is | refused: nobody is asked twice by a page that knows nothing |

/// Where a page stands with a device (`PermissionState`).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Permission {
    Granted,
    Prompt,
    Denied,
    /// The browser does not tell.
    Unknown,
}

/// Whether a device that was refused together with the other deserves a question of its own.
pub const fn asks_alone(one: Permission, other: Permission) -> bool {
    match (one, other) {
        (Permission::Granted, _) | (Permission::Prompt, Permission::Denied) => true,
        (Permission::Prompt, Permission::Granted | Permission::Prompt | Permission::Unknown)
        | (Permission::Denied | Permission::Unknown, _) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Permission; 4] =
        [Permission::Granted, Permission::Prompt, Permission::Denied, Permission::Unknown];

    #[test]
    fn the_device_that_is_not_refused_is_asked_for_alone() {
        assert!(asks_alone(Permission::Granted, Permission::Denied));
        assert!(asks_alone(Permission::Prompt, Permission::Denied));
    }

    #[test]
    fn a_person_who_said_no_is_not_asked_again() {
        assert!(!asks_alone(Permission::Prompt, Permission::Prompt));
        for other in ALL {
            assert!(!asks_alone(Permission::Denied, other), "{other:?}");
            assert!(!asks_alone(Permission::Unknown, other), "{other:?}");
        }
    }

    #[test]
    fn a_refusal_of_the_machine_is_looked_into_device_by_device() {
        assert!(asks_alone(Permission::Granted, Permission::Granted));
    }
}
