//! Peers by index, with a generation so that a stale key finds nothing instead of a stranger.

/// Names one entry for as long as it lives.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(crate) struct Key {
    index: u32,
    generation: u32,
}

/// Entries of one type, found in one step and never moved.
#[derive(Debug)]
pub(crate) struct Arena<T> {
    cells: Vec<Cell<T>>,
    free: Vec<u32>,
}

#[derive(Debug)]
struct Cell<T> {
    generation: u32,
    entry: Option<T>,
}

impl<T> Arena<T> {
    pub(crate) const fn new() -> Self {
        Self { cells: Vec::new(), free: Vec::new() }
    }

    /// Puts in what `make` builds for its own key.
    pub(crate) fn insert(&mut self, make: impl FnOnce(Key) -> T) -> Key {
        let index = self.free.pop().unwrap_or_else(|| {
            self.cells.push(Cell { generation: 0, entry: None });
            u32::try_from(self.cells.len() - 1).expect("the cap on peers is far below four billion")
        });
        let cell = &mut self.cells[index as usize];
        let key = Key { index, generation: cell.generation };
        cell.entry = Some(make(key));
        key
    }

    pub(crate) fn remove(&mut self, key: Key) -> Option<T> {
        let cell = self.cells.get_mut(key.index as usize).filter(|cell| cell.generation == key.generation)?;
        let entry = cell.entry.take()?;
        cell.generation = cell.generation.wrapping_add(1);
        self.free.push(key.index);
        Some(entry)
    }

    pub(crate) fn find(&self, key: Key) -> Option<&T> {
        let cell = self.cells.get(key.index as usize)?;
        if cell.generation == key.generation { cell.entry.as_ref() } else { None }
    }

    pub(crate) fn find_mut(&mut self, key: Key) -> Option<&mut T> {
        let cell = self.cells.get_mut(key.index as usize)?;
        if cell.generation == key.generation { cell.entry.as_mut() } else { None }
    }

    pub(crate) fn len(&self) -> usize {
        self.cells.len() - self.free.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_dies_with_its_entry() {
        let mut arena = Arena::new();
        let first = arena.insert(|_| "first");
        assert_eq!(arena.remove(first), Some("first"));
        let second = arena.insert(|_| "second");
        assert_eq!(arena.find(first), None);
        assert_eq!(arena.remove(first), None);
        assert_eq!(arena.find(second), Some(&"second"));
        assert_eq!(arena.len(), 1);
    }
}
