//! The bundles that lie on this node's disk: made here, carried for others, and waiting for another one to come first.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use jeli_protocol::bundle::limits::MAX_COVER_BYTES;
use jeli_protocol::bundle::{Cover, CoverError};
use jeli_protocol::ids::{BundleId, NodeId};

use super::limits::{CARRIED_BYTES, CARRIED_BYTES_OF_ONE, MADE_BYTES, MAX_SHELF};
use crate::config::private;

/// Why a bundle lies here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// It was made here.
    Made,
    /// It is for others.
    Carried,
    /// It is for this node, and goes on from what has not come yet.
    Waiting,
}

impl Place {
    const ALL: [Self; 3] = [Self::Made, Self::Carried, Self::Waiting];

    fn folder(self) -> &'static str {
        match self {
            Self::Made => "made",
            Self::Carried => "carried",
            Self::Waiting => "waiting",
        }
    }
}

/// A bundle on the shelf.
#[derive(Debug, Clone)]
pub struct OnShelf {
    /// Its outside.
    pub cover: Cover,
    /// Where the file is.
    pub path: PathBuf,
    /// Bytes of the file.
    pub bytes: u64,
    /// Why it is here.
    pub place: Place,
}

impl OnShelf {
    /// Its id.
    pub fn id(&self) -> BundleId {
        self.cover.said().id
    }

    fn maker(&self) -> NodeId {
        self.cover.maker().node
    }
}

/// How a file ends that is not whole yet.
const HALF: &str = "half";

/// All of them.
#[derive(Debug)]
pub(super) struct Shelf {
    folder: PathBuf,
    all: Vec<OnShelf>,
}

impl Shelf {
    /// Looks through the folder. What was being written when the process ended goes; what cannot be read is left where it is.
    pub(super) fn open(folder: &Path) -> io::Result<Self> {
        let mut shelf = Self { folder: folder.to_owned(), all: Vec::new() };
        let half = shelf.half_folder();
        match fs::remove_dir_all(&half) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => private::make_folder(&half)?,
        }
        for place in Place::ALL {
            let folder = folder.join(place.folder());
            private::make_folder(&folder)?;
            let mut paths: Vec<PathBuf> = fs::read_dir(&folder)?.filter_map(|entry| Some(entry.ok()?.path())).collect();
            paths.sort();
            for path in paths.into_iter().take(MAX_SHELF) {
                match read_cover(&path) {
                    Ok((cover, bytes, _)) => shelf.all.push(OnShelf { cover, path, bytes, place }),
                    Err(error) => {
                        tracing::warn!(path = %path.display(), %error, "a bundle on the disk of this node cannot be read; it stays where it is")
                    }
                }
            }
        }
        Ok(shelf)
    }

    /// A place for a file that is not whole yet.
    pub(super) fn half(&self, name: &str) -> PathBuf {
        self.half_folder().join(format!("{name}.{HALF}"))
    }

    fn half_folder(&self) -> PathBuf {
        self.folder.join(HALF)
    }

    pub(super) fn all(&self) -> &[OnShelf] {
        &self.all
    }

    pub(super) fn find(&self, id: &BundleId) -> Option<&OnShelf> {
        self.all.iter().find(|one| one.id() == *id)
    }

    /// Whether a newer one makes this bundle needless.
    pub(super) fn has_newer(&self, cover: &Cover) -> bool {
        self.all.iter().any(|one| one.cover.replaces(cover))
    }

    /// Puts a whole file on the shelf; what it replaces goes, and what is over the bounds, the oldest first. `rank`: of makers, whose go last.
    pub(super) fn put(&mut self, half: &Path, cover: Cover, place: Place, rank: impl Fn(&NodeId) -> bool) -> io::Result<OnShelf> {
        let bytes = fs::metadata(half)?.len();
        let path = self.folder.join(place.folder()).join(format!("{}.jeli", cover.said().id));
        fs::rename(half, &path)?;
        sync_folder(&path)?;
        let put = OnShelf { cover, path, bytes, place };
        // The same one has been overwritten where it lay in the same place.
        self.all.retain(|one| one.path != put.path);
        let needless = |one: &OnShelf| one.id() == put.id() || (one.place == place && put.cover.replaces(&one.cover));
        let replaced: Vec<BundleId> = self.all.iter().filter(|one| needless(one)).map(OnShelf::id).collect();
        for id in replaced {
            self.remove(&id);
        }
        self.all.push(put.clone());
        self.make_room(&put.id(), rank);
        Ok(put)
    }

    fn make_room(&mut self, but: &BundleId, rank: impl Fn(&NodeId) -> bool) {
        let bytes = |shelf: &Self, counts: &dyn Fn(&OnShelf) -> bool| shelf.all.iter().filter(|one| counts(one)).map(|one| one.bytes).sum::<u64>();
        // In the order in which they came.
        let first = |shelf: &Self, counts: &dyn Fn(&OnShelf) -> bool| shelf.all.iter().find(|one| counts(one) && one.id() != *but).map(OnShelf::id);
        let maker = self.find(but).map(OnShelf::maker);
        let of_maker = |one: &OnShelf| one.place == Place::Carried && Some(one.maker()) == maker;
        let carried = |one: &OnShelf| one.place == Place::Carried;
        let of_strangers = |one: &OnShelf| one.place == Place::Carried && !rank(&one.maker());
        let made = |one: &OnShelf| one.place == Place::Made;
        while bytes(self, &of_maker) > CARRIED_BYTES_OF_ONE {
            let Some(id) = first(self, &of_maker) else { break };
            self.remove(&id);
        }
        while bytes(self, &carried) > CARRIED_BYTES || self.all.len() > MAX_SHELF {
            let Some(id) = first(self, &of_strangers).or_else(|| first(self, &carried)) else { break };
            self.remove(&id);
        }
        while bytes(self, &made) > MADE_BYTES || self.all.len() > MAX_SHELF {
            let Some(id) = first(self, &made) else { break };
            self.remove(&id);
        }
    }

    /// Takes a bundle away. One whose file cannot be removed is not shown any more, and comes back with the next start.
    pub(super) fn remove(&mut self, id: &BundleId) {
        for gone in self.all.extract_if(.., |one| one.id() == *id) {
            if let Err(error) = fs::remove_file(&gone.path)
                && error.kind() != io::ErrorKind::NotFound
            {
                tracing::warn!(path = %gone.path.display(), %error, "a bundle that is not needed any more could not be removed");
            }
        }
    }
}

/// A rename holds only once its folder is on the disk.
fn sync_folder(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(folder) => fs::File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

/// Why a file is not taken for a bundle.
#[derive(Debug, thiserror::Error)]
pub(super) enum FileError {
    #[error(transparent)]
    Cover(#[from] CoverError),
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// The outside of a file, its length, and where the body begins.
pub(super) fn read_cover(path: &Path) -> Result<(Cover, u64, u64), FileError> {
    let file = fs::File::open(path)?;
    let length = file.metadata()?.len();
    let mut start = Vec::new();
    // Mark, version and length stand before it.
    file.take(MAX_COVER_BYTES as u64 + 32).read_to_end(&mut start)?;
    let (cover, body_at) = Cover::read(&start)?;
    Ok((cover, length, body_at as u64))
}

#[cfg(test)]
mod tests {
    use jeli_protocol::bundle::{Draft, Part, Series};
    use jeli_protocol::certificate::NodeCertificate;
    use jeli_protocol::keys::{NodeKey, SchoolKey};

    use super::*;

    /// A file of a maker, of some bytes in all.
    fn put(shelf: &mut Shelf, maker: u8, series: u8, number: u64, place: Place, bytes: u64) -> BundleId {
        let key = NodeKey::from_secret(&[maker; 32]);
        let certificate = NodeCertificate::issue(&SchoolKey::from_secret(&[maker; 32]), "Мектеп", &key, "кеңсе");
        let id = BundleId(rand::random());
        let draft = Draft {
            id,
            series: Series([series; 8]),
            number,
            part: Part::WHOLE,
            made_ms: 0,
            tags: Vec::new(),
            body_bytes: 0,
            body_hash: [0; 32],
        };
        let cover = Cover::sign(draft, &certificate, &key);
        let half = shelf.half("test");
        let file = fs::File::create(&half).expect("a file");
        io::Write::write_all(&mut &file, &cover.write()).expect("written");
        // A hole: it has its length and takes no room.
        file.set_len(bytes.max(1_024)).expect("as long");
        shelf.put(&half, cover, place, |node| *node != NodeKey::from_secret(&[9; 32]).id()).expect("it is put there").id()
    }

    fn on_disk(folder: &Path, place: Place) -> usize {
        fs::read_dir(folder.join(place.folder())).expect("a folder").count()
    }

    #[test]
    fn a_newer_one_takes_the_place_of_an_older_one_and_all_of_it_outlives_a_start() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut shelf = Shelf::open(folder.path()).expect("it opens");
        let old = put(&mut shelf, 1, 1, 1, Place::Carried, 0);
        let other = put(&mut shelf, 1, 2, 1, Place::Carried, 0);
        let newer = put(&mut shelf, 1, 1, 2, Place::Carried, 0);
        assert!(shelf.find(&old).is_none() && shelf.find(&other).is_some() && shelf.find(&newer).is_some());
        fs::write(shelf.half("left"), "by a process that was killed").expect("written");
        let shelf = Shelf::open(folder.path()).expect("it opens");
        assert_eq!((shelf.all().len(), on_disk(folder.path(), Place::Carried)), (2, 2));
        assert_eq!(fs::read_dir(folder.path().join(HALF)).expect("a folder").count(), 0, "what was half written is gone");
    }

    #[test]
    fn no_maker_takes_the_room_of_others_and_strangers_give_way_first() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut shelf = Shelf::open(folder.path()).expect("it opens");
        let modest = put(&mut shelf, 1, 0, 1, Place::Carried, 0);
        let mut greedy = Vec::new();
        for number in 0..5 {
            greedy.push(put(&mut shelf, 2, number, 1, Place::Carried, CARRIED_BYTES_OF_ONE / 3));
        }
        assert!(shelf.find(&modest).is_some(), "whoever gives little keeps it");
        let kept = greedy.iter().filter(|id| shelf.find(id).is_some()).count();
        assert_eq!(kept, 3, "the oldest of one maker go");
        let stranger = put(&mut shelf, 9, 0, 1, Place::Carried, CARRIED_BYTES_OF_ONE / 2);
        for maker in 10..30 {
            put(&mut shelf, maker, 0, 1, Place::Carried, CARRIED_BYTES_OF_ONE / 2);
        }
        assert!(shelf.find(&stranger).is_none(), "a stranger's goes before those of schools that are known");
        let bytes: u64 = shelf.all().iter().map(|one| one.bytes).sum();
        assert!(bytes <= CARRIED_BYTES && on_disk(folder.path(), Place::Carried) == shelf.all().len());
    }
}
