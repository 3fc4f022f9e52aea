-- Why this node does not publish in a space any more (jeli_protocol::log::Halt); nothing where it does.
ALTER TABLE space ADD COLUMN halted INTEGER;
