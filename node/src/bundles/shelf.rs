//! The bundles that lie on this node's disk: made here, carried for others, and waiting for another one to come first.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use jeli_protocol::bundle::limits::MAX_OUTSIDE_BYTES;
use jeli_protocol::bundle::{Cover, CoverError};
use jeli_protocol::ids::{BundleId, NodeId};

use super::limits::{Bound, CARRIED, CARRIED_OF_ONE, MADE, WAITING, WAITING_OF_ONE};
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

    /// What may lie here of one maker, and of all.
    fn bounds(self) -> (Bound, Bound) {
        match self {
            Self::Made => (MADE, MADE),
            Self::Carried => (CARRIED_OF_ONE, CARRIED),
            Self::Waiting => (WAITING_OF_ONE, WAITING),
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
    /// Its name.
    pub fn id(&self) -> BundleId {
        self.cover.name()
    }

    fn maker(&self) -> NodeId {
        self.cover.maker().node
    }

    fn is_of_the_export_of(&self, other: &Self) -> bool {
        let said = |one: &Self| (one.maker(), one.cover.said().series, one.cover.said().number);
        said(self) == said(other)
    }
}

/// How a file ends that is not whole yet.
const HALF: &str = "half";

/// A file that is not whole yet: it goes with this, unless it was put on the shelf.
#[derive(Debug)]
pub struct Half(PathBuf);

impl Half {
    /// Where it is, or is to be.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Half {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_file(&self.0)
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::debug!(path = %self.0.display(), %error, "half a bundle could not be removed; it goes with the next start");
        }
    }
}

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
            // In the order in which they came.
            paths.sort_by_key(|path| (fs::metadata(path).and_then(|file| file.modified()).ok(), path.clone()));
            for path in paths {
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
    pub(super) fn half(&self) -> Half {
        Half(self.half_folder().join(format!("{}.{HALF}", BundleId(rand::random()))))
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
        self.all.iter().any(|one| one.cover.replaces(cover) && self.is_whole_export(one))
    }

    /// Whether one more of its export may lie here: as many parts as it says that there are, each once, and no more bytes than one maker has.
    pub(super) fn takes(&self, cover: &Cover, bytes: u64, place: Place) -> bool {
        let said = |cover: &Cover| (cover.maker().node, cover.said().series, cover.said().number);
        let parts: Vec<&OnShelf> =
            self.all.iter().filter(|one| one.place == place && said(&one.cover) == said(cover) && one.id() != cover.name()).collect();
        let (of_one, _) = place.bounds();
        let is_there = parts.iter().any(|one| one.cover.said().part.number == cover.said().part.number);
        let all = parts.iter().map(|one| one.bytes).fold(bytes, u64::saturating_add);
        !is_there && all <= of_one.bytes && parts.len() < of_one.count
    }

    /// Puts a whole file on the shelf; what it replaces goes, and what is over the bounds, the oldest first. `rank`: of makers, whose go last.
    pub(super) fn put(&mut self, half: &Path, cover: Cover, place: Place, rank: impl Fn(&NodeId) -> bool) -> io::Result<OnShelf> {
        let bytes = fs::metadata(half)?.len();
        let path = self.folder.join(place.folder()).join(format!("{}.jeli", cover.name()));
        fs::rename(half, &path)?;
        sync_folder(&path)?;
        let put = OnShelf { cover, path, bytes, place };
        // The same one has been overwritten where it lay in the same place.
        self.all.retain(|one| one.path != put.path);
        let same: Vec<BundleId> = self.all.iter().map(OnShelf::id).filter(|id| *id == put.id()).collect();
        same.iter().for_each(|id| self.remove(id));
        self.all.push(put.clone());
        // The first part of a newer export must not take away a whole older one.
        if self.is_whole_export(&put) {
            let replaced: Vec<BundleId> =
                self.all.iter().filter(|one| one.place == place && put.cover.replaces(&one.cover)).map(OnShelf::id).collect();
            replaced.iter().for_each(|id| self.remove(id));
        }
        self.make_room(&put.id(), rank);
        Ok(put)
    }

    /// Whether all parts of an export lie where this one does.
    fn is_whole_export(&self, of: &OnShelf) -> bool {
        let parts = self.all.iter().filter(|one| one.place == of.place && one.is_of_the_export_of(of)).count();
        parts as u64 >= of.cover.said().part.of
    }

    /// Keeps to the bounds of the place where this one was put. What belongs to the same export stays: a half of it helps nobody.
    fn make_room(&mut self, put: &BundleId, rank: impl Fn(&NodeId) -> bool) {
        let Some(put) = self.find(put).cloned() else { return };
        let place = put.place;
        let here = |one: &OnShelf| one.place == place;
        let of_maker = |one: &OnShelf| here(one) && one.maker() == put.maker();
        let of_strangers = |one: &OnShelf| here(one) && !rank(&one.maker());
        let (of_one, of_all) = place.bounds();
        while self.is_over(&of_maker, of_one) {
            let Some(id) = self.oldest(&of_maker, &put) else { break };
            self.remove(&id);
        }
        while self.is_over(&here, of_all) {
            let known = || if rank(&put.maker()) { self.oldest(&here, &put) } else { None };
            // What a stranger gave takes nothing of a school that is known: it goes itself.
            let id = self.oldest(&of_strangers, &put).or_else(known).unwrap_or_else(|| put.id());
            self.remove(&id);
            if id == put.id() {
                break;
            }
        }
    }

    fn is_over(&self, counts: &dyn Fn(&OnShelf) -> bool, bound: Bound) -> bool {
        let (count, bytes) = self.all.iter().filter(|one| counts(one)).fold((0, 0_u64), |(count, bytes), one| (count + 1, bytes + one.bytes));
        count > bound.count || bytes > bound.bytes
    }

    /// In the order in which they came.
    fn oldest(&self, counts: &dyn Fn(&OnShelf) -> bool, but: &OnShelf) -> Option<BundleId> {
        self.all.iter().find(|one| counts(one) && !one.is_of_the_export_of(but)).map(OnShelf::id)
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
    file.take(MAX_OUTSIDE_BYTES as u64).read_to_end(&mut start)?;
    let (cover, body_at) = Cover::read(&start)?;
    Ok((cover, length, body_at as u64))
}

/// The outside of a bundle in a file, if it is one.
pub(crate) fn cover_of(path: &Path) -> Option<Cover> {
    read_cover(path).ok().map(|(cover, ..)| cover)
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
        let draft =
            Draft { id, series: Series([series; 8]), number, part: Part::WHOLE, made_ms: 0, tags: Vec::new(), body_bytes: 0, body_hash: [0; 32] };
        let cover = Cover::sign(draft, &certificate, &key);
        let half = shelf.half();
        let file = fs::File::create(half.path()).expect("a file");
        io::Write::write_all(&mut &file, &cover.write()).expect("written");
        // A hole: it has its length and takes no room.
        file.set_len(bytes.max(1_024)).expect("as long");
        shelf.put(half.path(), cover, place, |node| *node != NodeKey::from_secret(&[9; 32]).id()).expect("it is put there").id()
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
        fs::write(folder.path().join(HALF).join("left"), "by a process that was killed").expect("written");
        let shelf = Shelf::open(folder.path()).expect("it opens");
        assert_eq!((shelf.all().len(), on_disk(folder.path(), Place::Carried)), (2, 2));
        assert_eq!(fs::read_dir(folder.path().join(HALF)).expect("a folder").count(), 0, "what was half written is gone");
    }

    #[test]
    fn what_a_stranger_says_on_a_cover_takes_nothing_away() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut shelf = Shelf::open(folder.path()).expect("it opens");
        let waiting = put(&mut shelf, 1, 1, 1, Place::Waiting, 0);
        let said = shelf.find(&waiting).expect("it waits").cover.said().clone();
        let key = NodeKey::from_secret(&[9; 32]);
        let cover = Cover::sign(said, &NodeCertificate::issue(&SchoolKey::from_secret(&[9; 32]), "Бөтен", &key, "кеңсе"), &key);
        let half = shelf.half();
        fs::write(half.path(), cover.write()).expect("written");
        shelf.put(half.path(), cover, Place::Carried, |_| false).expect("it is put there");
        assert!(shelf.find(&waiting).is_some() && shelf.all().len() == 2);
    }

    #[test]
    fn no_export_is_larger_than_what_one_maker_has() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut shelf = Shelf::open(folder.path()).expect("it opens");
        let first = put(&mut shelf, 1, 1, 1, Place::Carried, CARRIED_OF_ONE.bytes - 1_000_000);
        let same = shelf.find(&first).expect("it is there").cover.clone();
        let mut said = same.said().clone();
        said.part = Part { number: 2, of: 3 };
        let key = NodeKey::from_secret(&[1; 32]);
        let second = Cover::sign(said, same.maker(), &key);
        assert!(shelf.takes(&second, 1_000_000, Place::Carried) && !shelf.takes(&second, 1_000_001, Place::Carried));
        let mut again = same.said().clone();
        again.made_ms += 1;
        assert!(!shelf.takes(&Cover::sign(again, same.maker(), &key), 0, Place::Carried), "a part is there once");
        assert!(shelf.takes(&same, 0, Place::Carried), "the same one may come again");
    }

    #[test]
    fn no_maker_takes_the_room_of_others_and_strangers_give_way_first() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut shelf = Shelf::open(folder.path()).expect("it opens");
        let modest = put(&mut shelf, 1, 0, 1, Place::Carried, 0);
        let mut greedy = Vec::new();
        for number in 0..5 {
            greedy.push(put(&mut shelf, 2, number, 1, Place::Carried, CARRIED_OF_ONE.bytes / 3));
        }
        assert!(shelf.find(&modest).is_some(), "whoever gives little keeps it");
        let kept = greedy.iter().filter(|id| shelf.find(id).is_some()).count();
        assert_eq!(kept, 3, "the oldest of one maker go");
        let stranger = put(&mut shelf, 9, 0, 1, Place::Carried, CARRIED_OF_ONE.bytes / 2);
        for maker in 10..30 {
            put(&mut shelf, maker, 0, 1, Place::Carried, CARRIED_OF_ONE.bytes / 2);
        }
        assert!(shelf.find(&stranger).is_none(), "a stranger's goes before those of schools that are known");
        let bytes: u64 = shelf.all().iter().map(|one| one.bytes).sum();
        assert!(bytes <= CARRIED.bytes && on_disk(folder.path(), Place::Carried) == shelf.all().len());
    }
}
