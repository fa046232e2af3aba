package dev.testudo.volume.store;

/// A chunk that has a slot, and that nothing names yet.
record WrittenChunk(SlotPointer pointer) implements StoredChunk {}
