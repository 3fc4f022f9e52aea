//! The small things beside entries and changes: keys and invitations of spaces, what awaits publication, receipts, forks, joins, settings.

use jeli_protocol::commit_flaw::CommitFlaw;
use jeli_protocol::entry::{Chain, ChainId, Position, Role, SealedKey};
use jeli_protocol::frontier::Frontier;
use jeli_protocol::ids::{ActorId, ChangeHash, DocumentId, EntryHash, NodeId, SpaceId};
use jeli_protocol::invitation::InvitationId;
use jeli_protocol::keys::Signature;
use jeli_protocol::log::{Commit, ForkEvidence, Halt, IssuedInvitation, StoredSpace, Unpublished};
use jeli_protocol::receipt::Receipt;
use jeli_protocol::seal::Sealed;
use jeli_protocol::wire::{Reader, Writer};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::fault::damaged;
use super::ids::{self, signed, unsigned};
use super::{Store, StoreFault};
use crate::clock::now_ms;

/// How many entries a space has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EntryCounts {
    pub entries: u64,
    /// Whose verdict waits for control entries.
    pub waiting: u64,
    /// That break a rule.
    pub void: u64,
}

/// A space that this node asked to join and has no answer from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingJoin {
    pub space: SpaceId,
    /// The invitation, as the caller wrote it.
    pub ticket: Vec<u8>,
}

/// Proofs that are kept of one node's forks in a space.
const FORKS_PER_NODE: i64 = 16;

pub(super) fn keep(db: &Connection, space: i64, commit: &Commit) -> Result<(), StoreFault> {
    if let Some(key) = &commit.sealed_key {
        let mut statement = db.prepare_cached("UPDATE space SET key_node = ?2, key_sealed = ?3 WHERE number = ?1")?;
        statement.execute(params![space, &key.node.0, key.sealed.0])?;
    }
    if let Some(halt) = commit.halted {
        db.prepare_cached("UPDATE space SET halted = ?2 WHERE number = ?1")?.execute([space, i64::from(halt.number())])?;
    }
    for invitation in &commit.invitations {
        let role = role_number(invitation.role);
        let spent_by = invitation.spent_by.as_ref().map(|node| &node.0[..]);
        db.prepare_cached("INSERT OR REPLACE INTO invitation (id, space, secret, role, spent_by) VALUES (?1, ?2, ?3, ?4, ?5)")?.execute(params![
            &invitation.id.0,
            &invitation.space.0,
            &invitation.secret,
            role,
            spent_by
        ])?;
    }
    for (document, hash) in &commit.unpublished {
        let change = find(db, document, hash)?.ok_or(CommitFlaw::UnknownChange(*document, *hash))?;
        db.prepare_cached("INSERT OR IGNORE INTO unpublished (space, change, kept_ms) VALUES (?1, ?2, ?3)")?.execute([space, change, now_ms()])?;
    }
    for (document, hash) in &commit.published {
        if let Some(change) = find(db, document, hash)? {
            db.prepare_cached("DELETE FROM unpublished WHERE space = ?1 AND change = ?2")?.execute([space, change])?;
        }
    }
    for receipt in &commit.receipts {
        keep_receipt(db, space, receipt)?;
    }
    for fork in &commit.forks {
        keep_fork(db, space, fork)?;
    }
    Ok(())
}

fn find(db: &Connection, document: &DocumentId, hash: &ChangeHash) -> Result<Option<i64>, StoreFault> {
    match ids::document(db, document)? {
        Some(document) => ids::change(db, document, hash),
        None => Ok(None),
    }
}

fn keep_receipt(db: &Connection, space: i64, receipt: &Receipt) -> Result<(), StoreFault> {
    let node = ids::make_node(db, &receipt.node)?;
    let old = ids::number_of(db, "SELECT counter FROM receipt WHERE space = ?1 AND node = ?2", [space, node])?;
    if old.is_none_or(|old| unsigned(old) < receipt.counter) {
        let mut writer = Writer::new();
        receipt.write(&Frontier::default(), &mut writer);
        db.prepare_cached("INSERT OR REPLACE INTO receipt (space, node, counter, bytes) VALUES (?1, ?2, ?3, ?4)")?.execute(params![
            space,
            node,
            signed(receipt.counter),
            writer.finish()
        ])?;
    }
    Ok(())
}

fn keep_fork(db: &Connection, space: i64, fork: &ForkEvidence) -> Result<(), StoreFault> {
    let ForkEvidence { position, ours, theirs, end: (end_seq, end_hash, signature) } = fork;
    let node = ids::make_node(db, &position.chain.node)?;
    let kind = position.chain.chain.number();
    // One is proof enough; a forker makes as many as it likes.
    let kept: i64 = db.prepare_cached("SELECT count(*) FROM fork WHERE space = ?1 AND node = ?2")?.query_row([space, node], |row| row.get(0))?;
    if kept >= FORKS_PER_NODE {
        return Ok(());
    }
    db.prepare_cached(
        "INSERT OR IGNORE INTO fork (space, node, kind, seq, ours, theirs, end_seq, end_hash, signature)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?
    .execute(params![space, node, kind, signed(position.seq), &ours.0, &theirs.0, signed(*end_seq), &end_hash.0, &signature.0])?;
    Ok(())
}

fn role_number(role: Role) -> i64 {
    match role {
        Role::Reader => 0,
        Role::Member => 1,
        Role::Convenor => 2,
    }
}

fn role_of(number: i64) -> Result<Role, StoreFault> {
    [Role::Reader, Role::Member, Role::Convenor].into_iter().find(|role| role_number(*role) == number).ok_or_else(|| damaged("a role"))
}

fn invitation_of(row: &Row<'_>) -> Result<IssuedInvitation, StoreFault> {
    Ok(IssuedInvitation {
        id: InvitationId(row.get(0)?),
        space: SpaceId(row.get(1)?),
        secret: row.get(2)?,
        role: role_of(row.get(3)?)?,
        spent_by: row.get::<_, Option<[u8; 32]>>(4)?.map(NodeId),
    })
}

pub(super) fn invitation(db: &Connection, id: &InvitationId) -> Result<Option<IssuedInvitation>, StoreFault> {
    let mut statement = db.prepare_cached("SELECT id, space, secret, role, spent_by FROM invitation WHERE id = ?1")?;
    let mut rows = statement.query([&id.0])?;
    rows.next()?.map(invitation_of).transpose()
}

pub(super) fn spaces(db: &Connection) -> Result<Vec<StoredSpace>, StoreFault> {
    let mut statement = db.prepare_cached("SELECT id, key_node, key_sealed, halted FROM space ORDER BY number")?;
    let rows = statement.query_map([], |row| {
        let key = match (row.get::<_, Option<[u8; 32]>>(1)?, row.get::<_, Option<Vec<u8>>>(2)?) {
            (Some(node), Some(sealed)) => Some(SealedKey { node: NodeId(node), sealed: Sealed(sealed) }),
            _ => None,
        };
        Ok(StoredSpace { space: SpaceId(row.get(0)?), sealed_key: key, halted: row.get::<_, Option<u8>>(3)?.and_then(Halt::from_number) })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(super) fn unpublished(db: &Connection, space: &SpaceId) -> Result<Vec<Unpublished>, StoreFault> {
    let Some(space) = ids::space(db, space)? else { return Ok(Vec::new()) };
    let mut statement = db.prepare_cached(
        "SELECT d.id, c.hash, a.id, c.seq, length(c.chunk), c.op_count FROM unpublished u JOIN change c ON c.number = u.change
         JOIN document d ON d.number = c.document JOIN actor a ON a.number = c.actor WHERE u.space = ?1 ORDER BY u.number",
    )?;
    let rows = statement.query_map([space], |row| {
        Ok(Unpublished {
            document: DocumentId(row.get(0)?),
            hash: ChangeHash(row.get(1)?),
            actor: ActorId(row.get::<_, Vec<u8>>(2)?.into()),
            seq: unsigned(row.get(3)?),
            bytes: usize::try_from(row.get::<_, i64>(4)?).unwrap_or(usize::MAX),
            ops: unsigned(row.get(5)?),
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(super) fn receipts(db: &Connection, space: &SpaceId) -> Result<Vec<Receipt>, StoreFault> {
    let Some(space) = ids::space(db, space)? else { return Ok(Vec::new()) };
    let mut statement = db.prepare_cached("SELECT r.bytes FROM receipt r JOIN node n ON n.number = r.node WHERE r.space = ?1 ORDER BY n.id")?;
    let mut rows = statement.query([space])?;
    let mut receipts = Vec::new();
    while let Some(row) = rows.next()? {
        let bytes = row.get_ref(0)?.as_blob().map_err(|_| damaged("a receipt"))?;
        // What another node said it has is told again by it; its loss must not keep this node from starting.
        match Receipt::read(&Frontier::default(), &mut Reader::new(bytes)) {
            Ok(receipt) => receipts.push(receipt),
            Err(error) => tracing::warn!(%error, "a receipt in the store cannot be read and is left out"),
        }
    }
    Ok(receipts)
}

impl Store {
    /// Proofs that logs forked, in order of commit.
    pub fn forks(&self, space: &SpaceId) -> Result<Vec<ForkEvidence>, StoreFault> {
        let Some(space) = ids::space(&self.db, space)? else { return Ok(Vec::new()) };
        let mut statement = self.db.prepare_cached(
            "SELECT n.id, f.kind, f.seq, f.ours, f.theirs, f.end_seq, f.end_hash, f.signature
             FROM fork f JOIN node n ON n.number = f.node WHERE f.space = ?1 ORDER BY f.rowid",
        )?;
        let mut rows = statement.query([space])?;
        let mut forks = Vec::new();
        while let Some(row) = rows.next()? {
            let chain = Chain::from_number(row.get(1)?).ok_or_else(|| damaged("the kind of a chain"))?;
            forks.push(ForkEvidence {
                position: Position { chain: ChainId { node: NodeId(row.get(0)?), chain }, seq: unsigned(row.get(2)?) },
                ours: EntryHash(row.get(3)?),
                theirs: EntryHash(row.get(4)?),
                end: (unsigned(row.get(5)?), EntryHash(row.get(6)?), Signature(row.get(7)?)),
            });
        }
        Ok(forks)
    }

    /// How many entries a space has, and how many of them wait or are void.
    pub fn entry_counts(&self, space: &SpaceId) -> Result<EntryCounts, StoreFault> {
        let space = ids::space(&self.db, space)?;
        let count = |sql| Ok::<_, StoreFault>(ids::number_of(&self.db, sql, [space])?.map_or(0, unsigned));
        Ok(EntryCounts {
            entries: count("SELECT coalesce(sum(seq), 0) FROM chain WHERE space = ?1")?,
            waiting: count("SELECT count(*) FROM waiting_entry WHERE space = ?1")?,
            void: count("SELECT count(*) FROM void_entry WHERE space = ?1")?,
        })
    }

    /// The invitations that this node gave for a space.
    pub fn invitations(&self, space: &SpaceId) -> Result<Vec<IssuedInvitation>, StoreFault> {
        let mut statement = self.db.prepare_cached("SELECT id, space, secret, role, spent_by FROM invitation WHERE space = ?1 ORDER BY id")?;
        let mut rows = statement.query([&space.0])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(invitation_of(row)?);
        }
        Ok(found)
    }

    /// A counter for this node's next receipt in a space: larger than all before it, also after a crash.
    pub fn next_receipt_counter(&mut self, space: &SpaceId) -> Result<u64, StoreFault> {
        self.alone(|db| {
            let space = ids::make_space(db, space)?;
            let counter =
                ids::number_of(db, "UPDATE space SET receipt_counter = receipt_counter + 1 WHERE number = ?1 RETURNING receipt_counter", [space])?;
            counter.map(unsigned).ok_or_else(|| damaged("a space"))
        })
    }

    /// Remembers that this node asks to join a space, so that it goes on asking after a restart. Replaces an older ticket for the space.
    pub fn begin_join(&mut self, join: &PendingJoin) -> Result<(), StoreFault> {
        self.alone(|db| {
            let mut statement = db.prepare_cached("INSERT OR REPLACE INTO joining (space, ticket) VALUES (?1, ?2)")?;
            statement.execute(params![&join.space.0, join.ticket])?;
            Ok(())
        })
    }

    /// The join is over: welcomed or refused.
    pub fn end_join(&mut self, space: &SpaceId) -> Result<(), StoreFault> {
        self.alone(|db| Ok(db.prepare_cached("DELETE FROM joining WHERE space = ?1")?.execute([&space.0]).map(drop)?))
    }

    /// The joins that have no answer yet.
    pub fn pending_joins(&self) -> Result<Vec<PendingJoin>, StoreFault> {
        let mut statement = self.db.prepare_cached("SELECT space, ticket FROM joining ORDER BY space")?;
        let rows = statement.query_map([], |row| Ok(PendingJoin { space: SpaceId(row.get(0)?), ticket: row.get(1)? }))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// A setting's value, as its owner wrote it.
    pub fn setting(&self, name: &str) -> Result<Option<Vec<u8>>, StoreFault> {
        Ok(self.db.prepare_cached("SELECT value FROM setting WHERE name = ?1")?.query_row([name], |row| row.get(0)).optional()?)
    }

    /// Sets a setting.
    pub fn set_setting(&mut self, name: &str, value: &[u8]) -> Result<(), StoreFault> {
        self.alone(|db| {
            db.prepare_cached("INSERT OR REPLACE INTO setting (name, value) VALUES (?1, ?2)")?.execute(params![name, value])?;
            Ok(())
        })
    }
}
