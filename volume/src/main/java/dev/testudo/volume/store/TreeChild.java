package dev.testudo.volume.store;

/// Where a node of the tree is: in memory, because it has changed since the last checkpoint, or in
/// a slot.
sealed interface TreeChild permits IndexNode, SlotPointer {}
